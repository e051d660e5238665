// What SQLite's result codes mean for a caller of the store. A busy file is not a fault: it is tried again.

import { StoreFault } from '../../ports/event-store.ts';
import type { SqliteDriver } from './sqlite-driver.ts';

/** Somebody else holds a lock for a moment. */
export function isBusy(driver: SqliteDriver, error: unknown): boolean {
  const code = driver.resultCode(error);
  return code !== null && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** SQLite has waited for a moment of another process that did not end; see `stuck-guard.ts`. */
export function isStuck(driver: SqliteDriver, error: unknown): boolean {
  return driver.resultCode(error) === 'SQLITE_PROTOCOL';
}

/** `error` as the store's own fault; an error that is not SQLite's is a bug and comes back as it is. */
export function asStoreFault(driver: SqliteDriver, file: string, error: unknown): unknown {
  const code = driver.resultCode(error);
  if (code === null) return error;
  const { fault, says } = meaning(code);
  const detail = error instanceof Error ? `${code}: ${error.message}` : code;
  const outcome = noRoom.test(code) ? { outcome: 'none' } : {};
  const details = { file, sqliteCode: code, ...outcome };
  return new StoreFault(fault, `${file}: ${says} (${detail}).`, { cause: error, details });
}

function meaning(code: string): { readonly fault: StoreFault['code']; readonly says: string } {
  if (code === 'SQLITE_READONLY_DBMOVED') {
    return {
      fault: 'STORE_REGRESSED',
      says: 'the file was removed or replaced while it was open. Nothing was written',
    };
  }
  const known = meanings.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return { fault: known[1], says: known[2] };
  return { fault: 'STORE_UNAVAILABLE', says: 'SQLite refused the call' };
}

/** Nothing was written, and trying again at once would not help. */
const noRoom = /^SQLITE_(FULL|IOERR_WRITE)/;

const damaged = 'Nothing was changed and the file stays as it is; `brigade doctor` explains what can be saved';

const meanings: readonly (readonly [RegExp, StoreFault['code'], string])[] = [
  [
    /^SQLITE_FULL/,
    'STORE_UNAVAILABLE',
    'the disk is full. Nothing was written; it goes on by itself once there is space',
  ],
  [
    /^SQLITE_IOERR_(SHM|WRITE|TRUNCATE)/,
    'STORE_UNAVAILABLE',
    'the file system refused a write; the disk may be full. Nothing was written',
  ],
  [/^SQLITE_NOTADB/, 'STORE_DAMAGED', `this is not a SQLite database. ${damaged}`],
  [/^SQLITE_CORRUPT/, 'STORE_DAMAGED', `the database is damaged. ${damaged}`],
  [/^SQLITE_ERROR/, 'STORE_DAMAGED', `the tables are not those of a Brigade log. ${damaged}`],
  [
    /^SQLITE_(CANTOPEN|PERM|READONLY|AUTH)/,
    'STORE_UNAVAILABLE',
    'it cannot be opened for writing. Check who owns the file and its folder, and whether the file system is read-only',
  ],
];
