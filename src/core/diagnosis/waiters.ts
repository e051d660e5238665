// Findings about those who wait or ask in vain.

import { standingCircle } from '../deadlock/audit.ts';
import { victimOf } from '../deadlock/resolve.ts';
import { retriesOf, retryCycle } from '../deadlock/retry.ts';
import { type Cycle, cycleInWords, cycleThrough, stepsOf } from '../deadlock/wait-for.ts';
import { conflictingLeases, isInLine } from '../lease/conflict.ts';
import { blockersOf, positionOf } from '../lease/line.ts';
import { LIMITS } from '../limits.ts';
import type { LeaseRow, RefusalRow, TicketRow } from '../rows.ts';
import { timesText } from '../view/count-text.ts';
import { durationText } from '../view/duration-text.ts';
import { type Look, namesText } from './facts.ts';
import { type Finding, findingId } from './finding.ts';
import { closeMeans, goneText } from './holders.ts';
import { askOf, pauseOf } from './other-actions.ts';

/** Of each kind; whoever reads a fifth of them will not read a sixth. */
const SHOWN = 5;
/** Sessions that ask in vain for one thing within a minute, before that is a storm. */
const STORM = 5;

export function waiterFindings(look: Look): readonly Finding[] {
  return [
    ...deadlockRings(look),
    ...suspectedDeadlocks(look),
    ...deadWaiters(look),
    ...retryStorms(look),
    ...lapsedOffers(look),
    ...starvingWaiters(look),
  ];
}

/** Every decision breaks the rings it closes, so one that stands is a fault of ours: it is looked for all the same. */
function deadlockRings({ state, at }: Look): readonly Finding[] {
  for (const sessionId of standingCircle(state) ?? []) {
    for (const ticket of state.tickets.in('session', sessionId)) {
      const cycle = cycleThrough(state, ticket);
      if (cycle?.every(({ kind }) => kind === 'hold') === true) return [ringOf(cycle, at)];
    }
  }
  return [];
}

function ringOf(cycle: Cycle, at: number): Finding {
  const victim = victimOf(cycle);
  const agents = cycle.map(({ ticket }) => ticket.agentId);
  const since = Math.max(...cycle.map(({ ticket }) => ticket.queuedAt));
  return {
    ...ofTicket(victim, 'deadlock_ring'),
    severity: 'critical',
    message: `${namesText(agents)} wait for each other in a ring for ${durationText(at - since)}: none of them can go on.`,
    evidence: [`${cycleInWords(stepsOf(cycle))}.`],
    agents: [...new Set(agents)],
    resources: cycle.map(({ resource }) => resource),
    action: {
      kind: 'break_ring',
      who: 'operator',
      ticket: victim.ticket,
      means: `end the wait of ${victim.agentId}, the youngest of them`,
    },
    others: [],
    next: 'Break it, and report it: such a ring is broken when it closes, so this one should not be there.',
    since,
    sessions: [...new Set(cycle.map(({ ticket }) => ticket.sessionId))],
    behind: agents.length,
    refs: cycle.map(({ ticket }) => ticket.ticket),
  };
}

/** Each may do something else at any moment, so nothing is taken from anybody: they are asked. */
function suspectedDeadlocks(look: Look): readonly Finding[] {
  const { state, at } = look;
  const told = new Set<string>();
  const found: Finding[] = [];
  for (const start of retryingSessions(look)) {
    if (told.has(start) || found.length >= SHOWN) continue;
    const cycle = retryCycle(state, start, at);
    if (cycle === null) continue;
    for (const sessionId of cycle) told.add(sessionId);
    found.push(suspectedDeadlock(look, cycle));
  }
  return found;
}

function suspectedDeadlock({ state, at }: Look, cycle: readonly string[]): Finding {
  const steps = cycle.flatMap((sessionId, i) => retryStep(sessionId, cycle[(i + 1) % cycle.length]));
  const agents = steps.map(({ refusal }) => refusal.agentId);
  const leases = steps.map(({ lease }) => lease).toSorted((a, b) => b.token - a.token);
  const [youngest] = leases;
  const wasAsked = leases.some(({ token }) => state.messages.countIn('lease', String(token)) > 0);
  const sessions = cycle.toSorted();
  return {
    id: findingId({ code: 'suspected_deadlock', subject: agents.toSorted()[0] ?? '', ref: sessions[0] ?? '' }),
    code: 'suspected_deadlock',
    severity: 'warning',
    message: `${namesText(agents)} keep asking, without standing in line, for what another one of them holds: that may be a deadlock.`,
    evidence: steps.map(
      ({ refusal, lease }) =>
        `${refusal.agentId} asked for ${refusal.resource} in vain ${durationText(at - refusal.at)} ago; ${lease.agentId} holds it.`,
    ),
    agents: [...new Set(agents)],
    resources: [...new Set(leases.map(({ resource }) => resource))],
    action: youngest === undefined || wasAsked ? null : askOf(youngest),
    others: [],
    next: wasAsked
      ? 'One of them was asked to let go: wait for its answer, or take something back as an operator.'
      : 'One of them should let go, and stand in line with a wait: then a deadlock is found and ended at once.',
    since: Math.min(...steps.map(({ refusal }) => refusal.at)),
    sessions,
    behind: sessions.length,
    refs: sessions,
  };

  /** What it asked for in vain that `holder` holds. */
  function retryStep(
    sessionId: string,
    holder: string | undefined,
  ): readonly { readonly refusal: RefusalRow; readonly lease: LeaseRow }[] {
    for (const refusal of retriesOf(state, sessionId, at)) {
      for (const lease of conflictingLeases(state, { sessionId, resource: refusal.resource, mode: 'exclusive' }))
        if (lease.sessionId === holder) return [{ refusal, lease }];
    }
    return [];
  }
}

function deadWaiters({ state, at, presence }: Look): readonly Finding[] {
  const found: Finding[] = [];
  for (const session of state.sessions.in('live', 'live')) {
    const { sessionId, agentId } = session;
    const [ticket] = state.tickets.in('session', sessionId);
    if (ticket === undefined || state.leases.countIn('session', sessionId) > 0 || presence(sessionId) !== 'gone')
      continue;
    found.push({
      ...ofTicket(ticket, 'dead_waiter'),
      severity: 'warning',
      message: `${agentId} stands in line for ${namesText(ticket.resources)}, for ${durationText(at - ticket.queuedAt)} now, and its process is gone.`,
      evidence: [goneText(session)],
      action: { kind: 'close_session', who: 'agent', sessionId, means: closeMeans(session) },
      others: [],
      next: 'Close its session: it gives up its place, and whoever stands behind it moves up.',
      refs: [...state.tickets.in('session', sessionId)].map((each) => each.ticket),
    });
  }
  return found;
}

/** Many ask again and again for one thing, and none of them stands in line. */
function retryStorms(look: Look): readonly Finding[] {
  const { state, at } = look;
  const byResource = new Map<string, RefusalRow[]>();
  for (const sessionId of retryingSessions(look)) {
    for (const refusal of retriesOf(state, sessionId, at)) {
      const known = byResource.get(refusal.resource) ?? [];
      byResource.set(refusal.resource, known);
      known.push(refusal);
    }
  }
  const storms = [...byResource].filter(([, refusals]) => refusals.length >= STORM);
  return storms.map(([resource, refusals]) => retryStorm(look, resource, refusals));
}

function retryStorm({ state, at }: Look, resource: string, refusals: readonly RefusalRow[]): Finding {
  const agents = [...new Set(refusals.map(({ agentId }) => agentId))];
  const claim = { sessionId: '', resource, mode: 'exclusive' } as const;
  const [lease] = conflictingLeases(state, claim);
  const holder =
    lease === undefined
      ? 'Nobody holds it any more.'
      : `${lease.agentId} holds it for ${durationText(at - lease.grantedAt)}.`;
  return {
    id: findingId({ code: 'retry_storm', subject: resource, ref: lease?.token ?? 0 }),
    code: 'retry_storm',
    severity: 'warning',
    message: `${refusals.length} sessions (${namesText(agents)}) asked for ${resource} in vain within a minute, and none of them stands in line.`,
    evidence: [holder, `At most one refusal a minute is logged of each, so they may have asked far more often.`],
    agents: lease === undefined ? agents : [...new Set([lease.agentId, ...agents])],
    resources: [resource],
    action: null,
    others: pauseOf(state, refusals, 'which keep asking'),
    next: 'Whoever needs it should stand in line (waitMs, or --wait): then turns pass in order, and a holder that cannot go on can be helped.',
    since: Math.min(...refusals.map((refusal) => refusal.at)),
    sessions: [
      ...(lease === undefined ? [] : [lease.sessionId]),
      ...new Set(refusals.map(({ sessionId }) => sessionId)),
    ],
    behind: refusals.length,
    refs: [String(lease?.token ?? 0)],
  };
}

function lapsedOffers({ state, at, limits, presence }: Look): readonly Finding[] {
  const found: Finding[] = [];
  for (const ticket of state.tickets.rows()) {
    const { agentId, sessionId, lapses } = ticket;
    if (lapses < limits.lapses || presence(sessionId) === 'gone') continue;
    if (found.length >= SHOWN) break;
    found.push({
      ...ofTicket(ticket, 'lapsed_offers'),
      severity: 'warning',
      message: `${agentId} was offered ${namesText(ticket.resources)} ${timesText(lapses)} and never took it.`,
      evidence: [
        `It stands in line for ${durationText(at - ticket.queuedAt)}; ${limits.lapses} lapses are worth a look (alerts.lapses).`,
      ],
      others: pauseOf(state, [ticket], 'which never takes what it is offered'),
      next: `${agentId} should ask again with ticket ${ticket.ticket}, or withdraw it. Others are served meanwhile.`,
    });
  }
  return found;
}

/** One for each line: whoever waits longest in it. */
function starvingWaiters({ state, at, limits }: Look): readonly Finding[] {
  const longest = new Map<string, { readonly ticket: TicketRow; readonly others: number }>();
  for (const ticket of state.tickets.rows()) {
    if (at - ticket.queuedAt < limits.starvationMs || !isInLine(ticket)) continue;
    const line = ticket.resources[0] ?? '';
    const known = longest.get(line);
    if (known === undefined) longest.set(line, { ticket, others: 0 });
    else
      longest.set(line, {
        ticket: ticket.queuedSeq < known.ticket.queuedSeq ? ticket : known.ticket,
        others: known.others + 1,
      });
  }
  const first = [...longest.values()].toSorted((a, b) => a.ticket.queuedSeq - b.ticket.queuedSeq).slice(0, SHOWN);
  return first.map(({ ticket, others }) => ({
    ...ofTicket(ticket, 'starving_waiter'),
    severity: 'critical',
    message: `${ticket.agentId} has waited ${durationText(at - ticket.queuedAt)} for ${namesText(ticket.resources)}.`,
    evidence: [
      `It is number ${positionOf(state, ticket)} in line; ${durationText(limits.starvationMs)} are taken for starvation (alerts.starvationMs).`,
      ...(others === 0 ? [] : [`${others} more in the same line wait as long.`]),
    ],
    others: [],
    next: `See to who is in its way: ${inTheWay(state, ticket)}.`,
  }));
}

/** Whoever holds it; where nobody does, those before it in line. */
function inTheWay(state: Look['state'], ticket: TicketRow): string {
  const blockers = [...blockersOf(state, ticket)];
  const holders = blockers.filter(({ kind }) => kind === 'holder');
  return namesText((holders.length === 0 ? blockers : holders).map(({ agentId }) => agentId));
}

function ofTicket(
  { ticket, agentId, sessionId, resources, queuedAt }: TicketRow,
  code: Finding['code'],
): Omit<Finding, 'severity' | 'message' | 'evidence' | 'next' | 'others'> {
  const id = findingId({ code, subject: resources[0] ?? '', ref: ticket });
  const about = { agents: [agentId], resources, sessions: [sessionId], behind: 0, refs: [ticket] };
  return { id, code, ...about, action: null, since: queuedAt };
}

function retryingSessions({ state, at }: Look): readonly string[] {
  const sessions = new Set<string>();
  for (const refusal of state.refusals.rows()) {
    if (refusal.code === 'LEASE_HELD' && refusal.at + LIMITS.retryEdgeMs > at) sessions.add(refusal.sessionId);
    if (sessions.size >= RETRYING) break;
  }
  return [...sessions];
}

/** More than that asking in vain at once is a storm in any case. */
const RETRYING = 500;
