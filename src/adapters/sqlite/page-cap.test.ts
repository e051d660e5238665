// A log that is made full in this process alone, as a drill does it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PageCap } from './page-cap.ts';
import { loadSqliteDriver, type SqliteConnection } from './sqlite-driver.ts';

let folder = '';
let open: SqliteConnection[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-cap-'));
});

afterEach(() => {
  for (const connection of open) connection.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

async function connect(): Promise<SqliteConnection> {
  const driver = await loadSqliteDriver('better-sqlite3');
  const connection = driver.connect(join(folder, 'a.db'), { busyTimeoutMs: 0 });
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('CREATE TABLE IF NOT EXISTS t (x TEXT)');
  open.push(connection);
  return connection;
}

function insert(connection: SqliteConnection): void {
  connection.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(20_000));
}

it('refuses what needs another page, and only while it is full', async () => {
  const cap = new PageCap();
  const capped = await connect();
  cap.onConnect(capped);
  insert(capped);
  cap.set(true);
  expect(() => insert(capped)).toThrow(/full/);
  expect(capped.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 1 });
  cap.set(false);
  insert(capped);
  expect(capped.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 2 });
});

it('holds for connections that come later, and for no others of this process', async () => {
  const cap = new PageCap();
  const free = await connect();
  cap.set(true);
  const capped = await connect();
  cap.onConnect(capped);
  expect(() => insert(capped)).toThrow(/full/);
  insert(free);
  expect(free.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 1 });
});

it('passes over a connection that was closed meanwhile', async () => {
  const cap = new PageCap();
  const closed = await connect();
  cap.onConnect(closed);
  closed.close();
  open = [];
  expect(() => cap.set(true)).not.toThrow();
});
