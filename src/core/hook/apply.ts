// Folds what hooks saw: edits to come, edits that were denied, edits that were done.

import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { isWanted } from '../lease/conflict.ts';
import { LIMITS } from '../limits.ts';

export const HOOK_EVENTS = ['edit.began', 'edit.denied', 'file.edited'] as const;

export function applyHookEvent(state: FleetState, event: EventAmong<(typeof HOOK_EVENTS)[number]>): void {
  const lease = event.token === undefined ? undefined : state.leases.get(String(event.token));
  switch (event.type) {
    case 'edit.began': {
      const { label, quietMs, at } = event;
      if (lease === undefined) return;
      const isAwaited = isWanted(state, lease);
      state.leases.set({ ...lease, usedAt: at, hook: { label, quietMs, isEditing: true, isAwaited } });
      return;
    }
    case 'edit.denied': {
      const ticket = state.tickets.get(event.ticket);
      if (ticket === undefined) return;
      // Whoever was denied does not wait in a call.
      const livesUntil = event.at + LIMITS.ticketMs;
      state.tickets.set({ ...ticket, parked: false, livesUntil, hook: { label: event.label } });
      return;
    }
    case 'file.edited':
      if (lease === undefined) return;
      state.leases.set({
        ...lease,
        usedAt: Math.max(lease.usedAt, event.at),
        ...(lease.hook === undefined
          ? {}
          : { hook: { ...lease.hook, isEditing: false, isAwaited: isWanted(state, lease) } }),
      });
  }
}
