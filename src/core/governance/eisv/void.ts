// When V is too far from zero, measured by what is usual for this agent.
//
// "Values so far" are read as including the one just computed: the dynamics come before the void in the order of an update.
// The vectors agree with either reading.

import { clip } from './clip.ts';

const FEWEST = 10;

/** T. `history` holds the last values of V, at most a hundred, the newest among them. */
export function voidThreshold(history: readonly number[]): number {
  if (history.length < FEWEST) return 0.15;
  const sizes = history.map(Math.abs);
  const mean = meanOf(sizes);
  const deviation = Math.sqrt(meanOf(sizes.map((size) => (size - mean) ** 2)));
  return clip(mean + 2 * deviation, 0.1, 0.3);
}

/** f: how many of the values are beyond the threshold, as a share; 0 while there are few. */
export function voidShare(history: readonly number[], threshold: number): number {
  if (history.length < FEWEST) return 0;
  return history.filter((value) => isVoid(value, threshold)).length / history.length;
}

export function isVoid(V: number, threshold: number): boolean {
  return Math.abs(V) > threshold;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
