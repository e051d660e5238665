// Who gets a freed resource next.
//
// The queue is the order of `lease.queued` events, so fairness needs no extra field. Everybody in line that conflicts with
// what was freed is looked at in that order, and whoever nothing stands in the way of is granted (its call is parked) or
// offered (it is away). A paused agent is passed over but keeps its place, because a pause must not cost it the turn it
// already waited for.
//
// The walk ends early at an exclusive waiter that covers what was freed: behind it only those can go that it does not
// block, which are other waits of its own session and those that may pass it.

import { isGranting } from '../fleet/granting.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Promotion } from '../reply.ts';
import { keyCovers } from '../resource/conflict.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { TicketRow } from '../rows.ts';
import { isInLine, ticketsOn } from './conflict.ts';
import { grantSet } from './grant.ts';
import { isFree } from './line.ts';
import { parsed } from './parsed.ts';

/**
 * Grants or offers what became possible because `freed` became free, inside the open group. Whatever does not fit the group
 * stays due as an unsettled line; while granting rests, everything that somebody waits for does.
 */
export function promote(ledger: Ledger, freed: readonly string[]): readonly Promotion[] {
  const promoted: Promotion[] = [];
  const { state } = ledger;
  const unsettled = isGranting(state)
    ? freed.filter((resource) => !walkLine(ledger, resource, promoted))
    : freed.filter((resource) => isWaitedFor(state, resource));
  if (unsettled.length > 0) leaveDue(ledger, { resources: unsettled });
  return promoted;
}

/** Gives their turn to waits of the session that a grant to it made possible: what it holds is not in its own way. */
export function settleOwnWaits(ledger: Ledger, sessionId: string, promoted: Promotion[] = []): void {
  if (ledger.state.tickets.countIn('session', sessionId) === 0) return;
  const own = Array.from(ledger.state.tickets.in('session', sessionId));
  if (!takeTurns(ledger, own, promoted)) leaveDue(ledger, { resources: [], sessionId });
}

/** Gives the ticket its turn if nothing is in its way; while granting rests it stays due. */
export function takeTurnOrStayDue(ledger: Ledger, ticket: string): void {
  const row = ledger.state.tickets.get(ticket);
  if (row === undefined || !isNext(ledger, row)) return;
  const { sessionId } = row;
  if (!isGranting(ledger.state) || !takeTurn(ledger, row, [])) leaveDue(ledger, { resources: [], sessionId });
}

/** False when the walk had to stop although more could go. */
function walkLine(ledger: Ledger, resource: string, promoted: Promotion[]): boolean {
  for (const ticket of currentLine(ledger, resource)) {
    const blocksOthers = isInLine(ticket) && endsLine(ledger, ticket, resource);
    if (!takeTurn(ledger, ticket, promoted)) return false;
    if (blocksOthers) return takeTurns(ledger, notBlockedBy(ledger, ticket), promoted);
  }
  return true;
}

/** Tickets that this one never stands in the way of, in the order of the line. */
function notBlockedBy(ledger: Ledger, { ticket, sessionId }: TicketRow): readonly TicketRow[] {
  const { tickets } = ledger.state;
  return [...tickets.in('session', sessionId), ...tickets.in('passing', ticket)].toSorted(
    (a, b) => a.queuedSeq - b.queuedSeq,
  );
}

function takeTurns(ledger: Ledger, tickets: readonly TicketRow[], promoted: Promotion[]): boolean {
  return tickets.every(({ ticket }) => {
    const row = ledger.state.tickets.get(ticket);
    return row === undefined || takeTurn(ledger, row, promoted);
  });
}

/** Gives the ticket its turn if nothing is in its way. False only when it could go and the group has no room left. */
function takeTurn(ledger: Ledger, ticket: TicketRow, promoted: Promotion[]): boolean {
  if (!isNext(ledger, ticket)) return true;
  const names = ticket.resources.reduce((sum, resource) => sum + utf8Bytes(resource), 0);
  const events = ticket.resources.length + 1;
  const hasRoom = promoted.length < LIMITS.promotionsPerGroup && ledger.hasRoomFor(events, 700 + (2 * names) / events);
  if (!hasRoom) return false;
  const promotion = giveTurn(ledger, ticket);
  promoted.push(promotion);
  if (promotion.how === 'granted') settleOwnWaits(ledger, ticket.sessionId, promoted);
  return true;
}

function isNext(ledger: Ledger, ticket: TicketRow): boolean {
  return ticket.state === 'waiting' && isInLine(ticket) && isFree(ledger.state, ticket);
}

function isWaitedFor(state: FleetState, resource: string): boolean {
  for (const _ of ticketsOn(state, resource)) return true;
  return false;
}

/** The rest of these lines, or of the session's own waits, is looked at as a due item. */
function leaveDue(ledger: Ledger, what: { readonly resources: readonly string[]; readonly sessionId?: string }): void {
  const resting = isGranting(ledger.state) ? {} : { resting: true as const };
  ledger.emit({ type: 'line.unsettled', line: `n${ledger.seq + 1}`, ...what, ...resting });
}

/** Grants to a parked caller, offers to one that is away. */
function giveTurn(ledger: Ledger, ticket: TicketRow): Promotion {
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
    isEdit: ticket.hook !== undefined,
  });
  ledger.emit({
    type: 'wait.ended',
    agentId: ticket.agentId,
    sessionId: ticket.sessionId,
    ticket: ticket.ticket,
    outcome: 'granted',
    tokens,
    cycle: [],
    // Whoever claims an offer while another call never said that it left, stands beside that one too.
    ...((ticket.beside === true || (path === 'claimed' && ticket.parked)) && { beside: true }),
  });
  return tokens;
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

/** It is exclusive and claims all that was freed, so whoever it blocks cannot go. */
function endsLine(ledger: Ledger, ticket: TicketRow, resource: string): boolean {
  if (ticket.mode !== 'exclusive') return false;
  const foldCase = ledger.state.fleet?.foldsCaseSince != null;
  return ticket.resources.some((each) => each === resource || keyCovers(parsed(each), parsed(resource), foldCase));
}
