// A pause that differs between processes which lost the same race. The randomness is that of fresh ids.

import type { IdSource } from '../ports/id-source.ts';

/** Whole milliseconds from 1 to `maxMs`. */
export function jitterMs(ids: IdSource, maxMs: number): number {
  let mixed = 0;
  for (const char of ids.newId().slice(-6)) mixed = (mixed * 31 + char.charCodeAt(0)) % 1_000_003;
  return 1 + (mixed % maxMs);
}
