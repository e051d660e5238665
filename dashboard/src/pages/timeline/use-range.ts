// Which stretch the timeline shows, from the page's address: `from` and `to`, or the `last` so many milliseconds up to now, which
// goes on with the time. Of a moment of the past it is what lies around it, unless the address says otherwise.

import { useCallback } from 'react';
import { useMoment } from '../../data/moment.ts';
import { useNow } from '../../data/now.ts';
import { useChosen } from '../../data/params.ts';
import { serverClock } from '../../data/server-clock.ts';
import type { SpokenFleet } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { isAtNow, msOf, type TimeRange } from './range.ts';

export const HOUR_MS = 3_600_000;
/** Of the stretch around a moment so much lies behind it. */
const BEHIND = 0.25;

export interface Shown {
  readonly range: TimeRange;
  readonly nowMs: number;
  /** When the fleet was founded, and its log begins. */
  readonly beginsMs: number;
  /** It goes on with the time. */
  readonly isFollowing: boolean;
  /** The moment that the page shows; null is now. */
  readonly momentMs: number | null;
  readonly show: (range: TimeRange) => void;
  readonly showLast: (ms: number) => void;
}

export function useRange(): Shown {
  const [query, choose] = useChosen();
  const nowMs = useNow();
  const { at } = useMoment();
  // Of a moment that is the number of an event only the server knows the time.
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data;
  const momentMs = at === null ? null : timeOf(/^\d+$/.test(at) ? (fleet?.asOf?.at ?? '') : at);
  const fixed = fixedRange(query);
  const last = Number(query.get('last') ?? HOUR_MS);
  const lastMs = Number.isFinite(last) && last > 0 ? last : HOUR_MS;
  const end = momentMs === null ? nowMs : Math.min(nowMs, momentMs + BEHIND * lastMs);
  const show = useCallback(
    (range: TimeRange) => {
      const isNow = at === null && isAtNow(range, serverClock.now());
      const [from, to] = [range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString());
      if (isNow) choose({ from: null, to: null, last: String(Math.round(msOf(range))) });
      else choose({ from: from ?? null, to: to ?? null, last: null });
    },
    [choose, at],
  );
  const showLast = useCallback((ms: number) => choose({ from: null, to: null, last: String(ms) }), [choose]);
  return {
    range: fixed ?? { fromMs: end - lastMs, toMs: end },
    nowMs,
    beginsMs: timeOf(fleet?.body.foundedAt ?? '') ?? 0,
    isFollowing: fixed === null && at === null,
    momentMs,
    show,
    showLast,
  };
}

function fixedRange(query: URLSearchParams): TimeRange | null {
  const fromMs = timeOf(query.get('from') ?? '');
  const toMs = timeOf(query.get('to') ?? '');
  return fromMs === null || toMs === null || toMs <= fromMs ? null : { fromMs, toMs };
}

function timeOf(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
