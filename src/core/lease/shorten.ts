// Cutting the TTL of a lease down to the default by authority, so that it ends soon unless its holder uses it.
//
// Gentler than taking it back: a holder that is at work keeps it, by whatever prolongs any lease. The holder was told until when
// it may believe, and is not asked, so the lease never ends before that, and never before it may have heard of it.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { LeaseRow } from '../rows.ts';
import { toldUntil } from './belief.ts';
import { expiresAt } from './expiry.ts';

/** When it would end, shortened at `at` and not used any more. */
function shortenedEnd(state: FleetState, lease: LeaseRow, at: Instant): Instant {
  return Math.max(at + LIMITS.shortenedMs, toldUntil(state, lease));
}

/** The same, or null where that would gain nothing worth a word. */
export function shorterEnd(state: FleetState, lease: LeaseRow, at: Instant): Instant | null {
  const until = shortenedEnd(state, lease, at);
  const isLong = lease.ttlMs > LIMITS.ttlMs && expiresAt(state, lease) - until >= LIMITS.shortenedMs;
  return isLong ? until : null;
}

/** Shortens those that gain by it. */
export function shorten(ledger: Ledger, leases: readonly LeaseRow[], by: string, reason: string): void {
  for (const lease of leases) {
    const until = shorterEnd(ledger.state, lease, ledger.at);
    if (until === null) continue;
    const { agentId, sessionId, resource, token } = lease;
    ledger.emit({
      type: 'lease.shortened',
      agentId,
      sessionId,
      resource,
      token,
      ttlMs: LIMITS.ttlMs,
      until,
      by,
      reason,
    });
  }
}
