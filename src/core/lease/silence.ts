// For how long nothing can have been heard of a holder, as far as the log proves it.
//
// What a session does is recorded now and then, so the last of it may not be in the log: each quarter of the TTL, and while
// somebody waits for what it holds each quarter of the silence that counts. Whatever may have gone unrecorded counts as
// heard, so a holder that works is never taken for a silent one; one that fell silent is proved so a quarter later.

import type { FleetState } from '../fleet-state.ts';
import { DEFAULT_POLICY } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { conflictingTickets, isInLine } from './conflict.ts';
import { activityStepMs } from './expiry.ts';

/** When the session's next activity is to be recorded. */
export function activityDueAt(state: FleetState, session: SessionRow): Instant {
  const { activeAt, minTtlMs } = session;
  return activeAt + (isAwaited(state, session) ? awaitedStepMs(state, session) : activityStepMs(minTtlMs));
}

/** The same for a moment: most are too early whoever waits. */
export function isActivityDue(state: FleetState, session: SessionRow, at: Instant): boolean {
  return session.activeAt + awaitedStepMs(state, session) <= at && activityDueAt(state, session) <= at;
}

/** Since when nothing can have been heard of the lease's holder, while somebody waits for the lease; null when nobody does. */
export function silentSince(state: FleetState, lease: LeaseRow): Instant | null {
  const session = state.sessions.get(lease.sessionId);
  const awaitedSince = firstWaiterAt(state, lease);
  if (session === undefined || awaitedSince === null) return null;
  const { activeAt, minTtlMs } = session;
  const unrecorded = Math.max(activeAt, awaitedSince) + awaitedStepMs(state, session);
  return Math.max(lease.usedAt, Math.min(activeAt + activityStepMs(minTtlMs), unrecorded));
}

/** The silence that counts, by the policy in force. */
export function silentAfterMs(state: FleetState): number {
  return state.fleet?.policy?.content.silentHolder?.afterMs ?? DEFAULT_POLICY.silentHolder.afterMs;
}

function awaitedStepMs(state: FleetState, { minTtlMs }: SessionRow): number {
  return Math.min(activityStepMs(minTtlMs), Math.max(1, Math.floor(silentAfterMs(state) / 4)));
}

/** Somebody stands in line for something that it holds; of very much, somebody probably does. */
function isAwaited(state: FleetState, { sessionId }: SessionRow): boolean {
  if (state.leases.countIn('session', sessionId) > LOOKED_AT) return true;
  for (const lease of state.leases.in('session', sessionId)) {
    for (const _ of conflictingTickets(state, lease)) return true;
  }
  return false;
}

const LOOKED_AT = 32;

function firstWaiterAt(state: FleetState, lease: LeaseRow): Instant | null {
  for (const ticket of conflictingTickets(state, lease)) if (isInLine(state, ticket)) return ticket.queuedAt;
  return null;
}
