// Views of the past: the fleet as the log had it after one of its events, at that event's own time. Of processes only what
// was logged is known, so a session that was live then counts as there.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from './view-of.ts';
import type { PresenceOf, Query, ViewOf } from './views.ts';

/** A moment as it is asked for: after this event of the log, or after the last one that was logged by this wall time. */
export type PastMoment = { readonly seq: number } | { readonly wallAt: string };

/** The moment that was meant. */
export interface AsOf {
  readonly epoch: number;
  /** The last event that is part of the view. */
  readonly seq: number;
  /** Fleet time of the view. */
  readonly at: Instant;
  /** When that event was logged, ISO 8601 UTC. */
  readonly wallAt: string;
}

export interface PastView<Q extends Query> {
  readonly asOf: AsOf;
  readonly view: ViewOf<Q>;
}

/** What `query` shows of `state`, which was folded up to the moment that is meant. */
export function pastViewOf<Q extends Query>(state: FleetState, query: Q): PastView<Q> {
  const { epoch, seq, at, wallAt } = state.position;
  return { asOf: { epoch, seq, at, wallAt }, view: viewOf(state, at, presenceAsLogged(state), query) };
}

function presenceAsLogged(state: FleetState): PresenceOf {
  return (sessionId) => (state.sessions.get(sessionId)?.state === 'live' ? 'alive' : 'gone');
}
