// Archiving in a thread of its own, with a connection of its own. The thread lives only while it works, as the one that folds.

import { Worker } from 'node:worker_threads';

import type { ArchivedSegment } from '../../core/event.ts';
import type { ArchiveTask, LogKeeper } from '../../ports/log-keeper.ts';
import type { KeptLog } from '../../ports/store-location.ts';

/** What the thread is started with. */
export interface ArchiveOrder {
  readonly log: KeptLog;
  /** Of the archives. */
  readonly folder: string;
  readonly task: ArchiveTask;
}

/** `program` answers an `ArchiveOrder` with one message, what was archived or null, and ends. */
export function createArchiveThread(program: URL, where: Omit<ArchiveOrder, 'task'>): LogKeeper {
  let current: Worker | null = null;
  const run = (task: ArchiveOrder['task']): Promise<ArchivedSegment | null> => {
    const order: ArchiveOrder = { ...where, task };
    const thread = new Worker(program, { workerData: order });
    thread.unref();
    current = thread;
    return new Promise((resolve, reject) => {
      thread.once('message', (answer: ArchivedSegment | null) => resolve(answer));
      thread.once('error', (error) => reject(error));
      thread.once('exit', () => reject(new Error('the archiving thread ended without an answer')));
    });
  };
  return {
    archive: (fleetId, keep) => run({ do: 'archive', fleetId, keep }),
    cut: async (segment) => {
      await run({ do: 'cut', segment });
    },
    close: async () => {
      await current?.terminate();
    },
  };
}
