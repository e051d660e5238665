// What ended it: the fact that freed what was wanted, by whom, how long after it was noticed, and how the line moved then.

import type { FleetEvent } from '../../event.ts';
import { counted } from '../../view/count-text.ts';
import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { sentenceOf } from '../../view/sentence.ts';
import type { Cause } from './causes.ts';
import type { Course } from './course.ts';
import { waitsOf } from './impact.ts';
import type { ReportedEvent } from './material.ts';
import type { Recovery } from './report.ts';
import { laterText, namesText } from './words.ts';

const STEPS = 12;

export function recoveryOf(course: Course, cause: Cause | undefined): Recovery {
  const { row, line } = course.material.view;
  const freeing = course.events.filter((event) => frees(event, cause));
  const served = servedAfter(course, freeing.at(0));
  const end = row.closed === null ? undefined : course.events.find(({ seq }) => seq === row.closed?.seq);
  const steps = [...freeing, ...served, ...(end === undefined ? [] : [end])].slice(0, STEPS);
  const [first] = freeing;
  const still = {
    held: course.ended.holds.filter(({ resource }) => course.concern.isAbout(resource)).length,
    waiting: waitsOf(course).filter((wait) => wait.end === null).length,
  };
  return {
    isOver: line.state !== 'open',
    steps: steps.map((event) => stepOf(course, event)),
    freedAfterMs: first === undefined ? null : Math.max(0, first.at - row.openedAt),
    still,
    text: [freedText(course, first, cause), lineText(course, first), stillText(course, still)]
      .filter(Boolean)
      .join(' '),
  };
}

const ENDS: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.released',
  'lease.expired',
  'lease.revoked',
  'lease.dropped',
]);

/** The fact is the end of the cause, or one of its ends. */
function frees(event: ReportedEvent, cause: Cause | undefined): boolean {
  if (cause === undefined) return false;
  if (ENDS.has(event.type)) return cause.tokens.includes(event.token ?? 0);
  if (event.type === 'lease.granted') return event.replaces !== null && cause.tokens.includes(event.replaces);
  if (event.type === 'wait.ended') return cause.tickets.includes(event.ticket);
  if (event.type === 'granting.resumed') return cause.depth === 'ground';
  return event.type === 'agent.resumed' && cause.code === 'paused_holder' && cause.agents.includes(event.agentId ?? '');
}

/** Grants to those who had waited, from then on: the first and the last of them. */
function servedAfter({ events, concern }: Course, first: ReportedEvent | undefined): readonly ReportedEvent[] {
  if (first === undefined) return [];
  const grants = events.filter(
    (event) =>
      event.type === 'lease.granted' &&
      event.ticket !== null &&
      event.seq > first.seq &&
      concern.isAbout(event.resource ?? ''),
  );
  return grants.length <= 6 ? grants : [...grants.slice(0, 3), ...grants.slice(-1)];
}

function stepOf({ material, reader }: Course, event: ReportedEvent): Recovery['steps'][number] {
  const { seq, wallAt, at } = event;
  const isBreak = event.type === 'wait.ended' && event.outcome === 'deadlock';
  // The ring itself is told elsewhere.
  const text = isBreak ? `The wait of ${oneLine(event.agentId ?? '')} was ended` : sentenceOf(event, reader);
  return { seq, at: wallAt, offsetMs: at - material.view.row.openedAt, text };
}

function freedText(course: Course, first: ReportedEvent | undefined, cause: Cause | undefined): string {
  const { row, line } = course.material.view;
  if (first === undefined) {
    const isStill = course.ended.holds.some(({ resource }) => course.concern.isAbout(resource));
    if (line.state === 'open' && isStill) return 'It is not over: what holds it up is still there.';
    if (line.state === 'open') return 'Its alerts are still open.';
    return cause === undefined ? 'What ended it is not known.' : 'What ended it is not among the facts that were read.';
  }
  if (first.type === 'wait.ended' && first.outcome === 'deadlock')
    return `${howFreed(first)}, in the decision that closed it.`;
  const after = Math.max(0, first.at - row.openedAt);
  const when = after === 0 ? 'in the moment in which it was noticed' : `${durationText(after)} after it was noticed`;
  return `${howFreed(first)} ${when}.`;
}

function howFreed(event: ReportedEvent): string {
  const who = oneLine(event.agentId ?? '');
  switch (event.type) {
    case 'lease.revoked':
      return `${oneLine(event.by)} revoked the lease of ${who}`;
    case 'lease.expired':
      return `The lease of ${who} expired by itself`;
    case 'lease.dropped':
      return `The lease of ${who} ended with its session`;
    case 'lease.released':
      return `${who} released it itself`;
    case 'lease.granted':
      return `The lease was handed on to ${who}`;
    case 'wait.ended':
      return event.outcome === 'deadlock'
        ? `Brigade broke the ring by ending the wait of ${who}`
        : `The wait of ${who} ended`;
    case 'granting.resumed':
      return `Granting went on, by ${oneLine(event.actor)},`;
    default:
      return `${who} was resumed by ${oneLine(event.actor)}`;
  }
}

function lineText(course: Course, first: ReportedEvent | undefined): string {
  if (first === undefined) return '';
  const ends = waitsOf(course).flatMap(({ end, agentId }) =>
    end !== null && end.outcome === 'granted' && end.seq > first.seq ? [{ ...end, agentId }] : [],
  );
  const [next] = ends.toSorted((a, b) => a.seq - b.seq);
  const last = ends.toSorted((a, b) => b.seq - a.seq)[0];
  if (next === undefined || last === undefined) return '';
  const begun = `${oneLine(next.agentId)} was served ${laterText(next.at - first.at)}`;
  if (ends.length === 1) return `${begun}.`;
  return `${begun}; the last of ${counted(ends.length, 'waiter')}, ${oneLine(last.agentId)}, ${laterText(last.at - first.at)}.`;
}

function stillText(course: Course, { held, waiting }: Recovery['still']): string {
  const isOpen = course.material.view.row.closed === null;
  const when = isOpen ? 'Now' : 'When it closed,';
  if (held + waiting === 0)
    return `${when} nobody ${isOpen ? 'holds or waits' : 'held or waited'} for what it was about.`;
  const relevant = new Set(waitsOf(course));
  const names = course.ended.waits.filter((wait) => relevant.has(wait)).map(({ agentId }) => agentId);
  const holds = `${counted(held, 'lease')} of what it was about ${isOpen ? (held === 1 ? 'is' : 'are') : held === 1 ? 'was' : 'were'} held`;
  const who = names.length === 0 ? 'nobody' : namesText([...new Set(names)]);
  const verb = isOpen ? (names.length > 1 ? 'wait' : 'waits') : 'waited';
  return `${when} ${holds}, and ${who} ${verb}.`;
}
