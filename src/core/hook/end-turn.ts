// The turn of an agent is over, or that of one of its sub-agents: what hooks took for it is free, and its denied edits stand
// in line no more. What others of the session have, and what the agent asked for itself, stays.

import type { EndTurnCommand } from '../command.ts';
import { endLeasesInTurn } from '../lease/end.ts';
import { endWait } from '../lease/wait.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Answer } from '../reply.ts';
import type { SessionRow } from '../rows.ts';
import { done } from '../session/presence.ts';

/** Answers `more` where it holds more than one decision ends. */
export function endTurn(ledger: Ledger, { label, ofAll }: EndTurnCommand, { sessionId }: SessionRow): Answer {
  const isOver = ({ hook }: { readonly hook?: { readonly label: string | null } }): boolean =>
    hook !== undefined && (ofAll === true || hook.label === label);
  const leases = [...ledger.state.leases.in('session', sessionId)].filter(isOver);
  const tickets = [...ledger.state.tickets.in('session', sessionId)].filter(isOver);
  const now = leases.slice(0, LIMITS.releasesPerDecision);
  // First the places in line: nobody is offered what it is about to leave.
  for (const ticket of tickets)
    if (ledger.state.tickets.get(ticket.ticket) !== undefined) endWait(ledger, ticket, 'withdrawn');
  endLeasesInTurn(ledger, now, { how: 'released', why: 'turn' });
  return done(leases.length + tickets.length > 0, leases.length > now.length);
}
