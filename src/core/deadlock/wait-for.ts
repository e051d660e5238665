// The wait-for graph and its cycles.
//
// Every wait has edges to sessions: hold edges to conflicting holders and offers, line edges to conflicting earlier waiters.
// A waiter that was let past counts as a holder: it is not passed in turn.
// Whoever was denied an edit goes on with something else, and what its hooks took ends by itself: it has no edges.
// The search runs backwards from the asker, over who waits for what it holds: most askers hold nothing that anybody waits
// for, and then it ends at once. A breadth-first search finds a shortest cycle.

import type { CycleStep } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { conflictingTickets, isHeldUp, isInLine } from '../lease/conflict.ts';
import { blockersOf, hasPassed, needs } from '../lease/line.ts';
import { LIMITS } from '../limits.ts';
import type { TicketRow } from '../rows.ts';

/** `ticket` of `fromSession` waits for `toSession`. */
export interface WaitForEdge {
  readonly kind: 'hold' | 'line';
  readonly ticket: TicketRow;
  readonly toSession: string;
  /** The waiter stood behind, for a line edge. */
  readonly behind: string | null;
  readonly resource: string;
}

/** Edges in the order of waiting: each one's `toSession` is the next one's waiter, the last one's is the first's. */
export type Cycle = readonly WaitForEdge[];

/** A shortest cycle through `ticket`: of hold edges only when there is one, else of any edges, else null. */
export function cycleThrough(state: FleetState, ticket: TicketRow): Cycle | null {
  // Its own way out is as long as the line: nobody walks it for a waiter that nobody waits for.
  if (!isWaitedFor(state, ticket.sessionId)) return null;
  const out = outEdges(state, ticket);
  if (out.length === 0) return null;
  return (
    findCycle(
      state,
      ticket.sessionId,
      out.filter((edge) => edge.kind === 'hold'),
      false,
    ) ?? findCycle(state, ticket.sessionId, out, true)
  );
}

/** What a cycle says in the log and to people. */
export function stepsOf(cycle: Cycle): readonly CycleStep[] {
  const leftOut = cycle.length - LIMITS.cycleSteps;
  if (leftOut <= 0) return cycle.map(stepOf);
  const first = cycle.slice(0, LIMITS.cycleSteps - 1).map(stepOf);
  const last = cycle.slice(-1).map(stepOf);
  return [...first.slice(0, -1), ...first.slice(-1).map((step) => ({ ...step, leftOut })), ...last];
}

function stepOf({ ticket, resource }: WaitForEdge): CycleStep {
  return { sessionId: ticket.sessionId, agentId: ticket.agentId, ticket: ticket.ticket, resource };
}

/** The cycle in plain words: who waits for what that whom holds. */
export function cycleInWords(steps: readonly CycleStep[]): string {
  return steps
    .map((step, i) => {
      const next = (steps[(i + 1) % steps.length] as CycleStep).agentId;
      const held =
        step.leftOut === undefined ? `held by ${next}` : `and ${step.leftOut} more wait for one another up to ${next}`;
      return `${step.agentId} waits for ${step.resource}, ${held}`;
    })
    .join('; ');
}

/** Edges out of one waiting ticket, one for each session in its way; hold edges win over line edges to the same session. */
function outEdges(state: FleetState, ticket: TicketRow): readonly WaitForEdge[] {
  if (!isHeldUp(ticket)) return [];
  const bySession = new Map<string, WaitForEdge>();
  for (const blocker of blockersOf(state, ticket)) {
    const kind = blocker.kind === 'waiter' && !isPassing(state, blocker.ticket, ticket) ? 'line' : 'hold';
    const known = bySession.get(blocker.sessionId);
    if (known !== undefined && (known.kind === 'hold' || kind === 'line')) continue;
    bySession.set(blocker.sessionId, {
      kind,
      ticket,
      toSession: blocker.sessionId,
      behind: kind === 'line' ? blocker.ticket : null,
      resource: blocker.resource,
    });
  }
  return [...bySession.values()];
}

function isWaitedFor(state: FleetState, sessionId: string): boolean {
  for (const _ of inEdges(state, sessionId, true)) return true;
  return false;
}

/** Edges of others that end at `sessionId`: who waits for what it holds, is offered, or stands before. */
function* inEdges(state: FleetState, sessionId: string, withLines: boolean): Iterable<WaitForEdge> {
  for (const lease of state.leases.in('session', sessionId)) {
    for (const ticket of conflictingTickets(state, lease)) {
      if (isHeldUp(ticket))
        yield { kind: 'hold', ticket, toSession: sessionId, behind: null, resource: lease.resource };
    }
  }
  for (const { resource, mode, tickets } of ownClaims(state, sessionId, withLines)) {
    for (const ticket of conflictingTickets(state, { sessionId, resource, mode })) {
      if (!isHeldUp(ticket) || !needs(state, ticket, resource)) continue;
      const own = tickets.find((each) => isBehind(ticket, each));
      if (own === undefined) continue;
      const isHold = own.state === 'offered' || hasPassed(own, ticket);
      yield {
        kind: isHold ? 'hold' : 'line',
        ticket,
        toSession: sessionId,
        behind: isHold ? null : own.ticket,
        resource,
      };
    }
  }
}

interface OwnClaim {
  readonly resource: string;
  readonly mode: TicketRow['mode'];
  readonly tickets: TicketRow[];
}

/** What the session's own tickets claim, each resource once however many of them name it. */
function ownClaims(state: FleetState, sessionId: string, withLines: boolean): Iterable<OwnClaim> {
  const claims = new Map<string, OwnClaim>();
  for (const own of state.tickets.in('session', sessionId)) {
    if (own.state !== 'offered' && !(withLines && isInLine(own) && mayHaveFollowers(state, own))) continue;
    for (const resource of own.resources) {
      const key = `${own.mode} ${resource}`;
      const claim = claims.get(key) ?? { resource, mode: own.mode, tickets: [] };
      claims.set(key, claim);
      claim.tickets.push(own);
    }
  }
  return claims.values();
}

/** Whoever queued with the newest event of all has nobody behind it; being let past somebody would be an event after that. */
function mayHaveFollowers(state: FleetState, { queuedSeq }: TicketRow): boolean {
  return queuedSeq < state.position.seq;
}

/** `ticket` cannot go before `own`. */
function isBehind(ticket: TicketRow, own: TicketRow): boolean {
  if (own.state === 'offered' || hasPassed(own, ticket)) return true;
  return ticket.queuedSeq > own.queuedSeq && !hasPassed(ticket, own);
}

function findCycle(state: FleetState, start: string, out: readonly WaitForEdge[], withLines: boolean): Cycle | null {
  const targets = new Map(out.map((edge) => [edge.toSession, edge] as const));
  if (targets.size === 0) return null;
  /** For each session that waits for `start`: its edge towards `start`. */
  const towards = new Map<string, WaitForEdge>();
  let frontier = [start];
  while (frontier.length > 0 && towards.size < LIMITS.cycleSearchSessions) {
    const next: string[] = [];
    for (const session of frontier) {
      for (const edge of inEdges(state, session, withLines)) {
        const from = edge.ticket.sessionId;
        if (from === start || towards.has(from)) continue;
        towards.set(from, edge);
        const closing = targets.get(from);
        if (closing !== undefined) return [closing, ...pathToStart(towards, from, start)];
        next.push(from);
      }
    }
    frontier = next;
  }
  return null;
}

function pathToStart(towards: ReadonlyMap<string, WaitForEdge>, from: string, start: string): WaitForEdge[] {
  const path: WaitForEdge[] = [];
  for (let at = from; at !== start; ) {
    const edge = towards.get(at) as WaitForEdge;
    path.push(edge);
    at = edge.toSession;
  }
  return path;
}

function isPassing(state: FleetState, blocker: string | null, ticket: TicketRow): boolean {
  const row = blocker === null ? undefined : state.tickets.get(blocker);
  return row !== undefined && hasPassed(row, ticket);
}
