// The numbers that an agent gives of itself: how `eisv-v1` takes them, and how far they moved since the last time.

import { LIMITS } from '../../limits.ts';

/** As they are kept: cut to 128, what is not finite as 0, without the zeros at the end, which padding brings back. */
export function fedParameters(given: readonly number[]): readonly number[] {
  const fed = given.slice(0, LIMITS.parameters).map(finite);
  return fed.slice(0, fed.findLastIndex((value) => value !== 0) + 1);
}

/**
 * D2, the mean square of their differences over all 128; 0 on the first update. Where the squares are beyond all numbers it
 * is the largest one: everything computed from it is clipped long before, and infinity times nothing would be no number.
 */
export function changeOf(fed: readonly number[], previous: readonly number[] | null): number {
  if (previous === null) return 0;
  let sum = 0;
  for (let i = 0; i < Math.max(fed.length, previous.length); i++) sum += ((fed[i] ?? 0) - (previous[i] ?? 0)) ** 2;
  return Math.min(sum / LIMITS.parameters, Number.MAX_VALUE);
}

/** 1 where nothing moved, about 0.37 where the numbers moved by a tenth. */
export function coherenceOf(change: number): number {
  return Math.exp(-Math.sqrt(change) / 0.1);
}

/** Adding 0 makes -0 one: JSON does not know it, and a state read back must equal the one that was written. */
function finite(value: number): number {
  return Number.isFinite(value) ? value + 0 : 0;
}
