// Who waited for whom, at the moments that matter: the ring of a deadlock as it stood, the opening, the height, the end.

import type { CycleStep } from '../../event.ts';
import { conflicts } from './concern.ts';
import type { Course, Still } from './course.ts';
import { waitsOf } from './impact.ts';
import type { Graph, GraphEdge } from './report.ts';
import type { Hold, Wait } from './scene.ts';

/** A picture with more of them shows nothing. */
const EDGES = 30;

export function graphsOf(course: Course): readonly Graph[] {
  const { opened, height, ended, material } = course;
  const stills: readonly (readonly [string, Still | null])[] = [
    ['When it opened', opened],
    ['At its height', height],
    [material.view.row.closed === null ? 'Now' : 'When it closed', ended],
  ];
  // Of an incident that has only begun, its opening is its end.
  const shown = stills.filter(([, still], i) => i === 0 || (still !== null && still.at > opened.at));
  const graphs = shown.flatMap(([moment, still]) => (still === null ? [] : graphAt(course, moment, still)));
  const rings = ringsOf(course);
  return [...rings, ...graphs];
}

function graphAt(course: Course, moment: string, still: Still): Graph {
  const relevant = new Set(waitsOf(course).map(({ ticket }) => ticket));
  const waits = still.waits.filter(({ ticket }) => relevant.has(ticket));
  const edges = waits.flatMap((wait, i) => edgesOf(wait, still, waits.slice(0, i)));
  const { openedAt } = course.material.view.row;
  return {
    moment,
    offsetMs: still.at - openedAt,
    edges: edges.slice(0, EDGES),
    leftOut: Math.max(0, edges.length - EDGES),
  };
}

/** To everybody who holds what it waits for; where nobody does, to the nearest who stands before it. */
function edgesOf(wait: Wait, still: Still, before: readonly Wait[]): readonly GraphEdge[] {
  const waitedMs = Math.max(0, still.at - wait.from);
  const edges = still.holds.flatMap((hold) => holdEdge(wait, hold, waitedMs));
  if (edges.length > 0) return edges;
  const ahead = before.findLast((other) => other.sessionId !== wait.sessionId && shares(other, wait));
  if (ahead === undefined) return [];
  const resource = wait.resources.find((each) => ahead.resources.some((other) => conflicts(each, other))) ?? '';
  return [{ kind: 'line', from: wait.agentId, to: ahead.agentId, resource, token: null, waitedMs }];
}

function holdEdge(wait: Wait, hold: Hold, waitedMs: number): readonly GraphEdge[] {
  const isFree = hold.sessionId === wait.sessionId || (hold.mode === 'shared' && wait.mode === 'shared');
  if (isFree || !wait.resources.some((resource) => conflicts(resource, hold.resource))) return [];
  const { agentId: to, resource, token } = hold;
  return [{ kind: 'hold', from: wait.agentId, to, resource, token, waitedMs }];
}

function shares(a: Wait, b: Wait): boolean {
  if (a.mode === 'shared' && b.mode === 'shared') return false;
  return a.resources.some((resource) => b.resources.some((other) => conflicts(resource, other)));
}

function ringsOf({ events, material }: Course): readonly Graph[] {
  const { openedAt } = material.view.row;
  return events.flatMap((event) => {
    if (event.type !== 'wait.ended' || event.cycle.length === 0) return [];
    const moment = 'The ring, before it was broken';
    return [{ moment, offsetMs: event.at - openedAt, edges: event.cycle.map(stepEdge), leftOut: 0 }];
  });
}

function stepEdge(step: CycleStep, i: number, cycle: readonly CycleStep[]): GraphEdge {
  const next = cycle[(i + 1) % cycle.length] ?? step;
  return { kind: 'hold', from: step.agentId, to: next.agentId, resource: step.resource, token: null, waitedMs: null };
}
