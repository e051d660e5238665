// better-sqlite3 in the shape the store needs. The default: it ships its own, recent SQLite.

import Database from 'better-sqlite3';
import type { SqliteConnection, SqliteDriver, SqliteValue } from './sqlite-driver.ts';

export const betterSqlite3Driver: SqliteDriver = {
  name: 'better-sqlite3',
  connect(file, { busyTimeoutMs }) {
    return asConnection(new Database(file, { timeout: busyTimeoutMs }));
  },
  resultCode(error) {
    return error instanceof Database.SqliteError ? error.code : null;
  },
};

function asConnection(database: Database.Database): SqliteConnection {
  return {
    get inTransaction() {
      return database.inTransaction;
    },
    prepare: (sql) => database.prepare<SqliteValue[]>(sql),
    exec: (sql) => void database.exec(sql),
    backup: async (file) => void (await database.backup(file)),
    close: () => void database.close(),
  };
}
