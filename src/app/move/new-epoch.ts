// A log goes on from a state that an operator chose: the one of a backup, or that of a log that its fleet had left. That is a new
// epoch, so that no token of anything that is given up here is ever given again. What stands in the log before stays in it.

import { returned } from '../../core/fleet/moved.ts';
import { emptyState, type FleetState } from '../../core/fleet-state.ts';
import type { EventStore, LogHead } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { WitnessedHead } from '../../ports/witness.ts';
import { appendEpoch, type EpochPlan } from '../epoch-start.ts';
import { tokensGivenTwice } from '../recovery.ts';

export interface NewEpoch {
  /** Open. */
  readonly store: EventStore;
  /** Where it stands. */
  readonly head: LogHead;
  /** When its last event was, by fleet time. */
  readonly at: number;
  readonly state: FleetState;
  /** How far that state reached. */
  readonly basis: LogHead;
  /** The furthest that anybody here has seen of this fleet, anywhere; null where nobody has. */
  readonly seen: WitnessedHead | null;
  readonly why: string;
  /** How long granting rests. */
  readonly rest: EpochPlan['loss']['rest'];
  readonly batchId: string;
  readonly placeId: string;
  readonly wallAt: string;
  readonly hasher: Hasher;
}

/** Null where somebody else wrote first. Throws `StoreFault`, STORE_REGRESSED where the state is larger than the store takes at once. */
export async function startNewEpoch(plan: NewEpoch): Promise<LogHead | null> {
  const { store, head, at, state, basis, seen, why, rest, wallAt, ...ports } = plan;
  const answer = await appendEpoch(store, {
    ...ports,
    loss: { lost: seen ?? head, why, rest },
    fleetId: state.fleet?.fleetId ?? '',
    state: returned(state),
    basis,
    givenTwice: await tokensGivenTwice({ store, head, state: emptyState() }, state),
    head,
    witness: seen,
    moment: { at: Math.max(at, state.position.at), wallAt },
    traits: store.traits,
  });
  return answer.appended ? answer.head : null;
}
