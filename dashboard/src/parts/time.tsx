// Times and durations: relative in the text, exact on hover and for screen readers of the title.

import { durationText } from '../../../src/core/view/duration-text.ts';
import type { Answered } from '../data/api.ts';
import { useMoment } from '../data/moment.ts';
import { useNow, useNowAs } from '../data/now.ts';

/** A duration of an answer, which goes on growing (or, `isLeft`, shrinking) as long as the page shows now. */
export function Lasting({
  ms,
  of,
  isLeft = false,
}: {
  readonly ms: number;
  /** The answer that said it. */
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly isLeft?: boolean;
}) {
  const since = useSince(of);
  const shown = isLeft ? ms - since : ms + since;
  const exact = new Date(isLeft ? of.receivedMs + ms : of.receivedMs - ms);
  return (
    <time dateTime={`PT${Math.max(0, shown / 1_000).toFixed(0)}S`} title={exactText(exact)} className="tabular-nums">
      {durationText(roundedToSeconds(shown))}
    </time>
  );
}

/** How long ago something was, as an answer said it. */
export function Ago({ ms, of }: { readonly ms: number; readonly of: Pick<Answered<unknown>, 'receivedMs'> }) {
  return (
    <span className="whitespace-nowrap">
      <Lasting ms={ms} of={of} /> ago
    </span>
  );
}

/** How long ago the answer came; 0 in the past, where nothing grows. */
export function useSince(of: Pick<Answered<unknown>, 'receivedMs'>): number {
  const now = useNow();
  const { at } = useMoment();
  return at === null ? Math.max(0, now - of.receivedMs) : 0;
}

/** A duration of an answer that goes on growing, as text and to about a tenth of it: for a drawing with hundreds of them. */
export function useRoughly(ms: number, of: Pick<Answered<unknown>, 'receivedMs'>): string {
  const { at } = useMoment();
  return useNowAs((now) => durationText(roughly(ms + (at === null ? Math.max(0, now - of.receivedMs) : 0))));
}

function roughly(ms: number): number {
  const step = ROUGH_STEPS.find(({ fromMs }) => ms >= fromMs)?.ms ?? 1_000;
  return Math.floor(ms / step) * step;
}

const ROUGH_STEPS = [
  { fromMs: 3_600_000, ms: 300_000 },
  { fromMs: 600_000, ms: 60_000 },
  { fromMs: 60_000, ms: 10_000 },
  { fromMs: 10_000, ms: 5_000 },
] as const;

/** A point in time: `3m ago`; in a view of the past, the time itself. */
export function When({ at }: { readonly at: string | number }) {
  const now = useNow();
  const { at: moment } = useMoment();
  const time = new Date(at);
  const ago = now - time.getTime();
  const text = moment === null && ago < DAY_MS ? `${durationText(roundedToSeconds(ago))} ago` : shortText(time);
  return (
    <time
      dateTime={Number.isNaN(time.getTime()) ? '' : time.toISOString()}
      title={exactText(time)}
      className="tabular-nums whitespace-nowrap"
    >
      {text}
    </time>
  );
}

const DAY_MS = 86_400_000;

function roundedToSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1_000) * 1_000);
}

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function exactText(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'unknown' : `${EXACT.format(time)}, ${time.toISOString()}`;
}

export function shortText(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'unknown' : SHORT.format(time);
}
