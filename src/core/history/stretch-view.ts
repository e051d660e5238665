// Any view of a stretch, by its query.

import { checkInsOf } from './check-ins.ts';
import type { Chronicle } from './chronicle.ts';
import { heatOf } from './heat.ts';
import { seriesOf, stepOf } from './series.ts';
import type { Stretch } from './span.ts';
import { STRETCH_LIMITS, type StretchQuery, type StretchViewOfKind } from './stretch-views.ts';
import { timelineOf } from './timeline.ts';

/** What `query` shows of `stretch`, which `chronicle` has all of. */
export function stretchViewOf<Q extends StretchQuery>(
  chronicle: Chronicle,
  stretch: Stretch,
  query: Q,
): StretchViewOfKind[Q['kind']] {
  return answer(chronicle, stretch, query) as StretchViewOfKind[Q['kind']];
}

function answer(chronicle: Chronicle, stretch: Stretch, query: StretchQuery) {
  switch (query.kind) {
    case 'timeline':
      return timelineOf(chronicle, stretch, query);
    case 'heat':
      return heatOf(chronicle, stretch);
    case 'series':
      return seriesOf(chronicle, stretch, minutesOf(query.minutes));
    case 'checkins':
      return checkInsOf(chronicle, stretch, query);
  }
}

/**
 * Where a query begins that ends at `toMs`. Null: as far back as events are read. The first step of a series is a whole
 * one, so it begins a little later than so many minutes ago.
 */
export function beginningOf(query: StretchQuery, toMs: number): number | null {
  switch (query.kind) {
    case 'timeline':
      return query.fromMs ?? toMs - STRETCH_LIMITS.minutes * 60_000;
    case 'heat':
      return toMs - minutesOf(query.minutes) * 60_000;
    case 'series': {
      const stepMs = stepOf(minutesOf(query.minutes));
      return (Math.floor(toMs / stepMs) - STRETCH_LIMITS.points + 1) * stepMs;
    }
    case 'checkins':
      return null;
  }
}

function minutesOf(minutes: number | undefined): number {
  return Math.min(STRETCH_LIMITS.minutesMax, Math.max(1, minutes ?? STRETCH_LIMITS.minutes));
}
