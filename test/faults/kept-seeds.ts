// Cells in which something was wrong once, with their seeds. The full run plays them again, for ever.

import type { Cell } from './matrix.ts';

export interface KeptSeed extends Cell {
  readonly seed: number;
  readonly round: number;
  /** What was wrong. */
  readonly found: string;
}

export const KEPT_SEEDS: readonly KeptSeed[] = [
  {
    store: 'sqlite-desk',
    fault: 'stopped',
    workload: 'contended',
    seed: 2,
    round: 1,
    found: 'a desk that went on decided a call whose caller had been answered by the next desk',
  },
  {
    store: 'memory',
    fault: 'lost',
    workload: 'governed',
    seed: 31,
    round: 10,
    found: 'an agent that was paused meanwhile heard AGENT_PAUSED of a write that had been made',
  },
];
