// One lock and eight processes that all want it: how long each waits when every one holds it for 20 ms, and whether the
// order of the line is the order of the grants. Real `brigade mcp` processes, driven by the official client.

import { setTimeout as pass } from 'node:timers/promises';
import { contend } from '../test/support/contention.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';
import { usedMachine } from './support/used-machine.ts';

const PROCESSES = 8;
const ROUNDS = 30;
const HOLD_MS = 20;
const TURN_MS = PROCESSES * HOLD_MS;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch({ env: await usedMachine() });
  try {
    const seen = await contend(scratch, { processes: PROCESSES, rounds: ROUNDS, inside: () => pass(HOLD_MS) });
    const waits = seen.waitsMs.toSorted((a, b) => a - b);
    const at = (share: number): number => waits[Math.ceil(waits.length * share) - 1] ?? Number.NaN;
    return [
      { what: 'overlaps', value: seen.overlaps, unit: '', target: { atMost: 0 } },
      { what: 'time-outs', value: seen.timeOuts, unit: '', target: { atMost: 0 } },
      { what: 'grants out of order', value: seen.outOfOrder, unit: '', target: { atMost: 0 } },
      { what: 'wait, median', value: at(0.5), unit: 'ms' },
      { what: 'wait, 95th percentile', value: at(0.95), unit: 'ms', target: { atMost: 1.25 * TURN_MS } },
      { what: 'wait, longest', value: at(1), unit: 'ms', target: { atMost: 2 * TURN_MS } },
      { what: 'from release to the next grant, mean', value: seen.tookMs / waits.length - HOLD_MS, unit: 'ms' },
    ];
  } finally {
    await scratch.close();
  }
}
