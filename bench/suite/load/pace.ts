import type { Ask } from '../section.ts';
import type { Pace } from './closed-loop.ts';

/** How long each load of a section is measured. */
export function paceOf({ isQuick }: Ask): Pace {
  return isQuick ? { warmMs: 500, countedMs: 2_000 } : { warmMs: 1_000, countedMs: 3_000 };
}
