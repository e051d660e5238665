// What a holder may believe. Belief ends at *request sent + waitedMs + safeForMs* on the holder's own monotonic clock, so
// it always ends before another is granted: it counts from before the coordinator answered, and stops short of the end.
//
// Not every answer leaves a trace in the log, so what its holder may have been told is bounded by what the log has of it: no
// answer, whoever gives it and however late, lets anybody believe past `toldUntil`. A lease is never shortened below that.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { LeaseRow } from '../rows.ts';
import { activityStepMs, expiresAt as endOf } from './expiry.ts';

/**
 * Milliseconds for which the holder may act on a lease that ends at `expiresAt`, counted from `at`. `placeSafeForMs` is how
 * long this place is sure not to be counted as gone: null where nobody could, 0 when its beat is not confirmed.
 */
export function safeForMs(expiresAt: Instant, at: Instant, placeSafeForMs: number | null): number {
  const bound = Math.min(expiresAt - at, LIMITS.beliefMaxMs, placeSafeForMs ?? Number.POSITIVE_INFINITY);
  return Math.max(0, Math.floor(bound * (1 - LIMITS.beliefShare) - LIMITS.beliefMarginMs));
}

/**
 * Nobody is told to believe in the lease past this, as far as `state` goes; it only grows with the log. What a holder does is
 * recorded at least each quarter of the default TTL, so for one that acts it is never less than the longest belief.
 */
export function toldUntil(state: FleetState, lease: LeaseRow): Instant {
  const { activeAt = lease.usedAt } = state.sessions.get(lease.sessionId) ?? {};
  const heardBy = Math.max(lease.usedAt, activeAt) + activityStepMs(LIMITS.ttlMs);
  return Math.min(endOf(state, lease), heardBy + LIMITS.beliefMaxMs);
}
