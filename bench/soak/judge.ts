// Whether a soak was flat: each series cut to what came after its warm-up, made into the means of stretches, and a line through
// them. It has grown when even the flattest line that may be true (three standard errors below the slope) rises by more than its bound.

import { fitLine } from '../suite/load/statistics.ts';

/** Seconds since the start, and what was seen then. */
export type Series = readonly (readonly [seconds: number, value: number])[];

export interface Rule {
  readonly series: string;
  readonly unit: string;
  /** The most that it may grow in an hour. */
  readonly perHourMax?: number;
  /** The most that it may ever be. */
  readonly most?: number;
}

export interface Verdict {
  readonly series: string;
  readonly unit: string;
  readonly mean: number;
  readonly largest: number;
  /** Growth in an hour, and three times its standard error. */
  readonly perHour: number;
  readonly error: number;
  readonly bound: string;
  readonly isKept: boolean;
}

const STRETCHES = 12;
/** One line in two hundred is farther off than that, with so many stretches. */
const ERRORS = 3;
const HOUR_S = 3_600;

export function judge({ series: name, unit, perHourMax, most }: Rule, series: Series, warmSeconds: number): Verdict {
  const counted = series.filter(([seconds]) => seconds >= warmSeconds);
  if (counted.length < 2 * STRETCHES)
    throw new Error(`${name}: ${counted.length} samples after the warm-up are too few`);
  const values = counted.map(([, value]) => value);
  const largest = Math.max(...values);
  const { slope, slopeError } = fitLine(means(counted));
  const [perHour, error] = [slope * HOUR_S, ERRORS * slopeError * HOUR_S];
  const isFlat = perHourMax === undefined || perHour - error <= perHourMax;
  const isBounded = most === undefined || largest <= most;
  const bounds = [
    ...(perHourMax === undefined ? [] : [`<= ${perHourMax} ${unit}/h`]),
    ...(most === undefined ? [] : [`at most ${most} ${unit}`]),
  ];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { series: name, unit, mean, largest, perHour, error, bound: bounds.join(', '), isKept: isFlat && isBounded };
}

/** What lies near each other in time is alike: single samples would make the line look surer than it is. */
function means(series: Series): Series {
  const size = Math.floor(series.length / STRETCHES);
  return Array.from({ length: STRETCHES }, (_, i) => {
    const stretch = series.slice(i * size, i === STRETCHES - 1 ? undefined : (i + 1) * size);
    const mean = (of: (point: Series[number]) => number): number =>
      stretch.reduce((sum, point) => sum + of(point), 0) / stretch.length;
    return [mean(([seconds]) => seconds), mean(([, value]) => value)] as const;
  });
}
