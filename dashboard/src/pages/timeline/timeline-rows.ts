// The timeline as rows, lane by lane: what the drawing shows, for whoever does not see it.

import type { SpokenMark, SpokenSpan, SpokenTimeline } from '../../data/types.ts';
import { SPANS, signOf } from './signs.ts';
import { spanKey, spanSentence } from './span-words.ts';

export interface TimelineRow {
  /** By it the row stands in the address. */
  readonly key: string;
  /** A mark stands in every lane that it concerns. */
  readonly id: string;
  readonly lane: string;
  readonly what: string;
  readonly atMs: number;
  /** Null: a mark, or it goes on. */
  readonly toMs: number | null;
  readonly isSpan: boolean;
  readonly thing: { readonly span: SpokenSpan } | { readonly mark: SpokenMark };
}

/** In each lane the earliest first. */
export function timelineRows({ lanes, marks }: Pick<SpokenTimeline, 'lanes' | 'marks'>): readonly TimelineRow[] {
  const all = [{ key: 'The fleet', spans: [], marks }, ...lanes];
  return all.flatMap((lane) =>
    [
      ...lane.spans.map((span) => spanRow(lane.key, span)),
      ...lane.marks.map((mark) => markRow(lane.key, mark)),
    ].toSorted((a, b) => a.atMs - b.atMs),
  );
}

/** Said only of rows in sight: there may be ten thousand of them. */
export function rowSentence({ thing }: TimelineRow, untilMs: number): string {
  return 'mark' in thing ? thing.mark.text : spanSentence(thing.span, untilMs);
}

function spanRow(lane: string, span: SpokenSpan): TimelineRow {
  return {
    key: spanKey(span),
    id: `${lane}\n${spanKey(span)}`,
    lane,
    what: SPANS[span.kind].label,
    atMs: span.fromMs,
    toMs: span.toMs,
    isSpan: true,
    thing: { span },
  };
}

function markRow(lane: string, mark: SpokenMark): TimelineRow {
  return {
    key: String(mark.seq),
    id: `${lane}\n${mark.seq}`,
    lane,
    what: signOf(mark).label,
    atMs: mark.atMs,
    toMs: mark.atMs,
    isSpan: false,
    thing: { mark },
  };
}
