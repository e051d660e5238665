// The part of a chronicle that lies in a stretch, as one that began there would tell it.

import type { Point, Span, Stretch } from './span.ts';

/** Began by its end, and was not over by its beginning. */
export function isWithin(
  { from, to }: Stretch,
  { fromSeq, toSeq }: { readonly fromSeq: number; readonly toSeq: number | null },
): boolean {
  return fromSeq <= to.seq && (toSeq === null || toSeq > from.seq);
}

export function isMarked({ from, to }: Stretch, seq: number): boolean {
  return seq > from.seq && seq <= to.seq;
}

/** It began within the stretch. */
export function hasBegun(from: Point, span: Pick<Span, 'fromSeq'>): boolean {
  return span.fromSeq > from.seq;
}

/** Since when it lasts; since the beginning of the stretch where nobody who begins there can say. */
export function beganMs(from: Point, span: Pick<Span, 'fromSeq' | 'fromMs' | 'isUndated'>): number {
  return span.isUndated && !hasBegun(from, span) ? from.atMs : span.fromMs;
}

export function isOver(to: Point, { toSeq }: { readonly toSeq: number | null }): boolean {
  return toSeq !== null && toSeq <= to.seq;
}

/** The milliseconds of a span that lie in the stretch. */
export function clipped({ from, to }: Stretch, span: Pick<Span, 'fromSeq' | 'fromMs' | 'toSeq' | 'toMs'>) {
  const begin = Math.max(from.atMs, hasBegun(from, span) ? span.fromMs : from.atMs);
  const end = isOver(to, span) ? span.toMs : to.atMs;
  return { begin, ms: Math.max(0, Math.min(to.atMs, end) - begin) };
}
