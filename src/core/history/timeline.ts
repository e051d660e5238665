// The flight recorder: a lane for each resource, or for each agent, with what was held, waited for, offered and paused, and
// what happened meanwhile. Bounded: lanes with most waiting go first, and of their spans and marks the newest are shown.

import { parsed } from '../lease/parsed.ts';
import { keysConflict } from '../resource/conflict.ts';
import type { Chronicle } from './chronicle.ts';
import type { Mark, Span, Stretch } from './span.ts';
import {
  type LaneView,
  type MarkView,
  type SpanView,
  STRETCH_LIMITS,
  type StretchQuery,
  type TimelineView,
} from './stretch-views.ts';
import { beganMs, clipped, hasBegun, isMarked, isOver, isWithin } from './within.ts';

type Asked = Extract<StretchQuery, { kind: 'timeline' }>;

interface Lane {
  readonly key: string;
  readonly spans: Span[];
  readonly marks: Mark[];
  waitedMs: number;
  heldMs: number;
}

export function timelineOf(chronicle: Chronicle, stretch: Stretch, query: Asked): TimelineView {
  const lanes = lanesOf(chronicle, stretch, query).toSorted(busiestFirst);
  const most = Math.min(STRETCH_LIMITS.lanesMax, query.lanes ?? STRETCH_LIMITS.lanes);
  const shown = lanes.slice(0, most);
  const spans = newest(
    shown.flatMap((lane) => lane.spans),
    STRETCH_LIMITS.spans,
    (span) => span.toSeq ?? Number.POSITIVE_INFINITY,
  );
  const marks = newest(
    shown.flatMap((lane) => lane.marks),
    STRETCH_LIMITS.marks,
    (mark) => mark.seq,
  );
  const fleetwide = chronicle.marks.filter((mark) => mark.isFleetwide && isMarked(stretch, mark.seq));
  const told = fleetwide.slice(-STRETCH_LIMITS.fleetMarks);
  return {
    ...stretch,
    lanes: shown.map((lane) => laneView(lane, { stretch, query, spans: spans.kept, marks: marks.kept })),
    marks: told.map((mark) => markView(mark, mark.agents[0] ?? null, mark.resources[0] ?? null)),
    leftOut: {
      lanes: lanes.length - shown.length,
      spans: spans.leftOut,
      marks: marks.leftOut + fleetwide.length - told.length,
    },
  };
}

function lanesOf(chronicle: Chronicle, stretch: Stretch, query: Asked): readonly Lane[] {
  const lanes = new Map<string, Lane>();
  const laneOf = (key: string): Lane => {
    const known = lanes.get(key) ?? { key, spans: [], marks: [], waitedMs: 0, heldMs: 0 };
    if (known.spans.length + known.marks.length === 0) lanes.set(key, known);
    return known;
  };
  const byAgent = query.by === 'agent';
  const isWanted = filterOf(chronicle, query);
  for (const span of chronicle.spans) {
    const key = byAgent ? span.agentId : span.resource;
    if (key === null || !isWithin(stretch, span) || !isWanted(span.agentId, span.resource)) continue;
    const lane = laneOf(key);
    lane.spans.push(span);
    if (span.kind === 'held') lane.heldMs += clipped(stretch, span).ms;
    if (span.kind === 'waited' && (!byAgent || span.isFirst)) lane.waitedMs += clipped(stretch, span).ms;
  }
  for (const mark of chronicle.marks) {
    if (!isMarked(stretch, mark.seq)) continue;
    const agents = mark.agents.length === 0 ? [null] : mark.agents;
    const resources = mark.resources.length === 0 ? [null] : mark.resources;
    for (const key of byAgent ? mark.agents : mark.resources) {
      const pairs = byAgent
        ? resources.map((each) => [key, each] as const)
        : agents.map((each) => [each, key] as const);
      if (pairs.some(([agentId, resource]) => isWanted(agentId, resource))) laneOf(key).marks.push(mark);
    }
  }
  return [...lanes.values()];
}

/** What a timeline of one agent, or of one resource and whatever can name the same thing, is made of. */
function filterOf(chronicle: Chronicle, { agentId, resource }: Asked) {
  const asked = resource === undefined ? null : parsed(resource);
  const known = new Map<string, boolean>();
  const isMeant = (key: string): boolean => {
    if (asked === null) return true;
    const meant = known.get(key) ?? keysConflict(parsed(key), asked, chronicle.foldsCase);
    known.set(key, meant);
    return meant;
  };
  return (agent: string | null, key: string | null): boolean =>
    (agentId === undefined || agent === agentId) && (asked === null || (key !== null && isMeant(key)));
}

function busiestFirst(a: Lane, b: Lane): number {
  return b.waitedMs - a.waitedMs || b.heldMs - a.heldMs || (a.key < b.key ? -1 : 1);
}

/** The `most` of them that were over last. */
function newest<T>(all: readonly T[], most: number, rankOf: (each: T) => number) {
  if (all.length <= most) return { kept: null, leftOut: 0 };
  const kept = new Set(all.toSorted((a, b) => rankOf(b) - rankOf(a) || 0).slice(0, most));
  return { kept, leftOut: all.length - kept.size };
}

interface Shown {
  readonly stretch: Stretch;
  readonly query: Asked;
  /** Null: all of them. */
  readonly spans: ReadonlySet<Span> | null;
  readonly marks: ReadonlySet<Mark> | null;
}

function laneView(lane: Lane, { stretch, query, spans, marks }: Shown): LaneView {
  const byAgent = query.by === 'agent';
  return {
    key: lane.key,
    spans: lane.spans
      .filter((span) => spans?.has(span) !== false)
      .map((span) => spanView(stretch, span))
      .toSorted(inOrder),
    marks: lane.marks
      .filter((mark) => marks?.has(mark) !== false)
      .map((mark) =>
        byAgent
          ? markView(mark, lane.key, mark.resources[0] ?? null)
          : markView(mark, mark.agents[0] ?? null, lane.key),
      ),
  };
}

/** As they began. What began at once has an order too, whoever gathered it. */
function inOrder(a: SpanView, b: SpanView): number {
  return a.fromMs - b.fromMs || (orderText(a) < orderText(b) ? -1 : 1);
}

function orderText({ kind, agentId, resource, token, ticket, toSeq }: SpanView): string {
  return [kind, token, ticket, agentId, resource, toSeq].join(' ');
}

function spanView({ from, to }: Stretch, span: Span): SpanView {
  const { kind, agentId, resource, mode, token, ticket } = span;
  const begun = hasBegun(from, span);
  const over = isOver(to, span);
  return {
    kind,
    agentId,
    resource,
    mode,
    token,
    ticket,
    fromMs: beganMs(from, span),
    toMs: over ? span.toMs : null,
    fromSeq: begun ? span.fromSeq : null,
    toSeq: over ? span.toSeq : null,
    end: over ? span.end : null,
  };
}

function markView({ kind, atMs, seq, text, verdict }: Mark, agentId: string | null, resource: string | null): MarkView {
  return { kind, atMs, seq, agentId, resource, text, verdict };
}
