// One waiter of a line, as people and programs see it.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { isInLine } from '../lease/conflict.ts';
import { positionOf } from '../lease/line.ts';
import type { TicketRow } from '../rows.ts';
import type { PresenceOf, WaiterView } from './views.ts';

export function waiterViewOf(state: FleetState, at: Instant, presence: PresenceOf, ticket: TicketRow): WaiterView {
  return {
    ticket: ticket.ticket,
    agentId: ticket.agentId,
    sessionId: ticket.sessionId,
    mode: ticket.mode,
    resources: ticket.resources,
    position: positionOf(state, ticket),
    waitedMs: Math.max(0, at - ticket.queuedAt),
    state: stateOf(at, ticket),
    priority: ticket.priority,
    reason: ticket.reason,
    presence: presence(ticket.sessionId),
  };
}

/** Every ticket in the order of arrival. */
export function ticketsByArrival(state: FleetState): readonly TicketRow[] {
  return [...state.tickets.rows()].toSorted((a, b) => a.queuedSeq - b.queuedSeq);
}

function stateOf(at: Instant, ticket: TicketRow): WaiterView['state'] {
  if (ticket.state === 'offered') return 'offered';
  if (!isInLine(ticket)) return 'passed_over';
  return ticket.parked && ticket.parkedUntil > at ? 'parked' : 'away';
}
