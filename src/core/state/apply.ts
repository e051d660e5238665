// Folds governed state: the newest version of each key. Older ones are in the log.

import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';

export const STATE_EVENTS = ['state.put'] as const;

export function applyStateEvent(state: FleetState, event: EventAmong<(typeof STATE_EVENTS)[number]>): void {
  const { key, value, valueVersion: version, seq, wallAt } = event;
  state.entries.set({ key, value, version, author: event.agentId ?? event.actor, seq, wallAt });
}
