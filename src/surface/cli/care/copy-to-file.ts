// The log of a server as a file of its own: as it stood when the copy was begun, while others go on with it.

import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { logBase } from '../../../app/log-base.ts';
import { copyBatches, copySnapshots, type LogCopy } from '../../../app/move/copy-log.ts';
import { clock, copyLogFile, createStore, type KeptLog } from '../../../compose.ts';
import type { Rejection } from '../../../core/rejection.ts';
import type { Context } from '../context.ts';
import { logInFile, noLog, placeOf } from './kept-log.ts';
import { progressOn } from './progress.ts';

/** Copies `kept` to `file`, which is not there yet; or why there is nothing to copy. Throws `StoreFault`. */
export async function copyToFile(context: Context, kept: KeptLog, file: string): Promise<Rejection | undefined> {
  const progress = progressOn(context);
  const folder = await mkdtemp(join(dirname(file), '.brigade-backup-'));
  const draft = join(folder, 'draft.db');
  const [from, to] = [await createStore(kept), await createStore(logInFile(draft))];
  try {
    const upTo = await from.open();
    if (upTo.seq === 0) return noLog(placeOf(kept));
    const empty = await to.open();
    const copy: LogCopy = { from, to, base: await logBase(from), upTo, clock };
    await copyBatches({ ...copy, onProgress: (events) => progress.tell('copied', events) }, empty);
    await copySnapshots(copy);
    await to.close();
    // One file, whole and on the disk under its own name, or none.
    await copyLogFile(draft, file);
    return undefined;
  } finally {
    progress.clear();
    await Promise.allSettled([from.close(), to.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}
