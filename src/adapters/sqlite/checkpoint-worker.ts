// A thread with a connection of its own that does what may block, checkpoints above all, so that their syncs and waits
// never stop the event loop that serves. It uses the same SQLite library as its parent: two libraries on one file in one process drop each
// other's locks.

import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { checkpoint, type WalLimits } from './checkpoint.ts';
import { setConnectionOptions } from './connection-options.ts';
import { loadSqliteDriver, type SqliteConnection, type SqliteDriverName } from './sqlite-driver.ts';

export interface SideThreadData {
  readonly file: string;
  readonly walPath: string;
  readonly driver: SqliteDriverName;
  readonly limits: WalLimits;
}

/** `read`: try whether the log can be read; SQLite may wait 10 s inside that. */
export type SideThreadRequest = 'checkpoint' | 'read' | 'close';

export interface SideThreadReport {
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

async function serve(port: NonNullable<typeof parentPort>, data: SideThreadData): Promise<void> {
  const driver = await loadSqliteDriver(data.driver);
  const connection = driver.connect(data.file, { busyTimeoutMs });
  setConnectionOptions(connection);
  port.on('message', (request: SideThreadRequest) => {
    if (request === 'checkpoint')
      return port.postMessage(report(() => checkpoint(connection, walBytes(), data.limits)));
    if (request === 'read') return port.postMessage(report(() => read(connection)));
    connection.close();
    port.close();
  });

  function walBytes(): number {
    return statSync(data.walPath, { throwIfNoEntry: false })?.size ?? 0;
  }
}

function read(connection: SqliteConnection): boolean {
  connection.prepare('SELECT count(*) FROM log_base').get();
  return true;
}

function report(work: () => boolean): SideThreadReport {
  try {
    return { isDone: work(), trouble: null };
  } catch (error) {
    return { isDone: false, trouble: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort !== null) await serve(parentPort, workerData as SideThreadData);
