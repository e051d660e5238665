// One worktree on a case-folding file system makes the whole fleet compare names with simple case folding, for good.
//
// Claims that were apart until then may meet. Leases live on side by side, each to its own end. Of two offers the later
// one lapses, since only one of them could be claimed; and waits that close a cycle now are looked at like any others.

import { resolveCycles } from '../deadlock/resolve.ts';
import type { FleetState } from '../fleet-state.ts';
import { conflictingLeases, conflictingTickets } from '../lease/conflict.ts';
import { lapseOffer } from '../lease/wait.ts';
import type { Ledger } from '../ledger.ts';
import type { SessionRow, TicketRow } from '../rows.ts';

/**
 * Folds names from now on, inside the open group. Does nothing where they are folded already. `resumed` is the live session
 * that the registration goes on with: perhaps nothing else is logged of it, and its repeat must find that session again.
 */
export function foldNames(ledger: Ledger, worktree: string, resumed: SessionRow | null = null): void {
  if (ledger.state.fleet?.foldsCaseSince != null) return;
  ledger.emit({
    type: 'names.folded',
    worktree,
    why: 'This worktree lies on a file system that folds case.',
    ...(resumed === null ? {} : { agentId: resumed.agentId, sessionId: resumed.sessionId }),
  });
  for (const { ticket } of Array.from(ledger.state.tickets.rows())) {
    const row = ledger.state.tickets.get(ticket);
    if (row?.state === 'offered' && meetsOthers(ledger.state, row)) lapseOffer(ledger, row);
    else resolveCycles(ledger, ticket);
  }
}

/** A lease, or an earlier offer, is in the way of this one. */
function meetsOthers(state: FleetState, offer: TicketRow): boolean {
  return offer.resources.some((resource) => {
    const claim = { sessionId: offer.sessionId, resource, mode: offer.mode };
    for (const _ of conflictingLeases(state, claim)) return true;
    for (const other of conflictingTickets(state, claim)) {
      if (other.state === 'offered' && other.queuedSeq < offer.queuedSeq) return true;
    }
    return false;
  });
}
