// Why it happened, as far as the log tells: each cause with the facts that show it, the likeliest first.
//
// What breaks the ground under everybody (a lost log, a broken rule, a store that does not answer) comes before what one agent
// did, and that before what is only a consequence (a long line, a long wait). Among equals the one that began first.

import { ALERTS, type AlertCode } from '../../alert/alert.ts';
import type { Instant } from '../../instant.ts';
import type { AlertRow } from '../../rows.ts';
import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { resourceText } from '../../view/resource-text.ts';
import { cycleText, sentenceOf } from '../../view/sentence.ts';
import type { Course } from './course.ts';
import { holderCauses } from './holder-causes.ts';
import { waitedMs, waitsOf } from './impact.ts';
import type { ReportedEvent } from './material.ts';
import type { Evidence, RootCause } from './report.ts';
import { namesText, seenBy } from './words.ts';

/** A cause with what the other parts of the report need of it. */
export interface Cause extends RootCause {
  readonly depth: 'ground' | 'agent' | 'consequence';
  readonly since: Instant;
  /** Leases that stood in the way, and tickets whose end was the end of it. */
  readonly tokens: readonly number[];
  readonly tickets: readonly string[];
  readonly agents: readonly string[];
  readonly resources: readonly string[];
}

export function causesOf(course: Course): readonly Cause[] {
  const found = [
    ...groundCauses(course),
    ...deadlocks(course),
    ...holderCauses(course),
    ...suspected(course),
    ...retryStorms(course),
  ];
  // A line or a wait that was long is explained by what held it up; alone it is all there is to say.
  const consequences = alertCauses(course, CONSEQUENCES);
  return [...found, ...consequences, ...unexplained(course, found)].toSorted(
    (a, b) => DEPTHS.indexOf(a.depth) - DEPTHS.indexOf(b.depth) || a.since - b.since,
  );
}

const DEPTHS: readonly Cause['depth'][] = ['ground', 'agent', 'consequence'];
const GROUND: readonly AlertCode[] = ['log_regressed', 'invariant_broken', 'store_trouble'];
const CONSEQUENCES: readonly AlertCode[] = ['starvation'];
const NONE = { tokens: [], tickets: [], agents: [], resources: [], notKnown: null } as const;

function groundCauses(course: Course): readonly Cause[] {
  const { reader } = course;
  const facts = course.events.filter(({ type }) => type === 'epoch.started' || type === 'invariant.broken');
  return alertCauses(course, GROUND).map((cause) => ({
    ...cause,
    depth: 'ground',
    evidence: [...cause.evidence, ...facts.map((event) => ({ text: sentenceOf(event, reader), seqs: [event.seq] }))],
    notKnown: cause.code === 'store_trouble' ? 'why the store did not answer.' : null,
  }));
}

function alertCauses({ material, reader }: Course, codes: readonly AlertCode[]): readonly Cause[] {
  return material.view.alerts
    .filter(({ code }) => codes.includes(code))
    .map((alert) => ({ ...NONE, ...alertCause(alert, reader), depth: 'consequence' }));
}

function alertCause(
  { alert, code, text, openedAt, agents, resources, subject, closed }: AlertRow,
  reader: string | null,
) {
  const evidence: Evidence[] = [{ text: `The alert (${code}) was told`, seqs: [alert] }];
  if (closed !== null) evidence.push({ text: `It was over: ${oneLine(closed.why)}`, seqs: [closed.seq] });
  const tickets = code === 'starvation' ? [subject] : [];
  return { code, text: seenBy(reader, oneLine(text, 400)), evidence, since: openedAt, agents, resources, tickets };
}

/** Alerts that nothing else explains: of a lease that was granted long before, or with facts that are no longer in the log. */
function unexplained(course: Course, found: readonly Cause[]): readonly Cause[] {
  const codes = new Set<string>([...found.map(({ code }) => code), ...CONSEQUENCES]);
  const rest = course.material.view.alerts.filter(({ code }) => ALERTS[code].isIncident && !codes.has(code));
  return alertCauses(course, [...new Set(rest.map(({ code }) => code))]).map((cause) => ({
    ...cause,
    depth: 'agent',
    notKnown: 'more than the alert says. The facts behind it are not among those that were read.',
  }));
}

function deadlocks(course: Course): readonly Cause[] {
  return course.events.flatMap((event) => {
    if (event.type !== 'wait.ended' || event.outcome !== 'deadlock') return [];
    const agents = event.cycle.map(({ agentId }) => agentId);
    const steps = event.cycle.flatMap((step) => stepEvidence(course, step, event));
    const broken = `Brigade ended the wait of ${oneLine(event.agentId ?? '')}, which it chose by priority and then by who came last`;
    return {
      code: 'deadlock',
      depth: 'agent' as const,
      text: `${namesText(agents)} waited for each other in a ring: ${cycleText(event.cycle, course.reader)}.`,
      evidence: [...steps, { text: broken, seqs: [event.seq] }],
      notKnown: null,
      since: event.at,
      tokens: [],
      tickets: [event.ticket],
      agents,
      resources: event.cycle.map(({ resource }) => resource),
    };
  });
}

function stepEvidence(
  { holds, waits, reader }: Course,
  { agentId, ticket, resource }: { readonly agentId: string; readonly ticket: string; readonly resource: string },
  { seq }: ReportedEvent,
): readonly Evidence[] {
  const wait = waits.find((each) => each.ticket === ticket);
  const hold = holds.findLast((each) => each.resource === resource && each.token < seq);
  const held = hold === undefined ? '' : `, which ${oneLine(hold.agentId)} held with token ${hold.token}`;
  const text = `${oneLine(agentId)} asked for ${resourceText(resource, reader)}${held}`;
  const seqs = [hold?.token, wait?.queuedSeq].filter((each) => each !== undefined);
  return [{ text, seqs }];
}

function suspected(course: Course): readonly Cause[] {
  const facts = course.events.filter((event) => event.type === 'deadlock.suspected');
  const [first] = facts;
  if (first === undefined) return [];
  const refusals = course.events.filter(
    ({ type, agentId = '' }) => type === 'request.refused' && first.agents.includes(agentId),
  );
  const agents = [...new Set(facts.flatMap((event) => event.agents))];
  return [
    {
      code: 'suspected_deadlock',
      depth: 'agent',
      text: `${namesText(agents)} kept asking, without standing in line, for what another of them held.`,
      evidence: [
        { text: 'The circle was seen', seqs: facts.map(({ seq }) => seq) },
        { text: `They were refused (at most one a minute is logged)`, seqs: refusals.map(({ seq }) => seq) },
      ],
      notKnown:
        'whether they would have gone on for ever. An agent that asks again may do something else at any moment.',
      since: first.at,
      tokens: [],
      tickets: [],
      agents,
      resources: [],
    },
  ];
}

/** Refusals of one agent on one resource that are logged: one a minute at most, so this many are minutes of asking. */
const STORM = 5;

function retryStorms(course: Course): readonly Cause[] {
  const byAsker = new Map<string, ReportedEvent[]>();
  for (const event of course.events) {
    if (event.type !== 'request.refused' || event.code !== 'LEASE_HELD') continue;
    const key = `${event.agentId ?? ''} ${event.resource ?? ''}`;
    byAsker.set(key, [...(byAsker.get(key) ?? []), event]);
  }
  return [...byAsker.values()].flatMap((events) => {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined || events.length < STORM) return [];
    const who = oneLine(first.agentId ?? '');
    const forMs = last.at - first.at;
    return {
      code: 'retry_storm',
      depth: 'agent' as const,
      text: `${who} asked for ${resourceText(first.resource ?? '', course.reader)} again and again for ${durationText(forMs)} and never stood in line, so it was never its turn.`,
      evidence: [{ text: 'It was refused (at most one a minute is logged)', seqs: events.map(({ seq }) => seq) }],
      notKnown: null,
      since: first.at,
      tokens: [],
      tickets: [],
      agents: [first.agentId ?? ''],
      resources: [first.resource ?? ''],
    };
  });
}

/** The longest wait of the incident, in words; for a report whose causes are not known. */
export function longestWait(course: Course): string | null {
  const [wait] = waitsOf(course).toSorted((a, b) => waitedMs(b, course.until) - waitedMs(a, course.until));
  if (wait === undefined) return null;
  const what = namesText(wait.resources.map((resource) => resourceText(resource, course.reader)));
  return `${oneLine(wait.agentId)} waited ${durationText(waitedMs(wait, course.until))} for ${what}`;
}
