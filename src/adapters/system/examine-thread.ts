// Examining a log in a thread of its own, with a connection of its own. The thread lives only while it works, and for so long
// at most; it does not keep the process alive.

import { Worker } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { LogExamined, LogExaminer } from '../../ports/log-examiner.ts';
import type { KeptLog } from '../../ports/store-location.ts';

/** What the thread is started with. */
export interface ExamineOrder {
  readonly log: KeptLog;
  /** Of the archives. */
  readonly folder: string;
  readonly fleetId: string | null;
}

export type ExamineTold = { readonly reached: number } | { readonly examined: LogExamined };

/** A hundred million events are read in this time. */
const LONGEST_MS = 600_000;
/** Twice what the state of a large fleet takes. */
const MEMORY_MB = 1_024;

/** `program` answers an `ExamineOrder` with `ExamineTold`, the last of them with what was found, and ends. */
export function createExamineThread(program: URL, where: Omit<ExamineOrder, 'fleetId'>, clock: Clock): LogExaminer {
  return {
    examine: (fleetId, onProgress) =>
      new Promise((resolve, reject) => {
        const order: ExamineOrder = { ...where, fleetId };
        const thread = new Worker(program, {
          workerData: order,
          resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
        });
        thread.unref();
        const cancel = clock.after(LONGEST_MS, () => void thread.terminate(), { background: true });
        thread.on('message', (told: ExamineTold) => {
          if ('reached' in told) onProgress(told.reached);
          else resolve(told.examined);
        });
        thread.once('error', (error) => reject(error));
        thread.once('exit', () => {
          cancel();
          reject(new Error('the examining thread ended without an answer'));
        });
      }),
  };
}
