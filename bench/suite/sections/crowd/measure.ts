// Pairs beside a crowd, durably, in one process.

import { type Cook, leased } from '../../../../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../../../../test/support/library-cook.ts';
import { Scratch } from '../../../../test/support/scratch.ts';
import { closedLoop } from '../../load/closed-loop.ts';
import { cookPair } from '../../load/cook-pair.ts';
import { inTurns } from '../../load/in-turns.ts';
import { paceOf } from '../../load/pace.ts';
import { parked } from '../../load/parked.ts';
import { median } from '../../load/statistics.ts';
import type { Ask, Row } from '../../section.ts';

const CALLERS = 32;
const AGENTS = 200;
const LEASES = 100_000;
const WAITERS = 10_000;
const TOGETHER = 250;
const DAY_MS = 86_400_000;
const VIEWS = 15;
const AT_ONCE = 32;

export async function measure(ask: Ask): Promise<readonly Row[]> {
  const share = ask.isQuick ? 0.1 : 1;
  const [leases, waiters] = [LEASES * share, WAITERS * share];
  const scratch = new Scratch();
  const fleet = await openLibrary(scratch.root, scratch.env);
  const over = new AbortController();
  try {
    const callers = await Promise.all(Array.from({ length: CALLERS }, (_, i) => cookHere(fleet, `cook-x${i}x`)));
    const crowd = await Promise.all(Array.from({ length: AGENTS }, (_, i) => cookHere(fleet, `guest-x${i}x`)));
    const row = async (id: string, what: string, make: () => Promise<unknown>): Promise<Row> => {
      const beganMs = performance.now();
      await make();
      const made = (performance.now() - beganMs) / 1_000;
      const pairs = await closedLoop(CALLERS, paceOf(ask), (i) => cookPair(callers[i], `task:order-${i}`));
      return { id, what, survives: 'disk', cells: { ...pairs, view: await viewMs(fleet), made } };
    };
    const alone = 'crowd.none';
    return [
      await row(alone, 'nothing else held', () => Promise.resolve()),
      { ...(await row('crowd.leases', `${count(leases)} leases held`, () => hold(crowd, leases))), bare: alone },
      {
        ...(await row('crowd.waiters', `and ${count(waiters)} waiters`, () =>
          queue(crowd, { leases, waiters }, over.signal),
        )),
        bare: alone,
      },
    ];
  } finally {
    over.abort();
    await fleet.close();
    await scratch.close();
  }
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}

async function hold(crowd: readonly Cook[], leases: number): Promise<void> {
  await inTurns(Array.from({ length: leases / TOGETHER }), AT_ONCE, async (_, call) => {
    const resources = Array.from({ length: TOGETHER }, (__, k) => `task:dish-${call}-${k}`);
    const reply = leased((await crowd[call % AGENTS]?.acquire(resources, { ttlMs: DAY_MS })) as never);
    if (reply.leases.length !== TOGETHER) throw new Error(reply.status);
  });
}

/** The second half waits for what the first half holds, so that nobody waits in a circle. Resolves once all stand in line. */
async function queue(
  crowd: readonly Cook[],
  { leases, waiters }: { readonly leases: number; readonly waiters: number },
  gone: AbortSignal,
): Promise<void> {
  const half = AGENTS / 2;
  const held = Math.min(half, leases / TOGETHER);
  await inTurns(Array.from({ length: waiters }), AT_ONCE, async (_, i) => {
    const cook = crowd[half + (i % half)];
    const resource = `task:dish-${i % held}-${Math.floor(i / held) % TOGETHER}`;
    if (cook !== undefined) await parked(cook, resource, gone);
  });
}

async function viewMs({ coordinator }: Awaited<ReturnType<typeof openLibrary>>): Promise<number> {
  const tookMs: number[] = [];
  for (let view = 0; view < VIEWS; view += 1) {
    const beganMs = performance.now();
    await coordinator.view({ kind: 'locks', limit: 100 });
    tookMs.push(performance.now() - beganMs);
  }
  return median(tookMs);
}
