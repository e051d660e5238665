// How long the next one waits for a holder that is no more: killed, or stopped past the end of its lease. From the signal to
// the answer, with real `brigade mcp` processes.

import { untilInLine } from '../test/support/in-line.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const TTL_MS = 2_000;
/** A lease ends at its last use + TTL + a quarter of it. */
const LEASE_MS = TTL_MS * 1.25;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  try {
    const [killed, stopped, waiter] = await scratch.agents(['ana', 'cleo', 'bo']);
    if (killed === undefined || stopped === undefined || waiter === undefined) throw new Error('no agents');

    await killed.acquire('task:a');
    const first = waiter.call('acquire_lock', { resources: ['task:a'], waitMs: 25_000 });
    await untilInLine(waiter, 1);
    const killedMs = performance.now();
    await killed.kill();
    const afterKillMs = (await first).isError ? Number.NaN : performance.now() - killedMs;

    await stopped.acquire('task:b', { ttlMs: TTL_MS });
    const heldMs = performance.now();
    stopped.stop();
    const second = await waiter.call('acquire_lock', { resources: ['task:b'], waitMs: 25_000 });
    const overMs = second.isError ? Number.NaN : performance.now() - heldMs - LEASE_MS;
    return [
      { what: 'holder killed: until the next is granted', value: afterKillMs, unit: 'ms', target: { atMost: 2_000 } },
      { what: 'holder stopped: after the end of its lease', value: overMs, unit: 'ms', target: { atMost: 1_000 } },
    ];
  } finally {
    await scratch.close();
  }
}
