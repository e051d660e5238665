// 10,000 sessions that were opened over HTTP and never heard of again, under a policy that ends them after 5 s: are they gone, and
// what is left of them in the memory of the server? The server runs in this process, so that what is unused can be collected.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Served, serveFleet } from '../src/surface/http/run-serve.ts';
import { Scratch } from '../test/support/scratch.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import type { Figure } from './support/figure.ts';

const SESSIONS = 10_000;
const SILENCE_MS = 5_000;
const AT_ONCE = 32;
/** What every server has after its first minute, abandoned sessions or not. */
const WARM = 200;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  scratch.write('.brigade/policy.json', JSON.stringify({ silentSessionMs: SILENCE_MS }));
  const flags = { root: scratch.root, port: '0', logLevel: 'error' };
  const served = await serveFleet({ flags, env: scratch.env, folder: scratch.root, version: 'bench' });
  try {
    await abandon(served, WARM, 'warm');
    const before = memory();
    const beganMs = performance.now();
    await abandon(served, SESSIONS, 'cook');
    const goneMs = performance.now() - beganMs;
    const after = memory();
    // Of each some 330 bytes are its agent, for good; the rest is its ended session, for seven days, and its request, for ten
    // minutes, of both the newest 10,000: what a handle and a repeat are promised to find.
    // What is remembered of those who left has bounds (ADR 18). Once they are reached, as many again leave nothing more.
    await abandon(served, SESSIONS, 'cook');
    const again = memory();
    return [
      { what: `${SESSIONS} sessions opened, left and gone within`, value: goneMs / 1_000, unit: 's' },
      { what: 'memory before', value: before, unit: 'MiB' },
      { what: 'memory after', value: after, unit: 'MiB' },
      {
        what: 'kept of each',
        value: ((after - before) * 2 ** 20) / SESSIONS,
        unit: 'bytes',
        target: { atMost: 2_000 },
      },
      { what: 'of what it was before', value: after / before, unit: 'times' },
      { what: 'memory after the same agents came and left again', value: again, unit: 'MiB' },
      { what: 'of what it was after the first time', value: again / after, unit: 'times', target: { atMost: 1.1 } },
    ];
  } finally {
    await served.stop();
    await scratch.close();
  }
}

/** Opens so many sessions, leaves them, and waits until none is left. */
async function abandon({ url, fleet }: Served, count: number, name: string): Promise<void> {
  let opened = 0;
  const open = async (): Promise<void> => {
    while (opened < count) {
      opened += 1;
      const body = JSON.stringify({ id: `${name}-x${opened}x` });
      const answer = await fetch(`${url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  const live = async (): Promise<number> => (await fleet.coordinator.view({ kind: 'fleet' })).counts.sessions;
  await waitUntil('the end of all sessions', async () => (await live()) === 0, { withinMs: 120_000, everyMs: 100 });
}

/** What is in use after everything unused was given back, MiB. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
