// Causes that lie with whoever held what others wanted: it fell silent, its process ended, it was paused.

import type { Instant } from '../../instant.ts';
import type { AlertRow } from '../../rows.ts';
import { durationText } from '../../view/duration-text.ts';
import type { PartySession } from '../../view/incident-views.ts';
import { oneLine } from '../../view/one-line.ts';
import { resourceText } from '../../view/resource-text.ts';
import { sentenceOf } from '../../view/sentence.ts';
import type { Cause } from './causes.ts';
import { conflicts } from './concern.ts';
import type { Course } from './course.ts';
import { isDoing, lastDoing } from './doings.ts';
import type { ReportedEvent } from './material.ts';
import type { Evidence } from './report.ts';
import type { Hold, Wait } from './scene.ts';
import { namesText, offsetText } from './words.ts';

export function holderCauses(course: Course): readonly Cause[] {
  const silent = course.material.view.alerts.flatMap((alert) => silentHolder(course, alert));
  return [...silent, ...course.events.flatMap((event) => endedHolder(course, event))];
}

function silentHolder(course: Course, row: AlertRow): readonly Cause[] {
  if (row.code !== 'silent_holder') return [];
  const hold = course.holds.find(({ token }) => token === Number(row.subject));
  if (hold === undefined) return [];
  const { agentId, resource, token, end } = hold;
  const { silentMs } = row.evidence;
  const told = typeof silentMs === 'number' ? row.toldAt - silentMs : (hold.usedAt ?? row.openedAt);
  // The alert goes by what is recorded of activity; an event tells more exactly.
  const since = Math.max(told, signOf(course, hold, row.openedAt)?.at ?? 0);
  const until = heardAgain(course, hold, row.openedAt)?.at ?? end?.at ?? course.until;
  const waiters = waitersFor(course, hold);
  const who = oneLine(agentId);
  const what = `${resourceText(resource, course.reader)} (token ${token})`;
  return [
    {
      code: 'silent_holder',
      depth: 'agent',
      text: `${who} held ${what} and nothing was heard of it for ${durationText(until - since)}, while ${namesText(listed(waiters))} waited for it.`,
      evidence: [
        ...grantEvidence(course, hold),
        ...firstWaiter(course, waiters),
        ...lastSign(course, hold, row.openedAt),
        alertEvidence(course, hold, row, since),
        ...processNow(course, hold),
        ...againEvidence(course, hold, row.openedAt),
      ],
      notKnown: `why ${who} did nothing. The log tells what an agent does, not what keeps it from doing it.`,
      since,
      tokens: [token],
      tickets: [],
      agents: [agentId],
      resources: [resource],
    },
  ];
}

/** A holder whose process ended, or that was paused, while others waited for what it held. */
function endedHolder(course: Course, event: ReportedEvent): readonly Cause[] {
  if (event.type !== 'session.lost' && event.type !== 'agent.paused') return [];
  const held = course.holds.filter((hold) => wasHeldAt(hold, event) && course.concern.isAbout(hold.resource));
  const waiters = held.flatMap((hold) => waitersFor(course, hold));
  const isAlert = course.material.view.alerts.some(
    ({ code, subject }) => code === CODES[event.type] && subject === event.agentId,
  );
  if (held.length === 0 || (waiters.length === 0 && !isAlert)) return [];
  const who = oneLine(event.agentId ?? '');
  const what = namesText(held.map(({ resource }) => resourceText(resource, course.reader)));
  const wanted = waiters.length === 0 ? 'nobody waited for it' : `${namesText(listed(waiters))} waited for it`;
  const isLost = event.type === 'session.lost';
  return [
    {
      code: isLost ? 'session_lost' : 'paused_holder',
      depth: 'agent',
      text: isLost
        ? `The process of ${who} ended without a word while it held ${what}; ${wanted}.`
        : `${who} was paused while it held ${what}; ${wanted}.`,
      evidence: [
        ...held.flatMap((hold) => grantEvidence(course, hold)),
        { text: sentenceOf(event, course.reader), seqs: [event.seq] },
        ...firstWaiter(course, waiters),
      ],
      notKnown: isLost ? 'why the process ended.' : null,
      since: event.at,
      tokens: held.map(({ token }) => token),
      tickets: [],
      agents: [event.agentId ?? ''],
      resources: held.map(({ resource }) => resource),
    },
  ];
}

const CODES = { 'session.lost': 'session_lost', 'agent.paused': 'paused_agent' } as const;

function wasHeldAt({ sessionId, agentId, token, end }: Hold, event: ReportedEvent): boolean {
  const isIts = event.type === 'session.lost' ? sessionId === event.sessionId : agentId === event.agentId;
  return isIts && token < event.seq && (end === null || end.seq > event.seq);
}

/** Those who stood in line for it while it was held, in order. */
function waitersFor({ waits, until }: Course, hold: Hold): readonly Wait[] {
  const [from, to] = [hold.from ?? 0, hold.end?.at ?? until];
  return waits.filter((wait) => {
    const isBeside = wait.from <= to && (wait.end?.at ?? until) >= from && wait.sessionId !== hold.sessionId;
    const isShared = wait.mode === 'shared' && hold.mode === 'shared';
    return isBeside && !isShared && wait.resources.some((resource) => conflicts(resource, hold.resource));
  });
}

function listed(waits: readonly Wait[]): readonly string[] {
  return [...new Set(waits.map(({ agentId }) => agentId))];
}

function grantEvidence({ reader }: Course, { agentId, resource, token, from }: Hold): readonly Evidence[] {
  const text = `${oneLine(agentId)} was granted ${resourceText(resource, reader)}`;
  return [{ text: from === null ? `${text} before what was read` : text, seqs: [token] }];
}

/** The last thing that the holder did before that. */
function signOf({ events }: Course, { agentId }: Hold, before: Instant): ReportedEvent | undefined {
  const earlier = events.filter(({ at }) => at < before);
  return lastDoing(earlier, agentId);
}

function lastSign(course: Course, hold: Hold, before: Instant): readonly Evidence[] {
  const event = signOf(course, hold, before);
  if (event === undefined)
    return [{ text: `Nothing that was read before the alert is of ${oneLine(hold.agentId)}`, seqs: [] }];
  const text = `The last sign of it before the alert: ${sentenceOf(event, course.reader)}`;
  return [{ text, seqs: [event.seq] }];
}

/** Activity is recorded now and then, so less silence is proved than there seems to be. */
function alertEvidence(course: Course, hold: Hold, { alert, openedAt }: AlertRow, since: Instant): Evidence {
  const sign = signOf(course, hold, openedAt);
  const after = sign === undefined ? '' : `, ${durationText(openedAt - sign.at)} after that`;
  const proved = `by what may go unrecorded, ${durationText(openedAt - since)} of silence were proved then`;
  return { text: `The alert was told${after}; ${proved}`, seqs: [alert] };
}

function firstWaiter({ reader }: Course, [first]: readonly Wait[]): readonly Evidence[] {
  if (first === undefined) return [];
  const what = namesText(first.resources.map((resource) => resourceText(resource, reader)));
  return [{ text: `${oneLine(first.agentId)} was the first to stand in line for ${what}`, seqs: [first.queuedSeq] }];
}

/** Only while it lasts: what became of a process later says nothing of then. */
function processNow({ material }: Course, { sessionId, end }: Hold): readonly Evidence[] {
  if (end !== null) return [];
  const session = material.view.parties
    .flatMap(({ sessions }) => sessions)
    .find((each) => each.sessionId === sessionId);
  const text = session === undefined ? null : presenceText(session);
  return text === null ? [] : [{ text, seqs: [] }];
}

function presenceText({ presence, processes }: PartySession): string | null {
  if (presence === 'unknown') return null;
  const which = processes.map(({ kind, pid, host }) => `${kind} ${pid} on ${oneLine(host)}`).join(', ');
  const name = which === '' ? 'Its process' : `Its process (${which})`;
  const is = { alive: 'is there and runs', stopped: 'is there and is stopped', gone: 'is gone' }[presence];
  return `${name} ${is}, as this report is made`;
}

/** The first thing that it did itself after the alert, while it still held. */
function heardAgain({ events }: Course, { agentId, end }: Hold, after: Instant): ReportedEvent | undefined {
  const last = end?.seq ?? Number.POSITIVE_INFINITY;
  return events.find((event) => event.actor === agentId && isDoing(event) && event.at > after && event.seq <= last);
}

function againEvidence(course: Course, hold: Hold, after: Instant): readonly Evidence[] {
  const event = course.events.find((each) => each.actor === hold.agentId && isDoing(each) && each.at > after);
  if (event === undefined) return [];
  const when = offsetText(event.at - course.material.view.row.openedAt);
  return [{ text: `It was heard of again (${when}): ${sentenceOf(event, course.reader)}`, seqs: [event.seq] }];
}
