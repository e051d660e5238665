// A desk that is stopped from outside, and what another process can still do beside it.

import { loadSqliteDriver, type SqliteConnection } from '../../src/adapters/sqlite/sqlite-driver.ts';
import type { Fleet } from '../../src/compose.ts';
import type { Scratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

/** The process that is the desk now. */
export async function deskOf(observer: Fleet): Promise<number> {
  let pid = 0;
  const look = async (): Promise<boolean> => {
    pid = (await observer.coordinator.deskGuests())?.find(({ isDesk }) => isDesk)?.pid ?? 0;
    return pid !== 0;
  };
  await waitUntil('a desk', look, { withinMs: 20_000 });
  return pid;
}

/** A connection of another process's kind, to see whether anybody else could write. */
export async function openProbe(scratch: Scratch): Promise<SqliteConnection> {
  const driver = await loadSqliteDriver('better-sqlite3');
  return driver.connect(`${scratch.root}/.brigade/brigade.db`, { busyTimeoutMs: 0 });
}

/** The stopped process sits inside SQLite's transaction: nobody else can write. */
export function isBlocked(probe: SqliteConnection): boolean {
  // Another writer may be inside for microseconds.
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      probe.exec('BEGIN IMMEDIATE');
      probe.exec('ROLLBACK');
      return false;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
