// The line before a resource: who blocks whom, and what may be granted.
//
// The line is the order of `lease.queued` events. A waiter is granted when it conflicts with no holder, no offer and no
// earlier waiter; a waiter that is passed over (paused agent, lapsed offer) keeps its place and blocks nobody meanwhile.

import type { Mode } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Blocker } from '../reply.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';
import { type Claim, conflictingLeases, conflictingTickets, isInLine, namesSame } from './conflict.ts';
import { lookUp, ownBucket } from './conflict-index.ts';

/** A request for a set of resources, standing in line at `queuedSeq` (Infinity: behind everybody). */
export interface Standing {
  readonly sessionId: string;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly queuedSeq: number;
  readonly passes: readonly string[];
  /** The ticket that stands there; a request without one was passed by nobody. */
  readonly ticket?: string;
}

/**
 * Everybody in the way of the request, holders and offers first for each resource. Lazy: ask for one to know whether any.
 * Since names are folded another's lease may stand beside one that the session holds already. It is in the way all the same:
 * an offer of the set would meet it.
 */
export function* blockersOf(state: FleetState, standing: Standing): Iterable<Blocker> {
  for (const resource of standing.resources) {
    const claim = { sessionId: standing.sessionId, resource, mode: standing.mode };
    for (const lease of conflictingLeases(state, claim)) yield holderBlocker(state, lease);
    if (isHeld(state, standing, resource)) continue;
    for (const ticket of ticketsBefore(state, standing, claim)) {
      if (ticket.state === 'offered') yield ticketBlocker(state, ticket, 'offer', resource);
      else if (standsBefore(ticket, standing)) yield ticketBlocker(state, ticket, 'waiter', resource);
    }
  }
}

/** True when nothing is in the way. */
export function isFree(state: FleetState, standing: Standing): boolean {
  for (const _ of blockersOf(state, standing)) return false;
  return true;
}

/** The resources of the request that its session does not hold already in a mode that covers it. */
export function missing(
  state: FleetState,
  standing: Pick<Standing, 'sessionId' | 'resources' | 'mode'>,
): readonly string[] {
  return standing.resources.filter((resource) => !isHeld(state, standing, resource));
}

/** The session holds this one of the request already, in a mode that covers it. */
function isHeld(
  state: FleetState,
  { sessionId, mode }: Pick<Standing, 'sessionId' | 'mode'>,
  resource: string,
): boolean {
  const own = ownLease(state, sessionId, resource);
  return own !== undefined && covers(own.mode, mode);
}

/** The session's lease on exactly this key. */
export function ownLease(state: FleetState, sessionId: string, resource: string): LeaseRow | undefined {
  for (const lease of state.leases.in('own', ownBucket(sessionId, resource))) return lease;
  return undefined;
}

/** Exclusive covers shared. */
export function covers(held: Mode, asked: Mode): boolean {
  return held === 'exclusive' || asked === 'shared';
}

/** Place in line: 1 is next. Counts earlier waiters and offers that conflict with any resource of the ticket. */
export function positionOf(state: FleetState, ticket: TicketRow): number {
  // It has its turn, whoever came back to the line meanwhile.
  if (ticket.state === 'offered') return 1;
  return 1 + (rankInLine(state, ticket) ?? walkedBefore(state, ticket).size);
}

/** Tickets before it, found by looking at all of the line. */
export function walkedBefore(state: FleetState, ticket: TicketRow): ReadonlySet<string> {
  const before = new Set<string>();
  for (const resource of missing(state, ticket)) {
    const claim = { sessionId: ticket.sessionId, resource, mode: ticket.mode };
    for (const other of ticketsBefore(state, ticket, claim)) {
      if (other.state === 'offered' || standsBefore(other, ticket)) before.add(other.ticket);
    }
  }
  return before;
}

/**
 * How many tickets stand before it, by its rank among all who ask for the same: in a long line nobody is walked to. Null where
 * ranks do not tell: several resources, shared access, trees and globs, the same path elsewhere, somebody out of order.
 */
export function rankInLine(state: FleetState, ticket: TicketRow): number | null {
  const { tickets } = state;
  const [resource, ...more] = missing(state, ticket);
  if (resource === undefined || more.length > 0 || ticket.mode === 'shared') return null;
  if (tickets.weight('passing') > 0 || tickets.weight('revived') > 0) return null;
  const { exact, wide, range } = lookUp(tickets, resource);
  const isAlone = wide.length === 0 && range === null;
  if (!isAlone || tickets.countIn('line', resource) !== tickets.countIn('exact', exact)) return null;
  if (tickets.countIn('idle', resource) + tickets.countIn('offered', resource) > UNLIKE_MAX) return null;
  const isOther = ({ sessionId }: TicketRow): boolean => sessionId !== ticket.sessionId;
  const isBefore = ({ queuedSeq }: TicketRow): boolean => queuedSeq < ticket.queuedSeq;
  const own = count(tickets.in('session', ticket.sessionId), (it) => isBefore(it) && it.resources.includes(resource));
  const idle = count(tickets.in('idle', resource), (it) => isBefore(it) && isOther(it));
  // Whoever has the offer has it, though it came later.
  const offered = count(tickets.in('offered', resource), (it) => !isBefore(it) && isOther(it));
  return tickets.rankIn('line', resource, ticket.ticket) - own - idle + offered;
}

/** More who are idle, or have an offer, than are looked at one by one. */
const UNLIKE_MAX = 64;

function count<Row>(rows: Iterable<Row>, counts: (row: Row) => boolean): number {
  let counted = 0;
  for (const row of rows) if (counts(row)) counted += 1;
  return counted;
}

/**
 * Conflicting tickets, at least all that stand before: the rest of the line is as long as it is, and is left out where nobody in
 * it can have gone ahead of its place.
 */
function* ticketsBefore(state: FleetState, { queuedSeq }: Standing, claim: Claim): Iterable<TicketRow> {
  const isInOrder = state.tickets.weight('offered') === 0 && state.tickets.weight('passing') === 0;
  for (const ticket of conflictingTickets(state, claim)) {
    if (isInOrder && ticket.queuedSeq > queuedSeq) return;
    yield ticket;
  }
}

/** Came earlier, unless it was passed; or passed this one, which then stands behind it whenever it came. */
function standsBefore(ticket: TicketRow, standing: Standing): boolean {
  if (hasPassed(ticket, standing)) return isInLine(ticket);
  return ticket.queuedSeq < standing.queuedSeq && !standing.passes.includes(ticket.ticket) && isInLine(ticket);
}

/** `ticket` was let past `standing`, to break a cycle. */
export function hasPassed(ticket: TicketRow, standing: Standing): boolean {
  return standing.ticket !== undefined && ticket.passes.includes(standing.ticket);
}

/** The ticket still needs something that `resource` can name too: its session does not hold that already. */
export function needs(state: FleetState, ticket: TicketRow, resource: string): boolean {
  return missing(state, ticket).some((each) => namesSame(state, each, resource));
}

function holderBlocker(state: FleetState, lease: LeaseRow): Blocker {
  return {
    kind: 'holder',
    agentId: lease.agentId,
    sessionId: lease.sessionId,
    resource: lease.resource,
    mode: lease.mode,
    token: lease.token,
    ticket: null,
    since: lease.grantedAt,
    activeAt: Math.max(lease.usedAt, state.sessions.get(lease.sessionId)?.activeAt ?? 0),
    reason: lease.reason,
  };
}

function ticketBlocker(state: FleetState, ticket: TicketRow, kind: 'offer' | 'waiter', resource: string): Blocker {
  return {
    kind,
    agentId: ticket.agentId,
    sessionId: ticket.sessionId,
    resource,
    mode: ticket.mode,
    token: null,
    ticket: ticket.ticket,
    since: ticket.queuedAt,
    activeAt: state.sessions.get(ticket.sessionId)?.activeAt ?? ticket.queuedAt,
    reason: ticket.reason,
  };
}
