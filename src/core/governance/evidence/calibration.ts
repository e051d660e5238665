// Stated confidence against what came of it: the Brier score (Brier 1950, "Verification of forecasts expressed in terms of
// probability") and ten bins of a reliability diagram. Only check-ins that stated a confidence and have an outcome count;
// the others show nothing of how well an agent knows what it does.

import type { CheckInRow } from '../../rows.ts';
import type { Calibration, CalibrationBin } from '../check-in.ts';

/** Lower ends. Each bin reaches to the next one, the last one to 1 itself. */
const BINS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

interface Label {
  readonly confidence: number;
  readonly succeeded: boolean;
  /** Its place in `BINS`. */
  readonly bin: number;
}

export function calibrationOf(checkIns: readonly Pick<CheckInRow, 'confidence' | 'outcomes'>[]): Calibration {
  const labels = checkIns.flatMap(labelOf);
  return {
    labels: labels.length,
    brier: labels.length === 0 ? null : mean(labels.map(missOf)),
    bins: BINS.flatMap((from, i) => {
      const inside = labels.filter(({ bin }) => bin === i);
      return inside.length === 0 ? [] : [binOf(from, inside)];
    }),
  };
}

/** True when all its outcomes are good, false when one is not, null while it has none. */
export function hasSucceeded({ outcomes }: Pick<CheckInRow, 'outcomes'>): boolean | null {
  return outcomes.length === 0 ? null : outcomes.every(({ ok }) => ok);
}

function labelOf(checkIn: Pick<CheckInRow, 'confidence' | 'outcomes'>): readonly Label[] {
  const { confidence } = checkIn;
  const succeeded = hasSucceeded(checkIn);
  if (confidence === null || succeeded === null) return [];
  return [{ confidence, succeeded, bin: BINS.findLastIndex((from) => from <= confidence) }];
}

function missOf({ confidence, succeeded }: Label): number {
  return (confidence - Number(succeeded)) ** 2;
}

function binOf(from: number, inside: readonly Label[]): CalibrationBin {
  return {
    from,
    count: inside.length,
    meanConfidence: mean(inside.map(({ confidence }) => confidence)),
    succeeded: mean(inside.map(({ succeeded }) => Number(succeeded))),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
