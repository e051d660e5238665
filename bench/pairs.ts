// Pairs of acquire and release a second through the local coordinator on SQLite, for some callers in one process, each with
// a lock of its own: what group commit makes of one disk. Beside it the disk alone, and the same without the sync.

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Durability } from '../src/app/settings.ts';
import { type Cook, codeOf, tokenOf } from '../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../test/support/library-cook.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const CALLERS = [1, 8, 32, 64];
const RUN_MS = 1_500;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  try {
    const disk = { what: 'syncs of this disk, one after the other', value: syncRate(scratch.folder), unit: 'syncs/s' };
    return [disk, ...(await pairs(scratch, 'host')), ...(await pairs(scratch, 'process'))];
  } finally {
    await scratch.close();
  }
}

async function pairs(scratch: Scratch, durability: Durability): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const fleet = await openLibrary(scratch.root, scratch.env, durability);
  for (const callers of CALLERS) {
    const cooks = await Promise.all(Array.from({ length: callers }, (_, i) => cookHere(fleet, `cook-x${i}x`)));
    const endsMs = performance.now() + RUN_MS;
    const beganMs = performance.now();
    const counts = await Promise.all(cooks.map((cook, i) => pairsOf(cook, `task:dish-${i}`, endsMs)));
    const seconds = (performance.now() - beganMs) / 1_000;
    const value = counts.reduce((sum, count) => sum + count, 0) / seconds;
    figures.push({ what: `${callers} callers, durability ${durability}`, value, unit: 'pairs/s' });
  }
  await fleet.close();
  return figures;
}

async function pairsOf(cook: Cook, resource: string, endsMs: number): Promise<number> {
  let made = 0;
  while (performance.now() < endsMs) {
    const token = tokenOf(await cook.acquire(resource));
    const code = codeOf(await cook.release([{ resource, token }]));
    if (code !== 'none') throw new Error(`release: ${code}`);
    made += 1;
  }
  return made;
}

/** How often a second this disk can be made to keep something, in the way the log does it. */
function syncRate(folder: string): number {
  const file = openSync(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const beganMs = performance.now();
  let syncs = 0;
  for (; performance.now() - beganMs < 500; syncs += 1) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  closeSync(file);
  return syncs / 0.5;
}
