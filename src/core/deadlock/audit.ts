// The whole wait-for graph looked at once, by another way than the decisions take: every wait's edges to who holds what it needs,
// and every circle among them. No circle may stand once a decision is made, so one that does is a mistake of ours.
//
// Decisions search backwards from one waiter, breadth first (wait-for.ts); this goes forwards from everybody, depth first.

import type { FleetState } from '../fleet-state.ts';
import { conflictingLeases, conflictingTickets, isHeldUp } from '../lease/conflict.ts';
import { missing, needs } from '../lease/line.ts';
import type { TicketRow } from '../rows.ts';
import { circlesIn } from './circles.ts';

/** Sessions in a circle of holds that nothing is about to break; null when all is as it must be. */
export function standingCircle(state: FleetState): readonly string[] | null {
  if (state.tickets.size === 0) return null;
  const edges = holdEdges(state);
  // Whoever stands in line again after a pause is looked at as a due item.
  const due = new Set(Array.from(state.lines.rows(), ({ sessionId }) => sessionId));
  const circles = circlesIn(new Set(edges.keys()), (sessionId) => edges.get(sessionId) ?? []);
  return circles.find((circle) => !circle.some((sessionId) => due.has(sessionId))) ?? null;
}

/** Who waits -> who holds it, has the offer of it, or was let past. */
function holdEdges(state: FleetState): ReadonlyMap<string, ReadonlySet<string>> {
  const edges = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, new Set([to]));
    else known.add(to);
  };
  /** Most of a line waits for the same. */
  const holders = new Map<string, readonly string[]>();
  for (const ticket of state.tickets.rows()) {
    if (ticket.state === 'offered') addOffered(state, ticket, add);
    else if (isHeldUp(ticket)) {
      for (const passed of ticket.passes) addPassed(state, ticket, state.tickets.get(passed), add);
      for (const resource of ticket.resources) {
        const key = `${ticket.mode} ${resource}`;
        const known = holders.get(key) ?? holdersOf(state, resource, ticket.mode);
        holders.set(key, known);
        for (const sessionId of known) add(ticket.sessionId, sessionId);
      }
    }
  }
  return edges;
}

/** Of nobody in particular, so that it serves every waiter: that a session holds something itself makes no circle. */
function holdersOf(state: FleetState, resource: string, mode: TicketRow['mode']): readonly string[] {
  const claim = { sessionId: '', resource, mode };
  return [...new Set(Array.from(conflictingLeases(state, claim), ({ sessionId }) => sessionId))];
}

type Add = (from: string, to: string) => void;

/** Whoever waits for what `offered` has the offer of waits for it. */
function addOffered(state: FleetState, offered: TicketRow, add: Add): void {
  const { sessionId, mode } = offered;
  for (const resource of missing(state, offered)) {
    for (const ticket of conflictingTickets(state, { sessionId, resource, mode }))
      if (isHeldUp(ticket) && needs(state, ticket, resource)) add(ticket.sessionId, sessionId);
  }
}

/** A waiter that was let past stands before whom it passed as a holder does. */
function addPassed(state: FleetState, passing: TicketRow, passed: TicketRow | undefined, add: Add): void {
  if (passed === undefined || !isHeldUp(passed)) return;
  const { sessionId, mode } = passing;
  for (const resource of missing(state, passing)) {
    for (const ticket of conflictingTickets(state, { sessionId, resource, mode }))
      if (ticket === passed && needs(state, ticket, resource)) add(ticket.sessionId, sessionId);
  }
}
