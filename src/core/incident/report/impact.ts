// Whom it kept from working, for how long, and what was refused.

import type { Instant } from '../../instant.ts';
import type { Course } from './course.ts';
import type { Blocked, Impact } from './report.ts';
import type { Wait } from './scene.ts';

export function impactOf(course: Course): Impact {
  const blocked = blockedAgents(course);
  return {
    blocked,
    waitedMs: blocked.reduce((sum, { totalMs }) => sum + totalMs, 0),
    longestMs: Math.max(0, ...blocked.map(({ longestMs }) => longestMs)),
    refusals: refusalsIn(course),
    lostLeases: lostLeasesIn(course),
    grantingRestedMs: restedMs(course),
  };
}

/** Waits for what the incident is about; of an incident that names no resource, those of its agents. */
export function waitsOf({ waits, concern, material }: Course): readonly Wait[] {
  const { resources } = material.view.row;
  return waits.filter((wait) => resources.length === 0 || wait.resources.some((resource) => concern.isAbout(resource)));
}

/** How long it waited, up to the end of the incident. */
export function waitedMs({ from, end }: Wait, until: Instant): number {
  return Math.max(0, (end?.at ?? until) - from);
}

function blockedAgents(course: Course): readonly Blocked[] {
  const byAgent = new Map<string, Wait[]>();
  for (const wait of waitsOf(course)) {
    if (waitedMs(wait, course.until) === 0 && wait.end?.outcome !== 'deadlock') continue;
    byAgent.set(wait.agentId, [...(byAgent.get(wait.agentId) ?? []), wait]);
  }
  return [...byAgent].map(([agentId, waits]) => blockedOf(agentId, waits, course)).toSorted(byTime);
}

function blockedOf(agentId: string, waits: readonly Wait[], { until }: Course): Blocked {
  const times = waits.map((wait) => waitedMs(wait, until));
  return {
    agentId,
    waits: waits.length,
    totalMs: times.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(...times),
    resources: [...new Set(waits.flatMap(({ resources }) => resources))],
    outcome: waits.at(-1)?.end?.outcome ?? 'waiting',
  };
}

function byTime(a: Blocked, b: Blocked): number {
  return b.totalMs - a.totalMs || (a.agentId < b.agentId ? -1 : 1);
}

function refusalsIn({ events }: Course): Impact['refusals'] {
  const byCode = new Map<string, { count: number; readonly agents: Set<string> }>();
  for (const event of events) {
    if (event.type !== 'request.refused') continue;
    const known = byCode.get(event.code) ?? { count: 0, agents: new Set<string>() };
    known.count += 1;
    known.agents.add(event.agentId ?? event.actor);
    byCode.set(event.code, known);
  }
  return Array.from(byCode, ([code, { count, agents }]) => ({ code, count, agents: [...agents] }));
}

function lostLeasesIn({ events, concern }: Course): Impact['lostLeases'] {
  const lost = { revoked: 0, expired: 0, dropped: 0 };
  for (const { type, resource = '' } of events) {
    if (!concern.isAbout(resource)) continue;
    if (type === 'lease.revoked') lost.revoked += 1;
    if (type === 'lease.expired') lost.expired += 1;
    if (type === 'lease.dropped') lost.dropped += 1;
  }
  return lost;
}

function restedMs({ events, until }: Course): number {
  let [rested, since] = [0, null as Instant | null];
  for (const { type, at } of events) {
    if (type === 'granting.suspended' || type === 'invariant.broken' || type === 'epoch.started') since ??= at;
    if (type !== 'granting.resumed' || since === null) continue;
    rested += at - since;
    since = null;
  }
  return since === null ? rested : rested + until - since;
}
