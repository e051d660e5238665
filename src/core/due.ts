// What falls due by itself: ends of leases, tickets and offers, leftovers of ended sessions, lines not walked to their end.
//
// Whatever is due is settled before a command is decided, in the same append, so correctness never waits for a timer. A due
// item and what it causes is one group. At most 256 groups are settled at once; the rest stays due.

import { agentDueAt, agentLookedAtAgain } from './agent/deadline.ts';
import { pauseEnding, releasedBy } from './agent/pause.ts';
import { resolveCyclesOf } from './deadlock/resolve.ts';
import { isGranting } from './fleet/granting.ts';
import { movedFrom } from './fleet/moved.ts';
import type { FleetState } from './fleet-state.ts';
import { quietDeadline, settleIncidents } from './incident/quiet.ts';
import type { Instant } from './instant.ts';
import { leasesOn, ticketsOn } from './lease/conflict.ts';
import { endingByTime, endLease } from './lease/end.ts';
import { expiresAt } from './lease/expiry.ts';
import { lapseHandoff } from './lease/hand-off.ts';
import { promote, settleOwnWaits } from './lease/promote.ts';
import { endWait, lapseOffer } from './lease/wait.ts';
import type { Ledger } from './ledger.ts';
import { LIMITS } from './limits.ts';
import type { AgentRow, SessionRow, TicketRow } from './rows.ts';
import { allowedSilenceMs, sessionDueAt, sessionLookedAtAgain } from './session/silence.ts';
import { type BaseTable, type DuePlace, inDueOrder, type Table } from './table.ts';
import { durationText } from './view/duration-text.ts';

/** A moment at which something may fall due, or null. A lower bound: there may be nothing to do then. */
export function nextDeadline(state: FleetState): Instant | null {
  if (movedFrom(state) !== null) return null;
  const suspended = state.fleet?.suspended?.until ?? Number.POSITIVE_INFINITY;
  // While granting rests its lines rest too, and what is freed meanwhile joins them.
  const lines = isGranting(state) ? state.lines.nextDeadline() : Number.POSITIVE_INFINITY;
  const first = Math.min(suspended, lines, ...DUE_TABLES.map((name) => (state[name] as Table<object>).nextDeadline()));
  return first === Number.POSITIVE_INFINITY ? null : first;
}

const DUE_TABLES = ['leases', 'tickets', 'sessions', 'handoffs', 'agents', 'incidents'] as const;

/** Moves deadlines of merged state that were renewed by reference. Changes no row; call it before deciding a batch. */
export function settleDeadlines(state: FleetState, at: Instant): void {
  move(state.leases, at, (lease) => expiresAt(state, lease));
  move(state.sessions, at, (session) => sessionLookedAtAgain(state, session, at));
  move(state.tickets, at, (row) => Math.min(row.livesUntil, row.offeredUntil ?? Number.POSITIVE_INFINITY));
  move(state.handoffs, at, (row) => row.until);
  move(state.lines, at, (row) => row.at);
  move(state.incidents, at, quietDeadline);
  move(state.agents, at, (agent) => agentLookedAtAgain(state, agent, at));
}

function move<Row extends object>(table: Table<Row>, at: Instant, ruleOf: (row: Row) => number): void {
  owned(table).settleDeadlines(at, ruleOf, LIMITS.dueGroupsPerAppend);
}

/** Merged state owns its tables; only those keep deadlines. */
function owned<Row extends object>(table: Table<Row>): BaseTable<Row> {
  return table as BaseTable<Row>;
}

/** Settles what is due at the ledger's moment, oldest kinds of facts first. True when more is left. */
export function settleDue(ledger: Ledger): boolean {
  const first = nextDeadline(ledger.state);
  if (first === null || first > ledger.at) return false;
  return ledger.asBrigade(() => {
    const budget = new Budget(ledger);
    resumeGranting(ledger);
    for (const settle of STEPS) {
      settle(ledger, budget);
      if (budget.isSpent) return true;
    }
    return false;
  });
}

/**
 * Settles what is due and touches these resources, however much else is due: nobody is kept out by a lease that has ended.
 */
export function settleTouching(ledger: Ledger, resources: readonly string[]): void {
  ledger.asBrigade(() => {
    for (const resource of resources) {
      for (const lease of Array.from(leasesOn(ledger.state, resource))) {
        const current = ledger.state.leases.get(String(lease.token));
        if (current === undefined) continue;
        const released = releasedBy(ledger.state, current);
        if (released !== null) endLease(ledger, current, released);
        if (released !== null || expiresAt(ledger.state, current) > ledger.at) continue;
        const session = ledger.state.sessions.get(current.sessionId);
        const isLive = session?.state === 'live';
        endLease(
          ledger,
          current,
          isLive
            ? endingByTime(current)
            : { how: 'dropped', ending: session?.state === 'lost' ? 'session_lost' : 'session_closed' },
        );
      }
      for (const { ticket } of Array.from(ticketsOn(ledger.state, resource))) settleTicket(ledger, ticket);
    }
  });
}

function settleTicket(ledger: Ledger, ticket: string): void {
  const row = ledger.state.tickets.get(ticket);
  if (row === undefined) return;
  if (ledger.state.sessions.get(row.sessionId)?.state !== 'live') endWait(ledger, row, 'session_ended');
  else if (row.livesUntil <= ledger.at) endWait(ledger, row, 'timed_out');
  else if (row.state === 'offered' && isOfferOver(ledger, row)) lapseOffer(ledger, row);
}

/** It was not claimed in time, or is that of an agent which may claim nothing. */
function isOfferOver({ state, at }: Ledger, { agentId, offeredUntil }: TicketRow): boolean {
  const isLate = offeredUntil !== null && offeredUntil <= at;
  return isLate || state.agents.get(agentId)?.lifecycle !== 'active';
}

/** Counts groups, so that a long absence never makes one endless decision. */
class Budget {
  readonly #ledger: Ledger;
  readonly #start: number;
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#start = ledger.groups.length;
  }
  get isSpent(): boolean {
    return this.#ledger.groups.length - this.#start >= LIMITS.dueGroupsPerAppend;
  }
}

const STEPS: readonly ((ledger: Ledger, budget: Budget) => void)[] = [
  settleAgents,
  closeSilent,
  dropLeftovers,
  expireLeases,
  lapseHandoffs,
  lapseTickets,
  walkLines,
  settleIncidents,
];

function resumeGranting(ledger: Ledger): void {
  const suspended = ledger.state.fleet?.suspended;
  if (suspended?.until == null || suspended.until > ledger.at) return;
  ledger.emit({ type: 'granting.resumed', why: 'The longest belief handed out is over.' });
}

/**
 * What is due, oldest deadline first, so that every replica settles in the same order. However much is due, no more of it is
 * looked at than one append can settle, unless whoever asks goes on.
 */
function* dueRows<Row>(ledger: Ledger, table: Table<Row>, dueAt: (row: Row) => number): Iterable<Row> {
  const inOrder = (rows: Iterable<Row>): readonly DueRow<Row>[] =>
    [...rows]
      .map((row) => ({ row, at: dueAt(row), key: table.spec.keyOf(row) }))
      .filter(({ at }) => at <= ledger.at)
      .toSorted(inDueOrder);
  // One more, at which whoever asks sees that it has done enough.
  const { rows, others } = table.firstDue(ledger.at, LIMITS.dueGroupsPerAppend + 1);
  if (others === null) return yield* inOrder(rows).map(({ row }) => row);
  // All of it now, because what is settled meanwhile moves.
  const first = inOrder(rows).filter((each) => inDueOrder(each, others) < 0);
  for (const { row } of first) yield row;
  const settled = new Set(first.map(({ key }) => key));
  for (const { row, key } of inOrder(table.maybeDue(ledger.at))) if (!settled.has(key)) yield row;
}

interface DueRow<Row> extends DuePlace {
  readonly row: Row;
}

/** What follows from what an agent has become: it has no offer, holds nothing any more, or has no session. */
function settleAgents(ledger: Ledger, budget: Budget): void {
  for (const agent of dueRows(ledger, ledger.state.agents, (row) => agentDueAt(ledger.state, row))) {
    if (budget.isSpent) return;
    if (agent.lifecycle === 'paused') settlePause(ledger, agent, budget);
    else if (agent.lifecycle === 'active') archiveSilent(ledger, agent, budget);
    else closeSessions(ledger, agent, budget);
  }
}

function archiveSilent(ledger: Ledger, { agentId }: AgentRow, budget: Budget): void {
  const reason = 'Nobody named it, it never checked in, and nothing was heard of it for long.';
  ledger.emit({ type: 'agent.archived', agentId, by: 'policy', was: 'active', reason });
  const archived = ledger.state.agents.get(agentId);
  if (archived !== undefined) closeSessions(ledger, archived, budget);
}

function closeSessions(ledger: Ledger, { agentId, lifecycle, change }: AgentRow, budget: Budget): void {
  for (const { sessionId } of Array.from(ledger.state.sessions.in('liveAgent', agentId))) {
    if (budget.isSpent) return;
    ledger.emit({
      type: 'session.closed',
      agentId,
      sessionId,
      why: `${agentId} is ${lifecycle}: ${change?.reason ?? ''}`,
    });
  }
}

/** What a paused agent was offered is not kept from the others until the offer lapses, nor, by policy, what it holds. */
function settlePause(ledger: Ledger, agent: AgentRow, budget: Budget): void {
  for (const { sessionId } of Array.from(ledger.state.sessions.in('liveAgent', agent.agentId))) {
    for (const ticket of Array.from(ledger.state.tickets.in('session', sessionId))) {
      if (budget.isSpent) return;
      if (ticket.state === 'offered') lapseOffer(ledger, ticket);
    }
  }
  releaseLeases(ledger, agent, budget);
}

function releaseLeases(ledger: Ledger, { agentId, pause }: AgentRow, budget: Budget): void {
  if (pause?.leases !== 'release') return;
  for (const { sessionId } of Array.from(ledger.state.sessions.in('liveAgent', agentId))) {
    for (const lease of Array.from(ledger.state.leases.in('session', sessionId))) {
      if (budget.isSpent) return;
      endLease(ledger, lease, pauseEnding(pause));
    }
  }
}

function closeSilent(ledger: Ledger, budget: Budget): void {
  for (const session of dueRows(ledger, ledger.state.sessions, (row) => sessionDueAt(ledger.state, row))) {
    if (budget.isSpent) return;
    if (session.state !== 'live') continue;
    ledger.emit({
      type: 'session.closed',
      agentId: session.agentId,
      sessionId: session.sessionId,
      why: `Nothing was heard of it for ${durationText(allowedSilenceMs(ledger.state, session.agentId))}.`,
    });
  }
}

/** An ended session holds nothing any more; each of its leases and waits ends as a group of its own. */
function dropLeftovers(ledger: Ledger, budget: Budget): void {
  for (const session of dueRows(ledger, ledger.state.sessions, (row) => sessionDueAt(ledger.state, row))) {
    if (budget.isSpent) return;
    if (session.state !== 'live') dropSession(ledger, session, budget);
  }
}

function dropSession(ledger: Ledger, session: SessionRow, budget: Budget): void {
  const ending = session.state === 'lost' ? 'session_lost' : 'session_closed';
  for (const ticket of Array.from(ledger.state.tickets.in('session', session.sessionId))) {
    if (budget.isSpent) return;
    endWait(ledger, ticket, 'session_ended');
  }
  for (const lease of Array.from(ledger.state.leases.in('session', session.sessionId))) {
    if (budget.isSpent) return;
    endLease(ledger, lease, { how: 'dropped', ending });
  }
}

function expireLeases(ledger: Ledger, budget: Budget): void {
  for (const lease of dueRows(ledger, ledger.state.leases, (row) => expiresAt(ledger.state, row))) {
    if (budget.isSpent) return;
    const current = ledger.state.leases.get(String(lease.token));
    // The end of one may end the wait that kept another from being renewed by its session's activity.
    if (current !== undefined && expiresAt(ledger.state, current) <= ledger.at)
      endLease(ledger, current, endingByTime(current));
  }
}

function lapseHandoffs(ledger: Ledger, budget: Budget): void {
  for (const handoff of dueRows(ledger, ledger.state.handoffs, (row) => row.until)) {
    if (budget.isSpent) return;
    lapseHandoff(ledger, handoff);
  }
}

/** Offers that nobody claimed, and tickets that nobody asked with for too long. */
function lapseTickets(ledger: Ledger, budget: Budget): void {
  const dueAt = (row: TicketRow): number => Math.min(row.livesUntil, row.offeredUntil ?? Number.POSITIVE_INFINITY);
  for (const { ticket } of dueRows(ledger, ledger.state.tickets, dueAt)) {
    if (budget.isSpent) return;
    settleTicket(ledger, ticket);
  }
}

function walkLines(ledger: Ledger, budget: Budget): void {
  if (!isGranting(ledger.state)) return;
  for (const line of dueRows(ledger, ledger.state.lines, (row) => row.at)) {
    if (budget.isSpent) return;
    ledger.group(() => {
      ledger.emit({ type: 'line.settled', line: line.line });
      promote(ledger, line.resources);
      if (line.sessionId === null) return;
      settleOwnWaits(ledger, line.sessionId);
      resolveCyclesOf(ledger, line.sessionId);
    });
  }
}
