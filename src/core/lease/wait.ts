// The life of a wait.
//
//   queued ── nothing in the way, call parked ──> granted
//     │  └─── nothing in the way, call away ────> offered ── claimed in time ──> granted
//     │                                              └─ lapsed ─> passed over (keeps its place) ── asks again ─> queued
//     └──> withdrawn | timed out (120 s without a call) | deadlock | session ended
//
// `endWait` ends a wait and walks the lines behind it, because a waiter that stood in somebody's way is gone.

import type { CycleStep, WaitOutcome } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import type { Promotion } from '../reply.ts';
import type { TicketRow } from '../rows.ts';
import { promote } from './promote.ts';

/** Ends a wait without a grant, as one group with what it makes possible. */
export function endWait(
  ledger: Ledger,
  ticket: TicketRow,
  outcome: Exclude<WaitOutcome, 'granted'>,
  cycle: readonly CycleStep[] = [],
): readonly Promotion[] {
  return ledger.group(() => {
    ledger.emit({
      type: 'wait.ended',
      agentId: ticket.agentId,
      sessionId: ticket.sessionId,
      ticket: ticket.ticket,
      outcome,
      tokens: [],
      cycle,
    });
    return promote(ledger, ticket.resources);
  });
}

/** The offer was not claimed: the turn passes on, the place stays. */
export function lapseOffer(ledger: Ledger, ticket: TicketRow): readonly Promotion[] {
  return ledger.group(() => {
    ledger.emit({ type: 'offer.lapsed', agentId: ticket.agentId, sessionId: ticket.sessionId, ticket: ticket.ticket });
    return promote(ledger, ticket.resources);
  });
}
