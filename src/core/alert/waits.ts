// Who waits, looked at once for all alerts: each resource with its line. The cost follows who waits, not what is held.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { isInLine, leasesOn, namesSame } from '../lease/conflict.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';

/** Those in line for one resource, in the order in which they came. */
export interface Line {
  readonly resource: string;
  readonly tickets: readonly TicketRow[];
}

export interface Waits {
  /** Everybody in line. A paused agent, and one whose turn has passed on, is not. */
  readonly tickets: readonly TicketRow[];
  readonly lines: ReadonlyMap<string, Line>;
}

/** Leases looked at before one line: whoever waits for a whole tree may wait for thousands. */
const LEASES_PER_LINE = 256;

export function waitsIn(state: FleetState): Waits {
  const tickets: TicketRow[] = [];
  const lines = new Map<string, { readonly resource: string; readonly tickets: TicketRow[] }>();
  const inLine = new Map<string, boolean>();
  for (const ticket of inArrivalOrder(state)) {
    if (ticket.state !== 'waiting' || ticket.passedOver) continue;
    let counts = inLine.get(ticket.sessionId);
    if (counts === undefined) {
      counts = isInLine(ticket);
      inLine.set(ticket.sessionId, counts);
    }
    if (!counts) continue;
    tickets.push(ticket);
    for (const resource of ticket.resources) {
      const line = lines.get(resource);
      if (line === undefined) lines.set(resource, { resource, tickets: [ticket] });
      else line.tickets.push(ticket);
    }
  }
  return { tickets, lines };
}

/** The leases before the line, as many as are worth looking at. */
export function holdersBefore(state: FleetState, { resource }: Line): readonly LeaseRow[] {
  const found: LeaseRow[] = [];
  for (const lease of leasesOn(state, resource)) {
    found.push(lease);
    if (found.length === LEASES_PER_LINE) break;
  }
  return found;
}

/** Since when it waits, as far as that is not of its own doing: the time of a pause does not count. */
export function waitsSince(state: FleetState, { agentId, queuedAt }: TicketRow): Instant {
  return Math.max(queuedAt, state.agents.get(agentId)?.change?.at ?? 0);
}

/** `lease` stands in the way of `ticket`. */
export function isHeldAgainst(state: FleetState, lease: LeaseRow, ticket: TicketRow): boolean {
  if (lease.sessionId === ticket.sessionId || (lease.mode === 'shared' && ticket.mode === 'shared')) return false;
  return ticket.resources.some((resource) => namesSame(state, resource, lease.resource));
}

/** As they came to be, which is how they came, but for those that returned to an old place. */
function inArrivalOrder(state: FleetState): Iterable<TicketRow> {
  if (state.tickets.weight('revived') === 0) return state.tickets.rows();
  return [...state.tickets.rows()].toSorted((a, b) => a.queuedSeq - b.queuedSeq);
}
