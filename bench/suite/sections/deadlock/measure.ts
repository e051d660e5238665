// Rings of waits in one process, on SQLite.

import { type Cook, codeOf, tokenOf } from '../../../../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../../../../test/support/library-cook.ts';
import { Scratch } from '../../../../test/support/scratch.ts';
import { inTurns } from '../../load/in-turns.ts';
import { parked } from '../../load/parked.ts';
import { quantile } from '../../load/statistics.ts';
import type { Row } from '../../section.ts';

const SIZES = [10, 100, 1_000];
const CLOSINGS = 20;
const AT_ONCE = 32;
const WAIT_MS = 600_000;

export async function measure(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const tookMs = await closings(size);
    const cells = { p50: quantile(tookMs, 0.5), worst: Math.max(...tookMs) };
    const targets = { worst: { atMost: 1_000 } };
    rows.push({ id: `deadlock.${size}`, what: 'agents in the chain', size, survives: 'disk', cells, targets });
  }
  return rows;
}

async function closings(size: number): Promise<readonly number[]> {
  const scratch = new Scratch();
  const fleet = await openLibrary(scratch.root, scratch.env);
  const over = new AbortController();
  try {
    const cooks: Cook[] = [];
    await inTurns(Array.from({ length: size }), AT_ONCE, async (_, i) => {
      cooks[i] = await cookHere(fleet, `cook-x${i}x`);
    });
    await inTurns(cooks, AT_ONCE, async (cook, i) => tokenOf(await cook.acquire(`task:dish-${i}`)));
    await inTurns(cooks.slice(0, -1), AT_ONCE, (cook, i) => parked(cook, `task:dish-${i + 1}`, over.signal));
    const tookMs: number[] = [];
    for (let closing = 0; closing < CLOSINGS; closing += 1) {
      const beganMs = performance.now();
      const code = codeOf((await cooks.at(-1)?.acquire('task:dish-0', { waitMs: WAIT_MS })) as never);
      tookMs.push(performance.now() - beganMs);
      if (code !== 'WAIT_ABORTED_DEADLOCK') throw new Error(`the ring of ${size} was answered ${code}`);
    }
    return tookMs;
  } finally {
    over.abort();
    await fleet.close();
    await scratch.close();
  }
}
