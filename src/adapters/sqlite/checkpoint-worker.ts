// A thread with a connection of its own that makes checkpoints, so that their syncs and waits never stop the event loop
// that serves. It uses the same SQLite library as its parent: two libraries on one file in one process drop each
// other's locks.

import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { checkpoint, type WalLimits } from './checkpoint.ts';
import { setConnectionOptions } from './connection-options.ts';
import { loadSqliteDriver, type SqliteDriverName } from './sqlite-driver.ts';

export interface CheckpointWorkerData {
  readonly file: string;
  readonly walPath: string;
  readonly driver: SqliteDriverName;
  readonly limits: WalLimits;
}

export type CheckpointRequest = 'checkpoint' | 'close';
export interface CheckpointReport {
  /** False when somebody stood in the way; it is tried again after a while. */
  readonly isDone: boolean;
  /** Null when all went well. */
  readonly trouble: string | null;
}

/**
 * How long a checkpoint may wait, with the write lock in hand, for readers of older pages to finish. They finish in
 * microseconds, unless one was stopped there.
 */
const busyTimeoutMs = 20;

async function serve(port: NonNullable<typeof parentPort>, data: CheckpointWorkerData): Promise<void> {
  const driver = await loadSqliteDriver(data.driver);
  const connection = driver.connect(data.file, { busyTimeoutMs });
  setConnectionOptions(connection);
  port.on('message', (request: CheckpointRequest) => {
    if (request === 'checkpoint') return port.postMessage(report());
    connection.close();
    port.close();
  });

  function report(): CheckpointReport {
    try {
      const walFileBytes = statSync(data.walPath, { throwIfNoEntry: false })?.size ?? 0;
      return { isDone: checkpoint(connection, walFileBytes, data.limits), trouble: null };
    } catch (error) {
      return { isDone: false, trouble: error instanceof Error ? error.message : String(error) };
    }
  }
}

if (parentPort !== null) await serve(parentPort, workerData as CheckpointWorkerData);
