// Where everything of the timeline lies from top to bottom: a lane for each resource or agent, in it a strip of marks and tracks
// of spans that do not cover one another.

import type { SpokenLane, SpokenMark, SpokenSpan } from '../../data/types.ts';

export const TRACK = 16;
export const STRIP = 14;
const PAD = 4;
const LEAST = 30;
/** Of one lane. What happens at once beyond that is drawn over one another in the last one. */
const TRACKS_MAX = 8;

export interface Laid {
  readonly span: SpokenSpan;
  readonly track: number;
}

export interface DrawnLane {
  /** Null: of the fleet as a whole. */
  readonly key: string | null;
  readonly top: number;
  readonly height: number;
  /** Where the first track begins, below the lane's top. */
  readonly tracksTop: number;
  readonly spans: readonly Laid[];
  /** Behind everything, from top to bottom of the lane: sessions and pauses. */
  readonly grounds: readonly SpokenSpan[];
  readonly marks: readonly SpokenMark[];
}

/** Lanes one below the other; what there is of the fleet as a whole first. `head`: of each, for its name. */
export function drawnLanes(
  lanes: readonly SpokenLane[],
  fleetMarks: readonly SpokenMark[],
  head: number,
): readonly DrawnLane[] {
  const drawn: DrawnLane[] = [];
  let top = 0;
  const add = (
    key: string | null,
    lane: { readonly spans: readonly SpokenSpan[]; readonly marks: readonly SpokenMark[] },
  ): void => {
    const { laid, count } = tracksOf(lane.spans);
    const strip = lane.marks.length > 0 ? STRIP : 0;
    const tracksTop = PAD + head + strip;
    const height = Math.max(LEAST, tracksTop + count * TRACK + PAD);
    const grounds = lane.spans.filter(({ kind }) => kind === 'live' || kind === 'paused');
    drawn.push({ key, top, height, tracksTop, spans: laid, grounds, marks: lane.marks });
    top += height;
  };
  if (fleetMarks.length > 0) add(null, { spans: [], marks: fleetMarks });
  for (const { key, ...lane } of lanes) add(key, lane);
  return drawn;
}

export function heightOfLanes(lanes: readonly DrawnLane[]): number {
  const last = lanes.at(-1);
  return last === undefined ? 0 : last.top + last.height;
}

/** What is held above what is waited for: so the line is seen below its holder. */
function tracksOf(spans: readonly SpokenSpan[]): { readonly laid: readonly Laid[]; readonly count: number } {
  const laid: Laid[] = [];
  const ends: number[] = [];
  for (const isHeld of [true, false]) {
    const first = ends.length;
    const own = spans
      .filter(({ kind }) => (isHeld ? kind === 'held' : kind === 'waited' || kind === 'offered'))
      .toSorted((a, b) => a.fromMs - b.fromMs);
    for (const span of own) {
      let track = first;
      while (track < ends.length && (ends[track] ?? 0) > span.fromMs && track < TRACKS_MAX - 1) track += 1;
      if (track >= TRACKS_MAX) track = TRACKS_MAX - 1;
      ends[track] = Math.max(ends[track] ?? 0, span.toMs ?? Number.POSITIVE_INFINITY);
      laid.push({ span, track });
    }
  }
  return { laid, count: ends.length };
}

/** The lanes between two heights, by their numbers: first, and behind the last. */
export function lanesBetween(lanes: readonly DrawnLane[], from: number, to: number): readonly [number, number] {
  let [low, high] = [0, lanes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const lane = lanes[middle];
    if (lane !== undefined && lane.top + lane.height <= from) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < lanes.length && (lanes[last]?.top ?? 0) < to) last += 1;
  return [low, last];
}

export type Hit = { readonly span: SpokenSpan } | { readonly mark: SpokenMark };

const NEAR_PX = 6;

/** What lies there: marks first, because they are small. `xOf` says where a time is drawn. */
export function hitAt(lane: DrawnLane, x: number, y: number, xOf: (ms: number) => number): Hit | null {
  const inLane = y - lane.top;
  if (inLane < lane.tracksTop) {
    let near: SpokenMark | null = null;
    for (const mark of lane.marks)
      if (Math.abs(xOf(mark.atMs) - x) <= Math.min(NEAR_PX, near === null ? NEAR_PX : Math.abs(xOf(near.atMs) - x)))
        near = mark;
    if (near !== null) return { mark: near };
  }
  const track = Math.floor((inLane - lane.tracksTop) / TRACK);
  const isThere = (span: SpokenSpan): boolean =>
    xOf(span.fromMs) - 3 <= x && (span.toMs === null || xOf(span.toMs) + 3 >= x);
  const laid = lane.spans.findLast((each) => each.track === track && isThere(each.span));
  if (laid !== undefined) return { span: laid.span };
  const ground = lane.grounds.findLast(isThere);
  return ground === undefined ? null : { span: ground };
}
