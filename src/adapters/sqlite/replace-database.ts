// Another file takes the place of a log: the way back from a backup.
//
//   1. nobody else may have the log open; SQLite gives up its write-ahead log only to the last one
//   2. the log gets its second name, then the other file takes its first one; at no moment is there no log
//
// A process that opens the log meanwhile waits for the lock or finds the file replaced under it, and looks again.

import { link, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreFault } from '../../ports/event-store.ts';
import type { Replacement } from '../../ports/log-file.ts';
import { syncFolder } from './prepare-file.ts';
import type { SqliteConnection, SqliteDriver } from './sqlite-driver.ts';
import { asStoreFault, isBusy } from './sqlite-faults.ts';

const SIDE_FILES = ['-wal', '-shm'] as const;

/**
 * Puts the file `by` in the place of the log `file`, which is kept as `aside`. Refuses with STORE_UNAVAILABLE while
 * another process has the log open. A log that is damaged is put aside as it is, together with its write-ahead log.
 */
export async function replaceDatabase(driver: SqliteDriver, { file, by, aside }: Replacement): Promise<void> {
  const held = (await isThere(file)) ? holdAlone(driver, file) : null;
  try {
    // Windows moves no file that is open.
    if (process.platform === 'win32') held?.close();
    if (held !== null) await putAside(file, aside);
    await rename(by, file);
    await syncFolder(dirname(file));
  } finally {
    if (process.platform !== 'win32') held?.close();
  }
}

/** The log alone, without a write-ahead log and locked; a damaged file is held by nobody. */
function holdAlone(driver: SqliteDriver, file: string): Pick<SqliteConnection, 'close'> {
  const connection = driver.connect(file, { busyTimeoutMs: 0 });
  try {
    const row = connection.prepare('PRAGMA journal_mode = DELETE').get() as { readonly journal_mode: string };
    if (row.journal_mode !== 'delete') throw inUse(file);
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if (isBusy(driver, error)) throw inUse(file, error);
    const fault = asStoreFault(driver, file, error);
    if (fault instanceof StoreFault && fault.code === 'STORE_DAMAGED') return { close: () => undefined };
    throw fault;
  }
}

async function putAside(file: string, aside: string): Promise<void> {
  await link(file, aside);
  for (const suffix of SIDE_FILES) {
    if (await isThere(`${file}${suffix}`)) await rename(`${file}${suffix}`, `${aside}${suffix}`);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function inUse(file: string, cause?: unknown): StoreFault {
  return new StoreFault(
    'STORE_UNAVAILABLE',
    `${file} is open in another process, which would go on with what it knows.`,
    { cause, details: { file, isOpenElsewhere: true } },
  );
}
