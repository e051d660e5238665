// Which SQLite may write a log. Before 3.51.3 a rare race between two checkpoints and a writer could corrupt a database
// in WAL mode; the fix was also put into 3.50.7 and 3.44.6.

import { StoreFault } from '../../ports/event-store.ts';
import type { SqliteConnection } from './sqlite-driver.ts';

/** First good release of each line that got the fix; everything from the last one on has it. */
const backports: readonly (readonly [minor: number, patch: number])[] = [
  [44, 6],
  [50, 7],
];
const fixedFrom: readonly [minor: number, patch: number] = [51, 3];

/** Throws STORE_UNSAFE when the library behind `connection` is one that may corrupt a log. Answers its version. */
export function expectSafeLibrary(connection: SqliteConnection): string {
  const row = connection.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  if (isSafeLibrary(row.version)) return row.version;
  throw new StoreFault(
    'STORE_UNSAFE',
    `SQLite ${row.version} may corrupt a log in WAL mode. Brigade needs 3.51.3 or later, or 3.50.7 or 3.44.6: ` +
      'use the better-sqlite3 driver, or a Node with a newer SQLite.',
    { details: { libraryVersion: row.version } },
  );
}

export function isSafeLibrary(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (backports.some(([line, first]) => minor === line && patch >= first)) return true;
  return minor > fixedFrom[0] || (minor === fixedFrom[0] && patch >= fixedFrom[1]);
}
