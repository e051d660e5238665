// Who gets a freed resource next.
//
// The queue is the order of `lease.queued` events, so fairness needs no extra field. Everybody in line that conflicts with
// what was freed is looked at in that order, and whoever nothing stands in the way of is granted (its call is parked) or
// offered (it is away). A paused agent is passed over but keeps its place, because a pause must not cost it the turn it
// already waited for. The walk ends early at an exclusive waiter that covers what was freed: nobody behind it can go.

import { isGranting } from '../fleet/granting.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Promotion } from '../reply.ts';
import { keyCovers } from '../resource/conflict.ts';
import type { TicketRow } from '../rows.ts';
import { isInLine, ticketsOn } from './conflict.ts';
import { grantSet } from './grant.ts';
import { isFree, missing } from './line.ts';
import { parsed } from './parsed.ts';

/**
 * Grants or offers what became possible because `freed` became free, inside the open group. Whatever does not fit the group
 * stays due as an unsettled line.
 */
export function promote(ledger: Ledger, freed: readonly string[]): readonly Promotion[] {
  const promoted: Promotion[] = [];
  if (!isGranting(ledger.state)) return promoted;
  const unsettled = freed.filter((resource) => !walkLine(ledger, resource, promoted));
  if (unsettled.length > 0) {
    ledger.emit({ type: 'line.unsettled', line: `n${ledger.seq + 1}`, resources: unsettled });
  }
  return promoted;
}

/** False when the walk had to stop although more could go. */
function walkLine(ledger: Ledger, resource: string, promoted: Promotion[]): boolean {
  for (const ticket of currentLine(ledger, resource)) {
    const isOpen = ticket.state === 'waiting' && isInLine(ledger.state, ticket);
    if (isOpen && isFree(ledger.state, ticket)) {
      const bytes = ticket.resources.reduce((sum, each) => sum + each.length, 0) * 6;
      if (
        promoted.length >= LIMITS.promotionsPerGroup ||
        !ledger.hasRoomFor(ticket.resources.length + 1, 700 + bytes / ticket.resources.length)
      )
        return false;
      promoted.push(giveTurn(ledger, ticket));
    }
    if ((isOpen || ticket.state === 'offered') && endsLine(ledger, ticket, resource)) return true;
  }
  return true;
}

/** Grants to a parked caller, offers to one that is away. */
export function giveTurn(ledger: Ledger, ticket: TicketRow): Promotion {
  const base = { agentId: ticket.agentId, ticket: ticket.ticket, resources: ticket.resources };
  if (!ticket.parked || ticket.parkedUntil <= ledger.at) {
    ledger.emit({
      type: 'lease.offered',
      agentId: ticket.agentId,
      sessionId: ticket.sessionId,
      ticket: ticket.ticket,
      until: ledger.at + LIMITS.claimMs,
      revived: false,
    });
    return { ...base, how: 'offered' };
  }
  grantTicket(ledger, ticket, ticket.passes.length > 0 ? 'passed' : 'promoted');
  return { ...base, how: 'granted' };
}

/** Grants everything a ticket waits for and ends it. */
export function grantTicket(
  ledger: Ledger,
  ticket: TicketRow,
  path: 'promoted' | 'claimed' | 'passed' | 'free',
): readonly number[] {
  const tokens = grantSet(ledger, {
    sessionId: ticket.sessionId,
    agentId: ticket.agentId,
    resources: ticket.resources,
    mode: ticket.mode,
    ttlMs: ticket.ttlMs,
    reason: ticket.reason,
    path,
    ticket: ticket.ticket,
  });
  ledger.emit({
    type: 'wait.ended',
    agentId: ticket.agentId,
    sessionId: ticket.sessionId,
    ticket: ticket.ticket,
    outcome: 'granted',
    tokens,
    cycle: [],
  });
  return tokens;
}

/** Gives their turn to waits of the session that what it was just granted satisfies. */
export function settleOwnWaits(ledger: Ledger, sessionId: string): void {
  if (ledger.state.tickets.countIn('session', sessionId) === 0) return;
  for (const ticket of Array.from(ledger.state.tickets.in('session', sessionId))) {
    if (ticket.state === 'waiting' && missing(ledger.state, ticket).length === 0) giveTurn(ledger, ticket);
  }
}

/**
 * The line, read while it is walked: granting changes only the draft on top, never the rows below it, and takes tickets away
 * but adds none. Each row is asked for again, since an earlier step of the walk may have changed it.
 */
function* currentLine(ledger: Ledger, resource: string): Iterable<TicketRow> {
  for (const { ticket } of ticketsOn(ledger.state, resource)) {
    const row = ledger.state.tickets.get(ticket);
    if (row !== undefined) yield row;
  }
}

/** Nobody behind this one can be granted: it is exclusive and claims all that was freed. */
function endsLine(ledger: Ledger, ticket: TicketRow, resource: string): boolean {
  if (ticket.mode !== 'exclusive') return false;
  const foldCase = ledger.state.fleet?.foldsCaseSince != null;
  return ticket.resources.some((each) => each === resource || keyCovers(parsed(each), parsed(resource), foldCase));
}
