// What kind of file this is, while another process makes a log of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { betterSqlite3Driver } from './better-sqlite3-driver.ts';
import { createTables, readSchema } from './schema.ts';
import type { SqliteConnection } from './sqlite-driver.ts';

let folder = '';
const open: SqliteConnection[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-schema-'));
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function connect(): SqliteConnection {
  const connection = betterSqlite3Driver.connect(join(folder, 'brigade.db'), { busyTimeoutMs: 0 });
  connection.prepare('PRAGMA journal_mode = WAL').get();
  open.push(connection);
  return connection;
}

describe('a file that another process makes a log of meanwhile', () => {
  it('is empty or a log, and never something foreign', () => {
    const [own, other] = [connect(), connect()];
    let isMade = false;
    const between: SqliteConnection = {
      get inTransaction() {
        return own.inTransaction;
      },
      exec: (sql) => own.exec(sql),
      backup: (file) => own.backup(file),
      close: () => own.close(),
      prepare: (sql) => {
        // The mark was looked for, and the tables not yet.
        if (sql.includes('sqlite_schema') && !isMade) {
          isMade = true;
          createTables(other);
        }
        return own.prepare(sql);
      },
    };
    expect(readSchema(between).kind).toBe('empty');
    expect(isMade).toBe(true);
    expect(readSchema(between).kind).toBe('current');
  });
});
