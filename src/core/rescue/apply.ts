// A rescue leaves its reason and its evidence in the log. What it changed is told by the events that come with it.

import type { FleetState } from '../fleet-state.ts';

export const RESCUE_EVENTS = ['rescue.done'] as const;

export function applyRescueEvent(_state: FleetState): void {
  // Nothing but the log itself remembers it.
}
