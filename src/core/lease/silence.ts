// For how long a holder is silent.
//
// What a session does is recorded now and then, so the last of it may not be in the log: each quarter of the TTL, and while
// somebody waits for what it holds each quarter of the silence that counts. Whoever decides its calls and stays knows the rest:
// it says so in what it records (`followMs`), and writes down late what was not recorded, once half of the silence that counts
// has passed since the last record and somebody waits. Of such a session silence is counted from its record, to the
// millisecond: what is told of it is told no sooner, and never while whoever knows better could still be writing.
//
//   told     counts from the last record of a session that is followed; else like proved. People are told of it.
//   proved   whatever may have gone unrecorded counts as heard. Leases are taken back on it by policy and by agents: it stands even
//            where whoever knew better died, or was stopped, before it could write.
//
// The silence of a session whose records do not say that it is followed (its calls are decided by processes that are over in a
// moment, or were by an older version) is told when it is proved, up to a quarter late.

import type { FleetState } from '../fleet-state.ts';
import { DEFAULT_POLICY } from '../governance/policy.ts';
import type { Instant, Moment } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { conflictingTickets, isInLine } from './conflict.ts';
import { activityStepMs } from './expiry.ts';

/** When the session's next activity is to be recorded. */
export function activityDueAt(state: FleetState, session: SessionRow): Instant {
  const { activeAt, minTtlMs } = session;
  return activeAt + (isAwaited(state, session) ? awaitedStepMs(state, session) : activityStepMs(minTtlMs));
}

/**
 * The same for a moment: most are too early whoever waits. Whoever does not stay records at once what it would not come to write
 * down later.
 */
export function isActivityDue(state: FleetState, session: SessionRow, { at, stays = false }: Moment): boolean {
  if (session.followMs !== undefined && !stays && session.activeAt < at) return true;
  return session.activeAt + awaitedStepMs(state, session) <= at && activityDueAt(state, session) <= at;
}

/** When what was heard of the session at `heardAt` is to be written down late; Infinity where that is not needed. */
export function lateRecordAt(state: FleetState, session: SessionRow, heardAt: Instant): Instant {
  if (session.state !== 'live' || heardAt <= session.activeAt || !isAwaited(state, session))
    return Number.POSITIVE_INFINITY;
  return session.activeAt + Math.floor(silentAfterMs(state) / 2);
}

/** Since when the lease's holder is told to be silent, while somebody waits for the lease; null when nobody does. */
export function silentSince(state: FleetState, lease: LeaseRow, at: Instant): Instant | null {
  const proved = provedSilentSince(state, lease);
  const session = state.sessions.get(lease.sessionId);
  const awaitedSince = firstWaiterAt(state, lease);
  if (proved === null || session === undefined || awaitedSince === null) return proved;
  const agent = state.agents.get(session.agentId);
  const afterMs = silentAfterMs(state);
  const isFollowed = session.followMs !== undefined && session.followMs <= afterMs && agent?.lifecycle === 'active';
  // Who follows it hears that somebody waits, or that it goes on after a pause, and writes.
  const heardOfAt = Math.max(awaitedSince, agent?.change?.at ?? 0) + hearingMs(afterMs);
  return isFollowed && at >= heardOfAt ? Math.max(lease.usedAt, session.activeAt) : proved;
}

/** Since when nothing can have been heard of the lease's holder, whoever knew it; null when nobody waits. */
export function provedSilentSince(state: FleetState, lease: LeaseRow): Instant | null {
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

/** How long whoever follows a session has to write down what it knows, from when somebody begins to wait. */
function hearingMs(afterMs: number): number {
  return Math.min(LIMITS.lateRecordMs, Math.floor(afterMs / 2));
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
  for (const ticket of conflictingTickets(state, lease)) if (isInLine(ticket)) return ticket.queuedAt;
  return null;
}
