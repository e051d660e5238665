// Who was involved, by what kind of client and process, and when each did something last. And the locks that it was about: who
// held them one after the other, and who stood in line.

import { isOperator } from '../../message/mailbox.ts';
import { oneLine } from '../../view/one-line.ts';
import { sentenceOf } from '../../view/sentence.ts';
import type { Course } from './course.ts';
import { isDoing, lastDoing } from './doings.ts';
import { waitedMs } from './impact.ts';
import type { ReportedEvent } from './material.ts';
import type { AgentPart, LockPart } from './report.ts';
import type { Hold, Wait } from './scene.ts';

/** Holders and waiters of one lock that are named; nobody reads more. */
const ROWS = 50;
const LOCKS = 30;

export function agentsOf(course: Course): readonly AgentPart[] {
  const { parties } = course.material.view;
  const known = new Set(parties.map(({ agentId }) => agentId));
  const actors = new Set(course.events.filter(isDoing).map(({ actor }) => actor));
  const others = [...actors].filter((actor) => !known.has(actor)).map((actor) => otherOf(course, actor));
  const involved = parties.map(({ agentId, client, purpose, lifecycle, sessions }) => {
    const event = lastDoing(course.events, agentId);
    return {
      agentId,
      client,
      purpose,
      lifecycle,
      sessions: sessions.map(({ sessionId, transport, state, presence, processes, ended }) => ({
        sessionId,
        transport,
        state,
        presence,
        processes: processes.map(({ pid, kind, host }) => ({ pid, kind, host })),
        ended: ended === null ? null : oneLine(ended.why),
      })),
      lastDid: event === undefined ? null : doingOf(course, event),
    };
  });
  return [...involved, ...others];
}

/** Who did something in it and is not of those whom its alerts name: an operator, or whoever was next in the line. */
function otherOf(course: Course, actor: string): AgentPart {
  const event = lastDoing(course.events, actor);
  return {
    agentId: actor,
    client: isOperator(actor) ? 'operator' : 'not known',
    purpose: null,
    lifecycle: 'active',
    sessions: [],
    lastDid: event === undefined ? null : doingOf(course, event),
  };
}

function doingOf({ reader, material }: Course, event: ReportedEvent): AgentPart['lastDid'] {
  const { seq, at } = event;
  return { seq, offsetMs: at - material.view.row.openedAt, text: sentenceOf(event, reader) };
}

export function locksOf(course: Course): readonly LockPart[] {
  const { row } = course.material.view;
  const names = new Set([
    ...row.resources,
    ...course.holds.map(({ resource }) => resource).filter((resource) => course.concern.isAbout(resource)),
  ]);
  return [...names].slice(0, LOCKS).map((resource) => lockOf(course, resource));
}

function lockOf(course: Course, resource: string): LockPart {
  const holders = course.holds.filter((hold) => hold.resource === resource);
  const line = course.waits.filter((wait) => wait.resources.includes(resource));
  return {
    resource,
    holders: holders.slice(-ROWS).map((hold) => holderOf(course, hold)),
    line: line.slice(0, ROWS).map((wait) => waiterOf(course, wait)),
    leftOut: { holders: Math.max(0, holders.length - ROWS), line: Math.max(0, line.length - ROWS) },
  };
}

function holderOf({ material, until }: Course, hold: Hold): LockPart['holders'][number] {
  const { agentId, token, mode, reason, from, end } = hold;
  const { openedAt } = material.view.row;
  return {
    agentId,
    token,
    mode,
    reason,
    fromOffsetMs: from === null ? null : from - openedAt,
    endOffsetMs: end === null ? null : end.at - openedAt,
    heldMs: from === null ? null : (end?.at ?? until) - from,
    end: end === null ? 'held still' : `${end.how}${end.why === '' ? '' : ` (${oneLine(end.why)})`}`,
  };
}

const OUTCOMES = {
  granted: 'granted',
  withdrawn: 'withdrawn',
  timed_out: 'gave up',
  deadlock: 'ended to break the deadlock',
  session_ended: 'ended with its session',
} as const;

function waiterOf({ material, until }: Course, wait: Wait): LockPart['line'][number] {
  const { agentId, ticket, from, end } = wait;
  return {
    agentId,
    ticket,
    queuedOffsetMs: from - material.view.row.openedAt,
    waitedMs: waitedMs(wait, until),
    end: end === null ? 'waits still' : OUTCOMES[end.outcome],
  };
}
