// Can anybody write the file? SQLite's write lock is taken for a moment and given back; nothing is written.

import type { SqliteConnection } from './sqlite-driver.ts';
import { type Patience, whileBusy } from './while-busy.ts';

/** True when somebody else held the lock whenever it was tried. Every writer holds it for microseconds, unless it was stopped. */
export async function isWriteLocked(
  connection: SqliteConnection,
  patience: Omit<Patience, 'onLate'>,
): Promise<boolean> {
  const late = new Error('locked all the time');
  try {
    await whileBusy(() => takeAndGiveBack(connection), { ...patience, onLate: () => late });
    return false;
  } catch (error) {
    // Any other: a file that is not writable at all, which says so to whoever writes.
    return error === late;
  }
}

function takeAndGiveBack(connection: SqliteConnection): void {
  connection.exec('BEGIN IMMEDIATE');
  connection.exec('ROLLBACK');
}
