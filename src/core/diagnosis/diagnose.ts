// What is wrong, and with what it began: for the whole fleet, or for what concerns one resource or one agent.
//
// Pure, and without an opinion about who asks: what may be done about a finding, and by whom, is in it.

import type { Instant } from '../instant.ts';
import { isInLine, leasesOn, ticketsOn } from '../lease/conflict.ts';
import { blockersOf, positionOf } from '../lease/line.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';
import { counted } from '../view/count-text.ts';
import { durationText } from '../view/duration-text.ts';
import { type Facts, type Look, longestWait, lookAt, namesText, waitersText } from './facts.ts';
import { type Finding, inOrderOfCause } from './finding.ts';
import { fleetFindings, movedAway } from './fleet-findings.ts';
import { holderFindings } from './holders.ts';
import { waiterFindings } from './waiters.ts';

export type Subject =
  /** A stored key; whatever can name the same thing counts. */
  { readonly kind: 'resource'; readonly resource: string } | { readonly kind: 'agent'; readonly agentId: string };

export interface Diagnosis {
  /** The worst and most causal first. */
  readonly findings: readonly Finding[];
  /** How many more there are. */
  readonly leftOut: number;
  /** One sentence: what is wrong, or that nothing is. */
  readonly summary: string;
  /** What was looked at, in plain sentences. */
  readonly looked: readonly string[];
  /** Sessions that have to do with the subject; null for the whole fleet. */
  readonly concerned: ReadonlySet<string> | null;
}

/** Findings of one diagnosis: more are not read, and those behind mostly follow from those in front. */
const FINDINGS = 50;

export function diagnose(facts: Facts, subject: Subject | null): Diagnosis {
  const look = lookAt(facts);
  const all = inOrderOfCause(findingsOf(look));
  const concerned = subject === null ? null : sessionsOf(look, subject);
  const found = concerned === null ? all : all.filter((finding) => concerns(finding, concerned));
  const findings = found.slice(0, FINDINGS);
  const looked = subject === null ? lookedAtFleet(look) : lookedAt(look, subject);
  return {
    findings,
    leftOut: found.length - findings.length,
    summary: findings[0]?.message ?? healthy(subject, looked),
    looked,
    concerned,
  };
}

/** Every finding, for whoever wants to act on one of them. */
export function allFindings(facts: Facts): readonly Finding[] {
  return findingsOf(lookAt(facts));
}

/** Of a log that its fleet has left nothing else is of any use to know. */
function findingsOf(look: Look): readonly Finding[] {
  const ended = movedAway(look);
  if (ended.length > 0) return ended;
  return [...holderFindings(look), ...waiterFindings(look), ...fleetFindings(look)];
}

/** Of the fleet as a whole, or about one of these sessions. Of a long queue only its cause, not every wait in it. */
function concerns({ sessions, behind }: Finding, concerned: ReadonlySet<string>): boolean {
  if (sessions.length === 0) return true;
  const [causer = ''] = sessions;
  return behind === 0 ? sessions.some((each) => concerned.has(each)) : concerned.has(causer);
}

/** Those who hold or wait for it, or are the agent's, and all for whom they wait. */
function sessionsOf(look: Look, subject: Subject): ReadonlySet<string> {
  const { state, holders } = look;
  const sessions = new Set<string>();
  if (subject.kind === 'agent')
    for (const { sessionId } of state.sessions.in('liveAgent', subject.agentId)) sessions.add(sessionId);
  else {
    for (const { sessionId } of leasesOn(state, subject.resource)) sessions.add(sessionId);
    for (const { sessionId } of ticketsOn(state, subject.resource)) sessions.add(sessionId);
    for (const refusal of state.refusals.rows())
      if (refusal.resource === subject.resource) sessions.add(refusal.sessionId);
  }
  const own = [...sessions];
  for (const { sessionId, behind } of holders) if (own.some((each) => behind.has(each))) sessions.add(sessionId);
  return sessions;
}

function healthy(subject: Subject | null, [seen = '']: readonly string[]): string {
  return subject === null ? `Nothing is wrong. ${seen}` : seen;
}

function lookedAtFleet({ state, at, silentAfterMs }: Look): readonly string[] {
  const live = state.sessions.countIn('live', 'live');
  const agents = new Set<string>();
  for (const { agentId } of state.sessions.in('live', 'live')) agents.add(agentId);
  const longest = longestWait(state.tickets.rows(), at);
  const waits =
    state.tickets.size === 0
      ? 'nobody waits'
      : `${counted(state.tickets.size, 'wait')}, the longest for ${durationText(longest)}`;
  return [
    `${counted(agents.size, 'agent')} in ${counted(live, 'session')}, ${counted(state.leases.size, 'lock')} held, ${waits}.`,
    `Looked at: processes of this host, holders that others wait for (silent after ${durationText(silentAfterMs)}), chains and rings of waits, refusals of the last minute, offers, the log and the desk.`,
  ];
}

function lookedAt(look: Look, subject: Subject): readonly string[] {
  return subject.kind === 'agent' ? lookedAtAgent(look, subject.agentId) : lookedAtResource(look, subject.resource);
}

function lookedAtResource({ state, at, presence }: Look, resource: string): readonly string[] {
  const leases = first([...leasesOn(state, resource)].toSorted((a, b) => a.token - b.token));
  const tickets = [...ticketsOn(state, resource)];
  if (leases.length === 0 && tickets.length === 0) return [`Nobody holds or waits for ${resource}.`];
  const held = leases.map(
    (lease) => `${heldText(lease, at)}; its process is ${presenceWord(presence(lease.sessionId))}.`,
  );
  const waits = tickets.length === 0 ? 'Nobody waits for it.' : `${waitersText(tickets, at)}.`;
  return held.length === 0 ? [`Nobody holds ${resource}. ${waits}`] : [...held, waits];

  function heldText(lease: LeaseRow, now: Instant): string {
    const activeAt = state.sessions.get(lease.sessionId)?.activeAt ?? 0;
    const heard = durationText(now - Math.max(activeAt, lease.usedAt));
    return `${lease.agentId} holds ${lease.resource} for ${durationText(now - lease.grantedAt)}, heard of ${heard} ago`;
  }
}

function lookedAtAgent({ state, at }: Look, agentId: string): readonly string[] {
  const agent = state.agents.get(agentId);
  if (agent === undefined) return [`There is no agent ${JSON.stringify(agentId.slice(0, 80))} in this fleet.`];
  const sessions = [...state.sessions.in('liveAgent', agentId)];
  if (sessions.length === 0)
    return [`${agentId} is not here: it has no live session, holds nothing and waits for nothing.`];
  const holds = sessions.reduce((sum, { sessionId }) => sum + state.leases.countIn('session', sessionId), 0);
  const tickets = sessions.flatMap(({ sessionId }) => [...state.tickets.in('session', sessionId)]);
  const is = agent.lifecycle === 'active' ? 'is here' : `is ${agent.lifecycle}`;
  const waits = tickets.length === 0 ? 'waits for nothing' : `stands in ${counted(tickets.length, 'line')}`;
  return [
    `${agentId} ${is}, holds ${counted(holds, 'lock')} and ${waits}.`,
    ...first(tickets).map((ticket) => waitText(ticket)),
  ];

  function waitText(ticket: TicketRow): string {
    const since = `, for ${durationText(at - ticket.queuedAt)} now`;
    const what = namesText(ticket.resources);
    if (ticket.state === 'offered')
      return `It is offered ${what} and has not claimed it yet: ask with ticket ${ticket.ticket}.`;
    if (!isInLine(ticket)) return `It keeps its place for ${what}${since}, but its turn passes on.`;
    const inTheWay: string[] = [];
    for (const { kind, agentId: whose } of blockersOf(state, ticket)) if (kind !== 'waiter') inTheWay.push(whose);
    return `It is number ${positionOf(state, ticket)} in line for ${what}${since}; ${inTheWay.length === 0 ? 'nobody holds it' : `${namesText(inTheWay)} in its way`}.`;
  }
}

const SHOWN = 5;

function first<T>(rows: readonly T[]): readonly T[] {
  return rows.slice(0, SHOWN);
}

function presenceWord(presence: string): string {
  return presence === 'alive' ? 'there' : presence === 'unknown' ? 'not to be seen from here' : presence;
}
