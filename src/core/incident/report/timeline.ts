// What happened, in rows: facts that matter one by one, and facts that only say that somebody went on folded into one row until
// something else happens to the same agent.

import type { FleetEvent } from '../../event.ts';
import { timesText } from '../../view/count-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { resourceText } from '../../view/resource-text.ts';
import { sentenceOf } from '../../view/sentence.ts';
import type { Course } from './course.ts';
import type { ReportedEvent } from './material.ts';
import { isNoise } from './noise.ts';
import type { Timeline, TimelineRow } from './report.ts';
import { seenBy } from './words.ts';

/** Rows of one report: the beginning and the end are what people read. */
const ROWS = 200;

export function timelineOf(course: Course): Timeline {
  const rows = foldNoise(course).toSorted((a, b) => a.seq - b.seq);
  if (rows.length <= ROWS) return { rows, leftOut: 0 };
  return { rows: [...rows.slice(0, ROWS / 2), ...rows.slice(-ROWS / 2)], leftOut: rows.length - ROWS };
}

interface Folded {
  readonly first: ReportedEvent;
  last: ReportedEvent;
  count: number;
}

function foldNoise(course: Course): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  const open = new Map<string, Folded>();
  const close = (key: string, folded: Folded): void => {
    rows.push(rowOf(course, folded));
    open.delete(key);
  };
  for (const event of course.events) {
    if (isToldElsewhere(event)) continue;
    const aside = asideOf(course, event);
    if (aside === null) {
      const who = event.agentId ?? event.actor;
      for (const [key, folded] of open) if (key.startsWith(`${who} `)) close(key, folded);
      rows.push(rowOf(course, { first: event, last: event, count: 1 }));
      continue;
    }
    const known = open.get(aside);
    if (known === undefined) open.set(aside, { first: event, last: event, count: 1 });
    else {
      known.last = event;
      known.count += 1;
    }
  }
  for (const [key, folded] of open) close(key, folded);
  return rows;
}

/** A row beside it says the same. */
function isToldElsewhere(event: FleetEvent): boolean {
  switch (event.type) {
    case 'wait.ended':
      return event.outcome === 'granted';
    case 'incident.joined':
      return event.beside.length === 0;
    case 'incident.opened':
      return event.earlier === null;
    // Its session is opened with it, and says more.
    case 'agent.registered':
    case 'session.active':
    case 'notices.heard':
    case 'messages.read':
      return true;
    default:
      return false;
  }
}

/** Under what the fact is folded; null where it is a row of its own. */
function asideOf({ concern }: Course, event: FleetEvent): string | null {
  const who = event.agentId ?? event.actor;
  if (event.type === 'request.refused') return `${who} ${event.type} ${event.code} ${event.resource ?? ''}`;
  if (isNoise(event)) return `${who} ${event.type} ${event.resource ?? ''}`;
  if (event.type === 'state.put') return `${who} ${event.type}`;
  // What an agent does meanwhile with what has nothing to do with the incident.
  const isElsewhere =
    event.resource !== undefined && !concern.isAbout(event.resource) && event.type.startsWith('lease.');
  return isElsewhere && event.type !== 'lease.queued' ? `${who} elsewhere` : null;
}

function rowOf(course: Course, { first, last, count }: Folded): TimelineRow {
  const { row } = course.material.view;
  return {
    seq: first.seq,
    lastSeq: last.seq,
    at: first.wallAt,
    offsetMs: first.at - row.openedAt,
    text: textOf(course, first, count),
    count,
  };
}

/** An alert about a moment says once more what the fact before it said. */
function isToldBefore(event: FleetEvent): event is FleetEvent & { type: 'alert.opened' } {
  return event.type === 'alert.opened' && (event.code === 'deadlock' || event.code === 'session_lost');
}

function isFirstAlert({ material }: Course, { seq }: FleetEvent): boolean {
  return material.view.row.alerts[0] === seq;
}

function textOf(course: Course, event: FleetEvent, count: number): string {
  const sentence = isToldBefore(event)
    ? `Alert ${event.seq} (${event.code}, ${event.severity}) was told of it.`
    : seenBy(course.reader, sentenceOf(event, course.reader));
  if (count === 1) return isFirstAlert(course, event) ? `${sentence} It opened this incident.` : sentence;
  const who = oneLine(event.agentId ?? event.actor);
  const what = event.resource === undefined ? '' : ` ${resourceText(event.resource, course.reader)}`;
  switch (event.type) {
    case 'lease.renewed':
      return `${who} renewed${what} ${timesText(count)}`;
    case 'request.refused':
      return `${who} was refused${what} ${timesText(count)} (${event.code})`;
    case 'checkin.recorded':
      return `${who} checked in ${timesText(count)}`;
    case 'wait.parked':
      return `${who} asked again ${timesText(count)} and went on waiting`;
    case 'wait.left':
      return `${who} left the call ${timesText(count)}; the ticket kept its place`;
    case 'alert.repeated':
      return `Alert ${event.alert} was told again ${timesText(count)}: ${seenBy(course.reader, oneLine(event.text, 400))}`;
    case 'state.put':
      return `${who} wrote governed state ${timesText(count)}`;
    case 'outcome.recorded':
      return `${who} recorded ${count} outcomes`;
    default:
      return event.type.startsWith('lease.')
        ? `${who} took and gave back other things (${count} facts)`
        : `${sentence} (${timesText(count)})`;
  }
}
