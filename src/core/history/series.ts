// How a fleet stood and what it did, step by step, for small plots. Steps begin at round times, so that a line that is asked for
// again a little later is the same line, moved on. The last step is the one that is under way.

import type { Chronicle } from './chronicle.ts';
import type { Span, Stretch } from './span.ts';
import { type SeriesView, STRETCH_LIMITS } from './stretch-views.ts';
import { beganMs, hasBegun, isMarked, isOver, isWithin } from './within.ts';

/** `minutes` back; a stretch that begins later has fewer steps. */
export function seriesOf(chronicle: Chronicle, stretch: Stretch, minutes: number): SeriesView {
  const stepMs = stepOf(minutes);
  const steps = new Steps(stretch, stepMs);
  const { isHeld, isWaiting, isLive } = KINDS;
  const spans = chronicle.spans.filter((span) => isWithin(stretch, span));
  const waits = spans.filter(isWaiting);
  const live = spans.filter(isLive);
  const happened = (kind: string): number[] =>
    steps.count(chronicle.marks.filter((mark) => mark.kind === kind && isMarked(stretch, mark.seq)));
  const alerts = chronicle.alerts.filter((alert) => isWithin(stretch, alert));
  return {
    ...stretch,
    stepMs,
    atMs: steps.ends,
    series: {
      agents: steps.standing(unitedByAgent(stretch, live)),
      sessions: steps.standing(live),
      leases: steps.standing(spans.filter(isHeld)),
      waits: steps.standing(waits),
      longestWaitMs: steps.oldest(waits),
      alerts: steps.standing(alerts),
      events: steps.events(chronicle),
      grants: steps.count(
        spans.filter((span) => isHeld(span) && hasBegun(stretch.from, span)).map(({ fromMs: atMs }) => ({ atMs })),
      ),
      refusals: happened('refused'),
      checkIns: happened('check_in'),
    },
  };
}

export function stepOf(minutes: number): number {
  return Math.max(1, Math.round((minutes * 60_000) / STRETCH_LIMITS.points));
}

const KINDS = {
  isHeld: ({ kind }: Span): boolean => kind === 'held',
  isWaiting: ({ kind, isFirst }: Span): boolean => kind === 'waited' && isFirst,
  isLive: ({ kind }: Span): boolean => kind === 'live',
};

/** What a gauge counts: something that was there from then to then. */
type Standing = Pick<Span, 'fromMs' | 'fromSeq' | 'toMs' | 'toSeq'>;

class Steps {
  readonly ends: readonly number[];
  readonly #stretch: Stretch;

  constructor(stretch: Stretch, stepMs: number) {
    const { from, to } = stretch;
    const ends: number[] = [];
    for (let end = (Math.floor(from.atMs / stepMs) + 1) * stepMs; end < to.atMs; end += stepMs) ends.push(end);
    ends.push(to.atMs);
    this.ends = ends;
    this.#stretch = stretch;
  }

  /** How many of these moments lie in each step. */
  count(moments: Iterable<{ readonly atMs: number; readonly count?: number }>): number[] {
    const counts = this.ends.map(() => 0);
    for (const { atMs, count = 1 } of moments) {
      const step = this.#stepAt(atMs);
      counts[step] = (counts[step] ?? 0) + count;
    }
    return counts;
  }

  /** How many of these were there at the end of each step. */
  standing(spans: Iterable<Standing>): number[] {
    const changes = this.ends.map(() => 0);
    for (const span of spans) {
      const [first, last] = this.#endsWithin(span);
      if (last < first) continue;
      changes[first] = (changes[first] ?? 0) + 1;
      if (last + 1 < changes.length) changes[last + 1] = (changes[last + 1] ?? 0) - 1;
    }
    let standing = 0;
    return changes.map((change) => (standing += change));
  }

  /** How long the oldest of those that were there had lasted at the end of each step; 0 where there was none. */
  oldest(spans: Iterable<Span>): number[] {
    const since = [...this.ends];
    for (const span of spans) {
      const fromMs = beganMs(this.#stretch.from, span);
      const [first, last] = this.#endsWithin(span);
      for (let i = first; i <= last; i += 1) since[i] = Math.min(since[i] ?? fromMs, fromMs);
    }
    return this.ends.map((end, i) => end - (since[i] ?? end));
  }

  events({ ticks }: Chronicle): number[] {
    const { from, to } = this.#stretch;
    const parts = ticks.map(({ atMs, lastSeq, count }) => {
      const last = Math.min(lastSeq, to.seq);
      const first = Math.max(lastSeq - count, from.seq);
      return { atMs, count: Math.max(0, last - first) };
    });
    return this.count(parts.filter(({ count }) => count > 0));
  }

  /** The first and the last step at whose end it was there. */
  #endsWithin(span: Standing): readonly [number, number] {
    const { from, to } = this.#stretch;
    const first = hasBegun(from, span) ? this.#stepAt(span.fromMs) : 0;
    const last = isOver(to, span) ? this.#stepAt(span.toMs) - 1 : this.ends.length - 1;
    return [first, last];
  }

  /** The step in which something happened. A clock that was set says times that lie in none. */
  #stepAt(atMs: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (atMs < (this.ends[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Of each agent the times in which it had any session. */
function unitedByAgent({ from, to }: Stretch, live: readonly Span[]): readonly Standing[] {
  const byAgent = new Map<string, { fromMs: number; fromSeq: number; toMs: number; toSeq: number | null }[]>();
  const startOf = (span: Standing): number => (hasBegun(from, span) ? span.fromSeq : from.seq);
  for (const span of live.toSorted((a, b) => startOf(a) - startOf(b))) {
    const { agentId, fromMs, fromSeq, toMs } = span;
    const toSeq = isOver(to, span) ? span.toSeq : null;
    const united = byAgent.get(agentId) ?? [];
    byAgent.set(agentId, united);
    const last = united.at(-1);
    if (last === undefined || (last.toSeq !== null && last.toSeq < fromSeq))
      united.push({ fromMs, fromSeq, toMs, toSeq });
    else if (last.toSeq !== null && (toSeq === null || toSeq > last.toSeq)) Object.assign(last, { toMs, toSeq });
  }
  return [...byAgent.values()].flat();
}
