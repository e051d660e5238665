// What is done about a cycle, in the decision that closes it.
//
// A cycle that contains a line edge is no deadlock: standing behind somebody is no reason to wait for ever for one who waits
// for oneself, so that waiter is passed (and nobody else may pass it). A cycle of holds has a victim: lowest priority, then
// the youngest wait, so normally the caller. Its wait is aborted; it keeps its leases and is told what to do.

import { namesSame } from '../lease/conflict.ts';
import { takeTurnOrStayDue } from '../lease/promote.ts';
import { endWait } from '../lease/wait.ts';
import type { Ledger } from '../ledger.ts';
import type { TicketRow } from '../rows.ts';
import { type Cycle, cycleThrough, stepsOf, type WaitForEdge } from './wait-for.ts';

/** Each round removes an edge or a waiter; the bound only stops a mistake of ours. */
const ROUNDS = 1_000;

/**
 * Breaks every cycle through `ticketId`, and through waiters that are passed on the way: those stand behind from now on.
 * Afterwards each of them waits in no cycle, is granted, or is gone.
 */
export function resolveCycles(ledger: Ledger, ticketId: string): void {
  const open = [ticketId];
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    const ticket = ledger.state.tickets.get(open.at(-1) ?? '');
    const cycle = ticket?.state === 'waiting' ? cycleThrough(ledger.state, ticket) : null;
    if (cycle === null) {
      open.pop();
      continue;
    }
    const lineEdge = cycle.find((edge) => edge.kind === 'line');
    if (lineEdge === undefined) endWait(ledger, victimOf(cycle), 'deadlock', stepsOf(cycle));
    else {
      pass(ledger, lineEdge);
      open.unshift(lineEdge.behind ?? '');
    }
  }
}

/** Breaks every cycle through any wait of the session, after it came to hold something, or handed it on. */
export function resolveCyclesOf(ledger: Ledger, sessionId: string): void {
  if (ledger.state.tickets.countIn('session', sessionId) === 0) return;
  for (const { ticket } of Array.from(ledger.state.tickets.in('session', sessionId))) resolveCycles(ledger, ticket);
}

/**
 * Breaks every cycle through waits of the session that need `freed`, after it ceased to hold that: it stands in line for it now.
 * What its other waits wait for is the same as before, and nobody else waits for anybody new; so whoever waits for one thing
 * and gives back another is not searched for, however many wait.
 */
export function resolveCyclesOver(ledger: Ledger, sessionId: string, freed: readonly string[]): void {
  const { state } = ledger;
  if (state.tickets.countIn('session', sessionId) === 0) return;
  const needing = Array.from(state.tickets.in('session', sessionId)).filter(({ resources }) =>
    resources.some((each) => freed.some((resource) => namesSame(state, each, resource))),
  );
  for (const { ticket } of needing) resolveCycles(ledger, ticket);
}

function pass(ledger: Ledger, edge: WaitForEdge): void {
  ledger.emit({
    type: 'wait.passed',
    agentId: edge.ticket.agentId,
    sessionId: edge.ticket.sessionId,
    ticket: edge.ticket.ticket,
    passed: edge.behind ?? '',
  });
  takeTurnOrStayDue(ledger, edge.ticket.ticket);
}

/** Whose wait is ended: lowest priority, then the youngest. */
export function victimOf(cycle: Cycle): TicketRow {
  const tickets = cycle.map((edge) => edge.ticket);
  return tickets.reduce((victim, each) => (isBetterVictim(each, victim) ? each : victim));
}

function isBetterVictim(a: TicketRow, b: TicketRow): boolean {
  return a.priority === b.priority ? a.queuedSeq > b.queuedSeq : a.priority < b.priority;
}
