// Who holds what, and who waits for it.
//
// One row is one lease, so a resource that several sessions share has several rows. Behind the leases come resources that
// nobody holds but that stand reserved: offered to a waiter that is away, or kept for the first in line that still waits
// for something else. The order is that of the grants, oldest first, which is where trouble is looked for.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { isInLine, leasesOn, ticketsOn } from '../lease/conflict.ts';
import { expiresAt } from '../lease/expiry.ts';
import { isGuarded } from '../lease/lease-facts.ts';
import { blockersOf } from '../lease/line.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';
import { asksOf } from './message-view.ts';
import { numberOfCursor, pageOf, rowLimit, VIEW_LIMITS } from './page.ts';
import type { LockView, Page, PresenceOf, Query, WaiterView } from './views.ts';
import { waiterViewOf } from './waiter-view.ts';

type LocksQuery = Extract<Query, { kind: 'locks' }>;

/** A lease, or a resource kept for a ticket. */
type LockRow = { readonly lease: LeaseRow } | Reserved;

interface Reserved {
  readonly lease: null;
  readonly resource: string;
  readonly ticket: TicketRow;
}

/** Leases by token, then reserved resources by the age of the wait. */
export function locksView(state: FleetState, at: Instant, presence: PresenceOf, query: LocksQuery): Page<LockView> {
  const leases = leaseRowsOf(state, query);
  const reserved = query.agentId === undefined ? reservedRows(state, query.resource) : [];
  const after = query.cursor ?? '';
  return pageOf<LockRow, LockView>([...leases, ...reserved], {
    limit: rowLimit(query.limit),
    total: leases.length + reserved.length,
    isAfter: (row) => isAfter(row, after),
    cursorOf,
    itemOf: (row) => lockViewOf(state, at, presence, row),
  });
}

/** Leases on exactly this key, oldest first; usually one. */
export function holderView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  query: Extract<Query, { kind: 'holder' }>,
): readonly LockView[] {
  const exact = [...leasesOn(state, query.resource)].filter((lease) => lease.resource === query.resource);
  return inGrantOrder(exact)
    .slice(0, VIEW_LIMITS.rowsMax)
    .map(({ lease }) => heldView(state, at, presence, lease));
}

function leaseRowsOf(state: FleetState, query: LocksQuery): readonly { readonly lease: LeaseRow }[] {
  const rows = [...leasesFor(state, query)].filter((lease) => {
    if (query.agentId !== undefined && lease.agentId !== query.agentId) return false;
    return query.waiting !== true || hasWaiters(state, lease.resource, lease.sessionId);
  });
  return inGrantOrder(rows);
}

function leasesFor(state: FleetState, query: LocksQuery): Iterable<LeaseRow> {
  if (query.resource !== undefined) return leasesOn(state, query.resource);
  if (query.agentId !== undefined) return leasesOfAgent(state, query.agentId);
  return state.leases.rows();
}

function* leasesOfAgent(state: FleetState, agentId: string): Iterable<LeaseRow> {
  for (const session of state.sessions.in('agent', agentId)) yield* state.leases.in('session', session.sessionId);
}

function inGrantOrder(leases: readonly LeaseRow[]): readonly { readonly lease: LeaseRow }[] {
  return leases.toSorted((a, b) => a.token - b.token).map((lease) => ({ lease }));
}

/** Resources that nobody holds and that are kept for the first in line. */
function reservedRows(state: FleetState, resource: string | undefined): readonly Reserved[] {
  const tickets = resource === undefined ? state.tickets.rows() : ticketsOn(state, resource);
  const first = new Map<string, TicketRow>();
  for (const ticket of tickets) {
    // A single free resource is granted or offered at once; only a set can have parts that wait for the rest.
    if (ticket.state !== 'offered' && (ticket.resources.length === 1 || !isInLine(ticket))) continue;
    for (const each of ticket.resources) {
      const known = first.get(each);
      if (known === undefined || ticket.queuedSeq < known.queuedSeq) first.set(each, ticket);
    }
  }
  const rows: Reserved[] = [];
  for (const [each, ticket] of first) {
    if (isKept(state, each, ticket)) rows.push({ lease: null, resource: each, ticket });
  }
  return rows.toSorted((a, b) => a.ticket.queuedSeq - b.ticket.queuedSeq || (a.resource < b.resource ? -1 : 1));
}

function isKept(state: FleetState, resource: string, ticket: TicketRow): boolean {
  for (const lease of leasesOn(state, resource)) if (lease.resource === resource) return false;
  for (const _ of blockersOf(state, { ...ticket, resources: [resource] })) return false;
  return true;
}

function lockViewOf(state: FleetState, at: Instant, presence: PresenceOf, row: LockRow): LockView {
  return row.lease === null ? reservedView(state, at, presence, row) : heldView(state, at, presence, row.lease);
}

function heldView(state: FleetState, at: Instant, presence: PresenceOf, lease: LeaseRow): LockView {
  const activeAt = Math.max(lease.usedAt, state.sessions.get(lease.sessionId)?.activeAt ?? lease.usedAt);
  return {
    resource: lease.resource,
    mode: lease.mode,
    holder: { agentId: lease.agentId, sessionId: lease.sessionId },
    token: lease.token,
    heldForMs: Math.max(0, at - lease.grantedAt),
    idleForMs: Math.max(0, at - activeAt),
    expiresInMs: Math.max(0, expiresAt(state, lease) - at),
    alive: state.sessions.get(lease.sessionId)?.state === 'live' ? presence(lease.sessionId) : 'gone',
    guarded: isGuarded(lease.resource),
    reason: lease.reason === '' ? firstReason(state, lease) : lease.reason,
    reservedFor: null,
    handoffTo: lease.offer === null ? null : (state.handoffs.get(lease.offer)?.to ?? null),
    ...lineOf(state, at, presence, lease.resource),
    asks: asksOf(state, at, lease),
  };
}

function reservedView(state: FleetState, at: Instant, presence: PresenceOf, reserved: Reserved): LockView {
  return {
    resource: reserved.resource,
    mode: null,
    holder: null,
    token: null,
    heldForMs: null,
    idleForMs: null,
    expiresInMs: null,
    alive: 'unknown',
    guarded: isGuarded(reserved.resource),
    reason: '',
    reservedFor: reserved.ticket.ticket,
    handoffTo: null,
    ...lineOf(state, at, presence, reserved.resource),
    asks: [],
  };
}

/** The first of a set granted together carries the reason for all. */
function firstReason(state: FleetState, lease: LeaseRow): string {
  return state.leases.get(String(lease.firstToken))?.reason ?? '';
}

function lineOf(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  resource: string,
): { readonly waiters: readonly WaiterView[]; readonly waiting: number } {
  const waiters: WaiterView[] = [];
  let waiting = 0;
  for (const ticket of ticketsOn(state, resource)) {
    waiting += 1;
    if (waiters.length < VIEW_LIMITS.waitersPerLock) waiters.push(waiterViewOf(state, at, presence, ticket));
  }
  return { waiters, waiting };
}

function hasWaiters(state: FleetState, resource: string, sessionId: string): boolean {
  for (const ticket of ticketsOn(state, resource)) if (ticket.sessionId !== sessionId) return true;
  return false;
}

/** A lease's is its token; a reserved resource's is the number of the queueing and its name, as a ticket may keep several. */
function cursorOf(row: LockRow): string {
  return row.lease === null ? `${row.ticket.queuedSeq} ${row.resource}` : String(row.lease.token);
}

function isAfter(row: LockRow, cursor: string): boolean {
  const space = cursor.indexOf(' ');
  if (space === -1) return row.lease === null || row.lease.token > numberOfCursor(cursor);
  if (row.lease !== null) return false;
  const queuedSeq = numberOfCursor(cursor.slice(0, space));
  return (
    row.ticket.queuedSeq > queuedSeq || (row.ticket.queuedSeq === queuedSeq && row.resource > cursor.slice(space + 1))
  );
}
