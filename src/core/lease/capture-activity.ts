// What becomes of a lease when somebody begins to wait for it.

import type { FleetState } from '../fleet-state.ts';
import type { TicketRow } from '../rows.ts';
import { conflictingLeases } from './conflict.ts';

/**
 * From now on only its own use renews a lease that `ticket` waits for, so what its session's activity gave it so far is written
 * into it.
 */
export function captureActivity(state: FleetState, ticket: TicketRow): void {
  for (const resource of ticket.resources) {
    for (const lease of conflictingLeases(state, { sessionId: ticket.sessionId, resource, mode: ticket.mode })) {
      const activeAt = state.sessions.get(lease.sessionId)?.activeAt ?? 0;
      if (lease.hook !== undefined) state.leases.set({ ...lease, hook: { ...lease.hook, isAwaited: true } });
      else if (activeAt > lease.usedAt) state.leases.set({ ...lease, usedAt: activeAt });
    }
  }
}
