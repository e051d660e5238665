// Who stands in the way of whom. Two claims conflict when they belong to different sessions, can name the same thing, and
// are not both shared. Found through indexes: the cost follows what conflicts, not what is held.

import type { Mode } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { keysConflict } from '../resource/conflict.ts';
import type { IncidentRow, LeaseRow, TicketRow } from '../rows.ts';
import type { Table } from '../table.ts';
import { lookUp } from './conflict-index.ts';
import { parsed } from './parsed.ts';

/** What is asked for, against everybody but `sessionId`. */
export interface Claim {
  readonly sessionId: string;
  readonly resource: string;
  readonly mode: Mode;
}

/** Leases of other sessions that conflict with the claim. */
export function* conflictingLeases(state: FleetState, claim: Claim): Iterable<LeaseRow> {
  for (const lease of candidates(state.leases, claim.resource)) {
    if (lease.sessionId === claim.sessionId || (lease.mode === 'shared' && claim.mode === 'shared')) continue;
    if (namesSame(state, lease.resource, claim.resource)) yield lease;
  }
}

/** Tickets of other sessions, waiting or offered, that conflict with the claim; in the order of the line. */
export function* conflictingTickets(state: FleetState, claim: Claim): Iterable<TicketRow> {
  for (const ticket of inArrivalOrder(state, claim.resource)) {
    if (ticket.sessionId === claim.sessionId || (ticket.mode === 'shared' && claim.mode === 'shared')) continue;
    if (ticket.resources.some((resource) => namesSame(state, resource, claim.resource))) yield ticket;
  }
}

/** Leases that can name the same thing as `resource`, whosever and in whatever mode. */
export function* leasesOn(state: FleetState, resource: string): Iterable<LeaseRow> {
  for (const lease of candidates(state.leases, resource)) {
    if (namesSame(state, lease.resource, resource)) yield lease;
  }
}

/** Tickets that can name the same thing as `resource`, in the order of the line. */
export function* ticketsOn(state: FleetState, resource: string): Iterable<TicketRow> {
  for (const ticket of inArrivalOrder(state, resource)) {
    if (ticket.resources.some((each) => namesSame(state, each, resource))) yield ticket;
  }
}

/** Somebody else stands in line for it (or has the offer of it), so only its own use renews it. */
export function isWanted(state: FleetState, lease: LeaseRow): boolean {
  for (const ticket of conflictingTickets(state, lease)) if (isInLine(ticket)) return true;
  return false;
}

/** Waits and counts: its session lives, its agent is active, its turn has not passed on. Others have no edges. */
export function isInLine({ passedOver, absent }: TicketRow): boolean {
  return !passedOver && absent !== true;
}

/** It is held up: it has edges in the wait-for graph. Whoever was denied an edit goes on with something else. */
export function isHeldUp(ticket: TicketRow): boolean {
  return ticket.state === 'waiting' && ticket.hook === undefined && isInLine(ticket);
}

/** Whether two stored keys can name the same thing in this fleet. */
export function namesSame(state: FleetState, a: string, b: string): boolean {
  if (a === b) return true;
  return keysConflict(parsed(a), parsed(b), state.fleet?.foldsCaseSince != null);
}

/** Open incidents in which something was involved that can be the same thing as `resource`. */
export function* incidentsOn(state: FleetState, resource: string): Iterable<IncidentRow> {
  for (const incident of candidates(state.incidents, resource)) {
    if (incident.resources.some((each) => namesSame(state, each, resource))) yield incident;
  }
}

/** A single bucket is in arrival order already, unless a ticket came back to its old place; several are sorted together. */
function inArrivalOrder(state: FleetState, resource: string): Iterable<TicketRow> {
  const plan = lookUp(state.tickets, resource);
  const isSorted = plan.wide.length === 0 && plan.range === null && state.tickets.weight('revived') === 0;
  if (isSorted) return state.tickets.in('exact', plan.exact);
  return [...candidates(state.tickets, resource)].toSorted((a, b) => a.queuedSeq - b.queuedSeq);
}

/** Rows that may conflict with the key, each once: a superset, cheap to get. */
function* candidates<Row extends object>(table: Table<Row>, resource: string): Iterable<Row> {
  const plan = lookUp(table, resource);
  if (plan.wide.length === 0 && plan.range === null) {
    yield* table.in('exact', plan.exact);
    return;
  }
  const found = new Set<Row>(table.in('exact', plan.exact));
  for (const folder of plan.wide) for (const row of table.in('wide', folder)) found.add(row);
  if (plan.range !== null) for (const row of table.between(plan.range.from, plan.range.to)) found.add(row);
  yield* found;
}
