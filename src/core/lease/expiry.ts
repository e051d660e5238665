// When a lease ends by itself.
//
// A lease ends at the last recorded activity + TTL + TTL/4. Activity is recorded at most each quarter TTL, so no lease ends
// before a full TTL without activity. The session's activity counts by reference, for all its leases at once; but while
// somebody waits for a lease only that lease's own use renews it, so a busy agent's forgotten lock does not hold others
// for ever. The moment somebody begins to wait, the session's activity so far is written into the lease (`capture-activity.ts`).
// What edit hooks took ends by rules of its own.

import type { FleetState } from '../fleet-state.ts';
import { editHoldEnd } from '../hook/edit-hold.ts';
import type { Instant } from '../instant.ts';
import type { LeaseRow } from '../rows.ts';
import { isWanted } from './conflict.ts';

/** How long after recorded activity a lease lives. */
function lifeMs(ttlMs: number): number {
  return ttlMs + Math.ceil(ttlMs / 4);
}

/** Lower bound of the end of a lease: its own use alone. */
export function earliestExpiry(lease: LeaseRow): Instant {
  return lease.hook === undefined
    ? endAfter(lease, lease.usedAt)
    : editHoldEnd(lease, lease.hook, lease.hook.isAwaited);
}

function endAfter({ ttlMs, keptUntil = 0 }: LeaseRow, usedAt: Instant): Instant {
  return Math.max(usedAt + lifeMs(ttlMs), keptUntil);
}

/** When the lease ends if nobody does anything more. A lease of an ended session has ended with it. */
export function expiresAt(state: FleetState, lease: LeaseRow): Instant {
  const session = state.sessions.get(lease.sessionId);
  if (session === undefined || session.state !== 'live') return session?.endedAt ?? lease.grantedAt;
  if (lease.hook !== undefined) return editHoldEnd(lease, lease.hook, isWanted(state, lease));
  if (session.activeAt <= lease.usedAt || isWanted(state, lease)) return earliestExpiry(lease);
  return endAfter(lease, session.activeAt);
}

/** Recorded activity of a session is due again after this long. */
export function activityStepMs(ttlMs: number): number {
  return Math.max(1, Math.floor(ttlMs / 4));
}
