// One waits, the other one releases, in two processes that are clients of a third one's desk, a thousand times: how long from
// the release to the moment when the waiter hears.

import { Scratch } from '../test/support/scratch.ts';
import { closeAll, startCallers } from './support/callers.ts';
import type { Figure } from './support/figure.ts';

const ROUNDS = 1_000;
const WARM_ROUNDS = 50;

export async function measure(): Promise<readonly Figure[]> {
  const desk = await handOvers('auto', ROUNDS);
  const direct = await handOvers('off', ROUNDS);
  return [
    { what: 'desk: to hear, median', value: at(desk, 0.5), unit: 'ms', target: { atMost: 5 } },
    { what: `desk: to hear, 99th percentile of ${ROUNDS}`, value: at(desk, 0.99), unit: 'ms', target: { atMost: 10 } },
    { what: 'desk: to hear, worst', value: at(desk, 1), unit: 'ms' },
    { what: 'direct: to hear, median', value: at(direct, 0.5), unit: 'ms' },
    { what: 'direct: to hear, 99th percentile', value: at(direct, 0.99), unit: 'ms' },
  ];
}

/** From release to the moment when the waiter hears, ms, shortest first. */
export async function handOvers(desk: 'auto' | 'off', rounds: number): Promise<readonly number[]> {
  const scratch = new Scratch();
  const resource = 'task:knife';
  try {
    const callers = await startCallers(scratch, { processes: 3, callers: 1, desk });
    const [, one, other] = callers;
    if (one === undefined || other === undefined) return [];
    one.say({ do: 'hold', resource });
    await one.hear('held');
    let [holder, waiter] = [one, other];
    const tookMs: number[] = [];
    for (let round = 0; round < WARM_ROUNDS + rounds; round += 1) {
      waiter.say({ do: 'hold', resource });
      await waiter.hear('parked');
      holder.say({ do: 'release' });
      const [released, held] = await Promise.all([holder.hear('released'), waiter.hear('held')]);
      if (round >= WARM_ROUNDS) tookMs.push(held.atMs - released.atMs);
      [holder, waiter] = [waiter, holder];
    }
    await closeAll(callers);
    return tookMs.toSorted((a, b) => a - b);
  } finally {
    await scratch.close();
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
