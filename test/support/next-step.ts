// One event more, made by hand: what the rules of a step say of it, when it is folded as it is.

import { apply } from '../../src/core/apply.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { type FleetState, forkState } from '../../src/core/fleet-state.ts';
import { checkStep } from '../../src/core/invariants.ts';

/** The next event of this state, of `ana` unless `facts` say otherwise. */
export function nextEvent({ position }: FleetState, facts: object): FleetEvent {
  const head = { seq: position.seq + 1, at: position.at, wallAt: position.wallAt, version: 1 };
  return { ...head, actor: 'ana', agentId: 'ana', sessionId: 's-ana', ...facts } as unknown as FleetEvent;
}

/** Which rule the event breaks, or null. */
export function brokenByStep(state: FleetState, facts: object): string | null {
  const event = nextEvent(state, facts);
  const after = forkState(state);
  apply(after, event);
  return checkStep(state, event, after)?.invariant ?? null;
}
