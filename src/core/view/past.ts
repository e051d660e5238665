// Views of the past: the fleet as the log had it after one of its events, at that event's own time. Of processes only what
// was logged is known, so a session that was live then counts as there.

import type { FleetState } from '../fleet-state.ts';
import type { StretchQuery, StretchViewOfKind } from '../history/stretch-views.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from './view-of.ts';
import type { PresenceOf, Query, ViewOfKind } from './views.ts';

/**
 * A moment as it is asked for: after this event of the log, after the last one that was logged by this wall time, or now, of
 * what leads up to it.
 */
export type PastMoment = { readonly seq: number } | { readonly wallAt: string } | { readonly newest: true };

/** What can be asked of a moment: how it stood then, or what of a stretch of the log led up to it. */
export type PastQuery = Query | StretchQuery;
export type PastViewOf<Q extends PastQuery> = Q extends StretchQuery
  ? StretchViewOfKind[Q['kind']]
  : Q extends Query
    ? ViewOfKind[Q['kind']]
    : never;

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

export interface PastView<Q extends PastQuery> {
  readonly asOf: AsOf;
  readonly view: PastViewOf<Q>;
}

/** What `query` shows of `state`, which was folded up to the moment that is meant. */
export function pastViewOf<Q extends Query>(state: FleetState, query: Q): PastView<Q> {
  const { epoch, seq, at, wallAt } = state.position;
  const shown = viewOf(state, at, presenceAsLogged(state), query) as PastViewOf<Q>;
  return { asOf: { epoch, seq, at, wallAt }, view: shown };
}

function presenceAsLogged(state: FleetState): PresenceOf {
  return (sessionId) => (state.sessions.get(sessionId)?.state === 'live' ? 'alive' : 'gone');
}
