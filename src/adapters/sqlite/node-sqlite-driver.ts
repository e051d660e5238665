// node:sqlite in the shape the store needs. It brings whatever SQLite its Node was built with; `library-version.ts`
// decides whether that one is good enough.

import { backup, DatabaseSync } from 'node:sqlite';
import type { SqliteConnection, SqliteDriver } from './sqlite-driver.ts';

export const nodeSqliteDriver: SqliteDriver = {
  name: 'node:sqlite',
  connect(file, { busyTimeoutMs }) {
    return asConnection(new DatabaseSync(file, { timeout: busyTimeoutMs }));
  },
  resultCode(error) {
    if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
    return extendedCodes.get(error.errcode) ?? primaryCodes.get(error.errcode & 0xff) ?? 'SQLITE_ERROR';
  },
};

function asConnection(database: DatabaseSync): SqliteConnection {
  return {
    get inTransaction() {
      return database.isTransaction;
    },
    prepare: (sql) => database.prepare(sql),
    exec: (sql) => database.exec(sql),
    backup: async (file) => void (await backup(database, file)),
    close: () => database.close(),
  };
}

/** https://sqlite.org/rescode.html; what is missing here is answered as SQLITE_ERROR. */
const primaryCodes: ReadonlyMap<number, string> = new Map([
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [15, 'SQLITE_PROTOCOL'],
  [23, 'SQLITE_AUTH'],
  [26, 'SQLITE_NOTADB'],
]);

/** The extended code that means something else than its primary one. */
const extendedCodes: ReadonlyMap<number, string> = new Map([[1032, 'SQLITE_READONLY_DBMOVED']]);
