// A consistent copy of a live log by SQLite's backup call. The file itself is never read with `fs`: closing it would drop
// SQLite's locks in this process, and what stands in the WAL would be missing.

import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreFault } from '../../ports/event-store.ts';
import { setConnectionOptions } from './connection-options.ts';
import { syncFolder } from './prepare-file.ts';
import type { SqliteDriver } from './sqlite-driver.ts';

/** Copies the log in `file` to `target`, durably, for its owner alone. Refuses a target that exists. */
export async function copyDatabase(driver: SqliteDriver, file: string, target: string): Promise<void> {
  await claimTarget(target);
  try {
    await backUp(driver, file, target);
    await syncFile(target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

/** The read transaction holds one moment of the log still; without it each append would start the copy over. */
async function backUp(driver: SqliteDriver, file: string, target: string): Promise<void> {
  const connection = driver.connect(file, { busyTimeoutMs: 0 });
  try {
    setConnectionOptions(connection);
    connection.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await connection.backup(target);
    connection.exec('COMMIT');
  } finally {
    connection.close();
  }
}

async function claimTarget(target: string): Promise<void> {
  try {
    const handle = await open(target, 'wx', 0o600);
    await handle.close();
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new StoreFault(
      'STORE_UNAVAILABLE',
      exists ? `${target} exists already and is not overwritten.` : `${target} cannot be written: ${String(error)}`,
      { cause: error, details: { target } },
    );
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
