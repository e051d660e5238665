// Pairs of acquire and release, each on disk before its answer, by every way to a lock.

import { Scratch } from '../../../../test/support/scratch.ts';
import { closedLoop } from '../../load/closed-loop.ts';
import { paceOf } from '../../load/pace.ts';
import { BODY } from '../../peers/bare-log.ts';
import { openFullSync } from '../../peers/full-sync.ts';
import type { Ask, Row } from '../../section.ts';
import { inProcess } from './in-process.ts';
import { overHttp } from './over-http.ts';
import { overStdio } from './over-stdio.ts';
import { throughDesk } from './through-desk.ts';
import { CALLERS } from './way.ts';

export async function measure(ask: Ask): Promise<readonly Row[]> {
  const options = { pace: paceOf(ask), sizes: CALLERS };
  const rows: Row[] = [];
  for (const way of [inProcess, throughDesk, overHttp, overStdio]) rows.push(...(await way(options)));
  return [...rows, await fullSync(ask)];
}

/** One transaction for each, synced by SQLite itself: what a program does that takes no care. */
async function fullSync(ask: Ask): Promise<Row> {
  const scratch = new Scratch();
  const { append, close } = openFullSync(scratch.folder);
  try {
    const cells = await closedLoop(1, paceOf(ask), () => {
      append(BODY);
      append(BODY);
      return Promise.resolve();
    });
    const what = 'bare SQLite, a transaction each, synchronous=FULL';
    return { id: 'pairs.bare-full.1', what, size: 1, survives: 'disk', cells };
  } finally {
    close();
    await scratch.close();
  }
}
