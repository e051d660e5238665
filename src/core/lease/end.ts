// Ends of leases. However a lease ends, its line is walked in the same group, so no path can strand a waiter.
// What its session waits for besides may need it now, and close a cycle: that is looked at too.

import { resolveCyclesOver } from '../deadlock/resolve.ts';
import type { Ledger } from '../ledger.ts';
import type { Promotion } from '../reply.ts';
import type { LeaseRow } from '../rows.ts';
import { endHandoffOf } from './end-handoff.ts';
import { promote } from './promote.ts';

/** How a lease ends, with what is told of it. */
export type Ending =
  | { readonly how: 'released'; readonly why: 'released' | 'undelivered' | 'quiet' | 'turn' }
  | { readonly how: 'expired' }
  | { readonly how: 'revoked'; readonly by: string; readonly reason: string }
  | { readonly how: 'dropped'; readonly ending: 'session_closed' | 'session_lost' };

/** How a lease ends whose time is over: of what a hook took nobody was told that it lasts. */
export function endingByTime({ hook }: LeaseRow): Ending {
  return hook === undefined ? { how: 'expired' } : { how: 'released', why: 'quiet' };
}

/** Ends one lease and gives the freed resource to whoever is next, as one group. */
export function endLease(ledger: Ledger, lease: LeaseRow, ending: Ending): readonly Promotion[] {
  return ledger.group(() => {
    emitEnd(ledger, lease, ending);
    const promoted = promote(ledger, [lease.resource]);
    resolveCyclesOver(ledger, lease.sessionId, [lease.resource]);
    return promoted;
  });
}

/**
 * Ends those of the leases that are still held when their turn comes, each as a group of its own: the end of one may
 * promote its holder's own upgrade of another, which then holds by a new token and is nobody's to end here.
 */
export function endLeasesInTurn(
  ledger: Ledger,
  leases: readonly LeaseRow[],
  ending: Ending,
): { readonly ended: readonly LeaseRow[]; readonly promoted: readonly Promotion[] } {
  const ended: LeaseRow[] = [];
  const promoted: Promotion[] = [];
  for (const lease of leases) {
    if (ledger.state.leases.get(String(lease.token)) === undefined) continue;
    promoted.push(...endLease(ledger, lease, ending));
    ended.push(lease);
  }
  return { ended, promoted };
}

/** Ends several leases as one group and walks their lines after all of them are free, and after what `then` does with that. */
export function endLeasesTogether(
  ledger: Ledger,
  leases: readonly LeaseRow[],
  ending: Ending,
  then: () => void = () => undefined,
): readonly Promotion[] {
  return ledger.group(() => {
    for (const lease of leases) emitEnd(ledger, lease, ending);
    then();
    const freed = leases.map((lease) => lease.resource);
    const promoted = promote(ledger, freed);
    for (const sessionId of new Set(leases.map((lease) => lease.sessionId)))
      resolveCyclesOver(ledger, sessionId, freed);
    return promoted;
  });
}

function emitEnd(ledger: Ledger, lease: LeaseRow, ending: Ending): void {
  endHandoffOf(ledger, lease);
  const about = { agentId: lease.agentId, sessionId: lease.sessionId, resource: lease.resource, token: lease.token };
  switch (ending.how) {
    case 'released':
      ledger.emit({ type: 'lease.released', ...about, why: ending.why });
      return;
    case 'expired':
      ledger.emit({ type: 'lease.expired', ...about, lastUsedAt: lease.usedAt });
      return;
    case 'revoked':
      ledger.emit({ type: 'lease.revoked', ...about, by: ending.by, reason: ending.reason });
      return;
    case 'dropped':
      ledger.emit({ type: 'lease.dropped', ...about, ending: ending.ending });
  }
}
