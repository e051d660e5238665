// Pauses that differ between processes which lost the same race. The randomness is that of fresh ids.

import type { IdSource } from '../ports/id-source.ts';

const STEPS = 1_000_003;

/** Uniform in [0, 1). */
export function fraction(ids: IdSource): number {
  let mixed = 0;
  for (const char of ids.newId().slice(-6)) mixed = (mixed * 31 + char.charCodeAt(0)) % STEPS;
  return mixed / STEPS;
}

/** Whole milliseconds from 1 to `maxMs`. */
export function jitterMs(ids: IdSource, maxMs: number): number {
  return 1 + Math.floor(fraction(ids) * maxMs);
}
