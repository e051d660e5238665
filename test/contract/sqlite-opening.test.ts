// What a SQLite store opens, what it refuses to open, and that it never touches what it refuses.

import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_HEAD } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { beatOf } from './event-store-contract.ts';
import { createSqliteLog, type SqliteLogUnderTest } from './sqlite-log.ts';

describe('opening a SQLite store', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
  });
  afterEach(() => log.remove());

  async function fill(count: number, bytes = 100): Promise<void> {
    const store = log.connect({ durability: 'process' });
    const head = await store.open();
    await appendAll(
      store,
      head,
      Array.from({ length: count }, () => ({ body: 'x'.repeat(bytes) })),
    );
    await store.close();
  }

  it('makes folder and file for their owner alone', async () => {
    const store = log.connect();
    await store.open();
    await mustAppend(store, EMPTY_HEAD);
    expect((await stat(dirname(log.path))).mode & 0o777).toBe(0o700);
    for (const name of ['', '-wal', '-shm']) expect((await stat(`${log.path}${name}`)).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('opens the same log by another path', async () => {
    const store = log.connect();
    const head = await store.open().then((at) => mustAppend(store, at));
    const link = join(dirname(dirname(log.path)), 'link.db');
    await symlink(log.path, link);
    const other = log.connect({ path: link });
    expect(await other.open()).toEqual(head);
    await mustAppend(other, head);
    expect(await readAll(store)).toHaveLength(2);
    expect(await readdir(dirname(link))).toEqual(['.brigade', 'link.db']);
    await store.close();
    await other.close();
  });

  it('S16 leaves a file alone that is no database', async () => {
    await mkdir(dirname(log.path));
    await writeFile(log.path, 'notes of the kitchen, not a database. '.repeat(200));
    await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await readFile(log.path, 'utf8')).toContain('notes of the kitchen');
  });

  it('leaves a database alone that is not a log', async () => {
    await mkdir(dirname(log.path));
    await log.run('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)');
    const before = await readFile(log.path);
    await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await readFile(log.path)).toEqual(before);
    expect(await readdir(dirname(log.path))).toEqual([basename(log.path)]);
  });

  it('notices malformed pages, and does not repair or replace the file', async () => {
    await fill(200, 3_000);
    const whole = await readFile(log.path);
    const broken = Buffer.concat([
      whole.subarray(0, 8_192),
      Buffer.alloc(4_096 * 40, 0x5a),
      whole.subarray(8_192 + 4_096 * 40),
    ]);
    await writeFile(log.path, broken);
    const store = log.connect();
    await expect(store.open().then(() => readAll(store))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await store.close();
    expect((await readFile(log.path)).equals(broken)).toBe(true);
  });

  it('notices a file that was cut short', async () => {
    await fill(200, 3_000);
    await truncate(log.path, 4_096 * 60);
    const store = log.connect();
    await expect(store.open().then(() => readAll(store))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await store.close();
  });

  it('notices a damaged last batch before anybody decides on it', async () => {
    await fill(3);
    await log.damage.changeBody(3);
    await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('notices that batches are gone from the middle, whoever begins to read before them', async () => {
    await fill(4);
    await log.run('DELETE FROM batches WHERE last_seq <= 2');
    const store = log.connect();
    await store.open();
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED', details: { seq: 1 } });
    await expect(store.read(1, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED', details: { seq: 2 } });
    expect(await store.read(2, 10)).toHaveLength(2);
    await store.close();
  });

  it.each([
    ['body', 'NULL'],
    ['hash', '7'],
    ['epoch', 'NULL'],
    ['count', "'one'"],
  ])('notices a row whose %s is of another kind', async (column, value) => {
    await fill(3);
    await log.run(
      'CREATE TABLE loose AS SELECT * FROM batches; DROP TABLE batches; ALTER TABLE loose RENAME TO batches',
    );
    await log.run(`UPDATE batches SET ${column} = ${value} WHERE last_seq = 2`);
    const store = log.connect();
    await store.open();
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await store.close();
  });

  it('writes nothing more after it has met damage', async () => {
    const store = log.connect();
    const head = (await appendAll(store, await store.open(), [{}, {}, {}])).at(-1) ?? EMPTY_HEAD;
    await log.damage.changeBody(2);
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await store.close();
  });

  it.each(['missing', 'empty'])('keeps a write-ahead log whose database is %s', async (how) => {
    const writer = log.connectElsewhere();
    await appendAll(writer, await writer.open(), [{}, {}]);
    await writer.kill();
    if (how === 'missing') await rm(log.path);
    else await truncate(log.path, 0);
    const wal = await readFile(`${log.path}-wal`);
    await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect((await readFile(`${log.path}-wal`)).equals(wal)).toBe(true);
  });

  it('refuses file systems that another kernel can write to', async () => {
    for (const type of [0x6969, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0xfe534d42 | 0]) {
      const store = log.connect({ seams: { fileSystemType: () => Promise.resolve(type) } });
      await expect(store.open()).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    }
    expect(await readdir(dirname(log.path))).toEqual([]);
  });

  it('says why a place cannot be used', async () => {
    const inTheWay = log.connect({ path: join(dirname(dirname(log.path)), 'file', 'brigade.db') });
    await writeFile(join(dirname(dirname(log.path)), 'file'), '');
    await expect(inTheWay.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const folder = log.connect({ path: dirname(dirname(log.path)) });
    await expect(folder.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('refuses a second SQLite library on one file in one process', async () => {
    const store = log.connect();
    await store.open();
    await expect(log.connect({ driver: 'node:sqlite' }).open()).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await store.close();
  });

  it('opens again after a first attempt that failed', async () => {
    let type = 0x6969;
    const store = log.connect({ seams: { fileSystemType: () => Promise.resolve(type) } });
    await expect(store.open()).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    type = 0xef53;
    expect(await store.open()).toEqual(EMPTY_HEAD);
    await store.close();
  });

  it('makes one log when many open a fresh place at once', async () => {
    const stores = [
      log.connectElsewhere(),
      log.connectElsewhere(),
      log.connectElsewhere(),
      log.connect(),
      log.connect(),
    ];
    expect(await Promise.all(stores.map((store) => store.open()))).toEqual(stores.map(() => EMPTY_HEAD));
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('schemas of the SQLite store', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
  });
  afterEach(() => log.remove());

  it('reads a newer file as far as it can, and does not write into it', async () => {
    const store = log.connect();
    const head = await mustAppend(store, await store.open());
    await store.close();
    await log.run('PRAGMA user_version = 99; ALTER TABLE batches ADD COLUMN later TEXT');
    const older = log.connect();
    expect(await older.open()).toEqual(head);
    expect(await older.read(0, 10)).toHaveLength(1);
    for (const call of [
      () => older.append(head, batchAfter(head)),
      () => older.beat(beatOf('a', 1)),
      () => older.saveSnapshot({ ...head, body: '' }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'STORE_VERSION' });
    }
    await older.close();
  });

  it('notices inside an append that another process has moved the file to a newer schema', async () => {
    const store = log.connect();
    const head = await mustAppend(store, await store.open());
    await log.run('PRAGMA user_version = 2');
    await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_VERSION' });
    await store.close();
  });

  // A schema that never shipped: batches without `format` and `prev_hash`, and nothing but batches.
  const older = `
    PRAGMA application_id = 1112688452;
    CREATE TABLE batches (last_seq INTEGER PRIMARY KEY, count INTEGER, epoch INTEGER, id TEXT, hash TEXT, body TEXT);
  `;
  const toFirst = {
    to: 1,
    sql: `
      ALTER TABLE batches RENAME TO older;
      CREATE TABLE batches (last_seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, epoch INTEGER NOT NULL,
        format INTEGER NOT NULL, id TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL) STRICT;
      INSERT INTO batches SELECT last_seq, count, epoch, 1, id,
        lag(hash, 1, '${'0'.repeat(64)}') OVER (ORDER BY last_seq), hash, body FROM older;
      DROP TABLE older;
      CREATE TABLE log_base (only_row INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        hash TEXT NOT NULL, format INTEGER NOT NULL, checkpoints INTEGER NOT NULL DEFAULT 0) STRICT;
      INSERT INTO log_base VALUES (0, 0, 0, '${'0'.repeat(64)}', 0, 0);
      CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, epoch INTEGER, hash TEXT, format INTEGER, checksum TEXT, body TEXT);
      CREATE TABLE beats (place_id TEXT PRIMARY KEY, boot_id TEXT, counter INTEGER, wall_at TEXT);
    `,
  };

  async function makeOlder(): Promise<void> {
    await mkdir(dirname(log.path));
    const first = batchAfter(EMPTY_HEAD, { id: 'first', body: 'one' });
    const second = batchAfter({ ...EMPTY_HEAD, seq: 1, hash: first.hash }, { id: 'second', body: 'two' });
    const rows = [first, second].map(
      ({ id, hash, body }, index) => `(${index + 1}, 1, 0, '${id}', '${hash}', '${body}')`,
    );
    await log.run(`PRAGMA journal_mode = WAL; ${older} INSERT INTO batches VALUES ${rows.join(', ')}`);
  }

  it('brings an older file forward, after a copy, and goes on with it', async () => {
    await makeOlder();
    const store = log.connect({ seams: { migrations: [toFirst] } });
    const head = await store.open();
    expect(head.seq).toBe(2);
    expect((await store.read(0, 10)).map((batch) => batch.body)).toEqual(['one', 'two']);
    await mustAppend(store, head);
    await store.close();
    const files = await readdir(dirname(log.path));
    expect(files.filter((name) => name.includes('before'))).toEqual(['brigade.db.before-v1']);
    const copy = log.connect({ path: `${log.path}.before-v1`, seams: { migrations: [toFirst] } });
    expect((await copy.open()).seq).toBe(2);
    await copy.close();
  });

  it('brings an older file forward once when several processes find it', async () => {
    await makeOlder();
    const stores = Array.from({ length: 4 }, () => log.connect({ seams: { migrations: [toFirst] } }));
    const heads = await Promise.all(stores.map((store) => store.open()));
    expect(heads.map((head) => head.seq)).toEqual([2, 2, 2, 2]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('leaves an older file as it was when bringing it forward fails', async () => {
    await makeOlder();
    const broken = { to: 1, sql: `${toFirst.sql}; INSERT INTO nowhere VALUES (1)` };
    await expect(log.connect({ seams: { migrations: [broken] } }).open()).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_VERSION' });
    const store = log.connect({ seams: { migrations: [toFirst] } });
    expect((await store.open()).seq).toBe(2);
    await store.close();
  });
});

describe('copies and inspection of the SQLite store', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
  });
  afterEach(() => log.remove());

  it('copies one moment of a log that is being written', async () => {
    const store = log.connect();
    const writer = log.connectElsewhere();
    await writer.open();
    const start = (
      await appendAll(
        store,
        await store.open(),
        Array.from({ length: 40 }, () => ({ body: 'x'.repeat(50_000) })),
      )
    ).at(-1);
    writer.flood(start ?? EMPTY_HEAD, 3_000);
    await writer.nextAcknowledged();
    const target = join(dirname(log.path), 'copy.db');
    await store.backup(target);
    await writer.kill();
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    const copy = log.connect({ path: target });
    const head = await copy.open();
    expect(head.seq).toBeGreaterThan(40);
    const copied = await readAll(copy);
    expect((await readAll(store)).slice(0, copied.length)).toEqual(copied);
    expect((await copy.inspect()).findings).toEqual([]);
    await copy.close();
    await store.close();
  });

  it('never overwrites a file with a copy', async () => {
    const store = log.connect();
    await store.open();
    const target = join(dirname(log.path), 'mine.txt');
    await writeFile(target, 'mine');
    await expect(store.backup(target)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await readFile(target, 'utf8')).toBe('mine');
    await store.close();
  });

  it('tells doctor what it is', async () => {
    const store = log.connect();
    await mustAppend(store, await store.open());
    const found = await store.inspect();
    expect(found).toMatchObject({ driver: 'better-sqlite3', schemaVersion: 1, durability: 'host', findings: [] });
    expect(found.walBytes).toBeGreaterThan(0);
    expect(found.libraryVersion).toMatch(/^3\./);
    await store.close();
  });

  it.runIf(process.platform === 'linux')('keeps its locks, whatever it looks at', async () => {
    const store = log.connect();
    const head = await mustAppend(store, await store.open());
    expect(await locked()).toEqual([true, true]);
    await store.saveSnapshot({ ...head, body: 'state' });
    await store.beat(beatOf('a', 1));
    await store.inspect();
    await store.backup(join(dirname(log.path), 'copy.db'));
    await store.read(0, 10);
    await mustAppend(store, head);
    expect(await locked()).toEqual([true, true]);
    await store.close();
  });

  /** Whether this process holds a lock on the database and on its shared memory. */
  function locked(): Promise<boolean[]> {
    const locks = readFileSync('/proc/locks', 'utf8').split('\n');
    return Promise.all(
      ['', '-shm'].map(async (name) => {
        const { ino } = await stat(`${log.path}${name}`);
        return locks.some((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `));
      }),
    );
  }
});
