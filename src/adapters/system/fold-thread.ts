// Folding in a thread of its own. The thread lives only while it works: a fold is rare, and an idle thread would cost
// every process its memory. It does not keep the process alive.

import { Worker } from 'node:worker_threads';
import type { BackgroundFold, FoldReport } from '../../ports/background-fold.ts';
import type { KeptLog } from '../../ports/store-location.ts';

/** What the thread is started with. */
export interface FoldOrder {
  readonly log: KeptLog;
  readonly everyEvents: number;
}

/** `program` answers a `FoldOrder` with one message, a `FoldReport`, and ends. */
export function createFoldThread(program: URL, log: KeptLog): BackgroundFold {
  let current: Worker | null = null;
  return {
    run: (everyEvents) => {
      const order: FoldOrder = { log, everyEvents };
      const thread = new Worker(program, { workerData: order });
      thread.unref();
      current = thread;
      return new Promise((resolve, reject) => {
        thread.once('message', (report: FoldReport) => resolve(report));
        thread.once('error', (error) => reject(error));
        thread.once('exit', () => reject(new Error('the folding thread ended without an answer')));
      });
    },
    close: async () => {
      await current?.terminate();
    },
  };
}
