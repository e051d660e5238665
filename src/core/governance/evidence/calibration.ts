// Stated confidence against what came of it: the Brier score (Brier 1950, "Verification of forecasts expressed in terms of
// probability") and ten bins of a reliability diagram. Only check-ins that stated a confidence and have an outcome count;
// the others show nothing of how well an agent knows what it does.

import type { KnownCheckIn } from '../../rows.ts';
import type { Calibration, CalibrationBin } from '../check-in.ts';

/** Each begins at a tenth and reaches to the next one, the last one to 1 itself. */
const BINS = 10;

type Labelled = Pick<KnownCheckIn, 'confidence' | 'outcomes'>;

/** One pass: every check-in is judged by all that is known of the agent, and people wait for the answer. */
export function calibrationOf(checkIns: readonly Labelled[]): Calibration {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, succeeded: 0 }));
  let labels = 0;
  let misses = 0;
  for (const checkIn of checkIns) {
    const { confidence } = checkIn;
    const succeeded = confidence === null ? null : hasSucceeded(checkIn);
    const sum = confidence === null ? undefined : sums[binOf(confidence)];
    if (confidence === null || succeeded === null || sum === undefined) continue;
    labels += 1;
    misses += (confidence - Number(succeeded)) ** 2;
    sum.count += 1;
    sum.confidence += confidence;
    sum.succeeded += Number(succeeded);
  }
  return { labels, brier: labels === 0 ? null : misses / labels, bins: sums.flatMap(binView) };
}

/** True when all its outcomes are good, false when one is not, null while it has none. */
export function hasSucceeded({ outcomes }: Pick<KnownCheckIn, 'outcomes'>): boolean | null {
  if (outcomes.length === 0) return null;
  for (const { ok } of outcomes) if (!ok) return false;
  return true;
}

function binOf(confidence: number): number {
  let bin = BINS - 1;
  while (bin > 0 && bin / BINS > confidence) bin -= 1;
  return bin;
}

function binView(
  sum: { readonly count: number; readonly confidence: number; readonly succeeded: number },
  bin: number,
): readonly CalibrationBin[] {
  const { count, confidence, succeeded } = sum;
  if (count === 0) return [];
  return [{ from: bin / BINS, count, meanConfidence: confidence / count, succeeded: succeeded / count }];
}
