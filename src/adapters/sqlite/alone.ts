// One process at a time, by SQLite's lock of an empty file: the system gives it back for whoever is killed, so nobody has to
// guess who is still alive. The file stays, with nothing in it.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Alone } from '../../ports/alone.ts';
import { loadSqliteDriver, type SqliteConnection, type SqliteDriver } from './sqlite-driver.ts';
import { isBusy } from './sqlite-faults.ts';

/** `file`: of nothing else, in a folder that is made for its owner alone where it is missing. */
export function aloneBy(file: string): Alone {
  return async (work) => {
    const driver = await loadSqliteDriver('better-sqlite3');
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const connection = driver.connect(file, { busyTimeoutMs: 0 });
    try {
      return isTaken(driver, connection) ? null : await work();
    } finally {
      connection.close();
    }
  };
}

function isTaken(driver: SqliteDriver, connection: SqliteConnection): boolean {
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return false;
  } catch (error) {
    if (isBusy(driver, error)) return true;
    throw error;
  }
}
