// Who waits for whom: the wait-for graph as it can be drawn.
//
// Of the edges to earlier waiters only the nearest for each resource is shown: the rest follows from it, and a line of a
// thousand would else have half a million. Edges to holders and offers are all there, because each of them is a reason.

import { retriesOf, retryCycle } from '../deadlock/retry.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { isInLine } from '../lease/conflict.ts';
import { blockersOf } from '../lease/line.ts';
import type { Blocker } from '../reply.ts';
import type { EndedTicketRow, TicketRow } from '../rows.ts';
import { VIEW_LIMITS } from './page.ts';
import type { BrokenDeadlock, PresenceOf, Query, WaitEdge, WaitsView } from './views.ts';
import { ticketsByArrival, waiterViewOf } from './waiter-view.ts';

/** Sessions whose retries are searched for a cycle; more than that asking in vain at once is its own alarm. */
const RETRYING_SESSIONS = 200;

export function waitsView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  { limit = VIEW_LIMITS.rows }: Extract<Query, { kind: 'waits' }>,
): WaitsView {
  const most = Math.min(VIEW_LIMITS.waitsMax, Math.max(1, limit));
  return waitsAmong(state, at, presence, ticketsByArrival(state), most);
}

/** The part of the graph that begins at these waits, or at whoever asks without standing in line. */
export function waitsAmong(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  tickets: readonly TicketRow[],
  most: number = VIEW_LIMITS.rows,
): WaitsView {
  const shown = tickets.slice(0, most);
  const edgesMost = Math.max(VIEW_LIMITS.rowsMax, most * VIEW_LIMITS.edgesPerWait);
  const retrying = retryingSessions(state, at);
  const edges = [...shown.flatMap((ticket) => edgesOf(state, at, ticket)), ...retryEdges(state, at, retrying)];
  return {
    edges: edges.slice(0, edgesMost),
    waiters: shown.map((ticket) => waiterViewOf(state, at, presence, ticket)),
    suspected: suspectedCycles(state, at, retrying),
    broken: brokenDeadlocks(state, at),
    leftOut: { waiters: tickets.length - shown.length, edges: Math.max(0, edges.length - edgesMost) },
  };
}

function edgesOf(state: FleetState, at: Instant, ticket: TicketRow): readonly WaitEdge[] {
  // An offered ticket waits for nobody but its own caller; a passed-over one counts for nobody.
  if (ticket.state === 'offered' || !isInLine(ticket)) return [];
  const holds = new Map<string, WaitEdge>();
  const lines = new Map<string, WaitEdge>();
  for (const blocker of blockersOf(state, ticket)) {
    const edge = edgeTo(at, ticket, blocker);
    if (edge.kind === 'line') lines.set(blocker.resource, edge);
    else holds.set(`${blocker.sessionId} ${blocker.resource}`, edge);
    if (holds.size >= VIEW_LIMITS.rowsMax) break;
  }
  return [...holds.values(), ...lines.values()];
}

function edgeTo(at: Instant, ticket: TicketRow, blocker: Blocker): WaitEdge {
  return {
    kind: blocker.kind === 'waiter' ? 'line' : 'hold',
    from: { agentId: ticket.agentId, sessionId: ticket.sessionId, ticket: ticket.ticket },
    to: { agentId: blocker.agentId, sessionId: blocker.sessionId, token: blocker.token, ticket: blocker.ticket },
    resource: blocker.resource,
    ageMs: Math.max(0, at - ticket.queuedAt),
  };
}

function retryingSessions(state: FleetState, at: Instant): readonly string[] {
  const sessions = new Set<string>();
  for (const refusal of state.refusals.rows()) {
    if (sessions.size >= RETRYING_SESSIONS) break;
    for (const _ of retriesOf(state, refusal.sessionId, at)) sessions.add(refusal.sessionId);
  }
  return [...sessions];
}

function retryEdges(state: FleetState, at: Instant, sessions: readonly string[]): readonly WaitEdge[] {
  return sessions.flatMap((sessionId) =>
    [...retriesOf(state, sessionId, at)].flatMap((refusal) =>
      refusal.blockers.flatMap((blocker): readonly WaitEdge[] => {
        const session = state.sessions.get(blocker);
        if (session === undefined || session.state !== 'live' || state.leases.countIn('session', blocker) === 0)
          return [];
        return [
          {
            kind: 'retry',
            from: { agentId: refusal.agentId, sessionId, ticket: null },
            to: { agentId: session.agentId, sessionId: blocker, token: null, ticket: null },
            resource: refusal.resource,
            ageMs: Math.max(0, at - refusal.at),
          },
        ];
      }),
    ),
  );
}

function suspectedCycles(state: FleetState, at: Instant, sessions: readonly string[]): WaitsView['suspected'] {
  const told = new Set<string>();
  const cycles: { readonly agents: readonly string[] }[] = [];
  for (const start of sessions) {
    if (told.has(start)) continue;
    const cycle = retryCycle(state, start, at);
    if (cycle === null) continue;
    for (const sessionId of cycle) told.add(sessionId);
    cycles.push({ agents: cycle.map((sessionId) => state.sessions.get(sessionId)?.agentId ?? sessionId) });
  }
  return cycles;
}

/** Waits that ended lately to break a deadlock, newest first. */
function brokenDeadlocks(state: FleetState, at: Instant): readonly BrokenDeadlock[] {
  const ended: EndedTicketRow[] = [];
  for (const row of state.endedTickets.rows()) if (row.outcome === 'deadlock') ended.push(row);
  return ended
    .toSorted((a, b) => b.endedSeq - a.endedSeq)
    .slice(0, VIEW_LIMITS.brokenDeadlocks)
    .map(({ ticket, agentId, sessionId, cycle, endedAt }) => ({
      victim: { ticket, agentId, sessionId },
      agoMs: Math.max(0, at - endedAt),
      cycle: cycle.map(({ ticket: _ticket, ...step }) => step),
    }));
}
