// S16 where the file system does it: the log is removed or replaced under an open store. Nobody may be granted on a log
// that nobody else can see. And what looks alike: a second kernel that writes the same file.

import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_HEAD, type LogHead } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { beatOf, until } from './event-store-contract.ts';
import { createSqliteLog, type SqliteLogUnderTest } from './sqlite-log.ts';

describe('S16 a SQLite log that goes away under an open store', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
  });
  afterEach(() => log.remove());

  const ways: readonly (readonly [string, () => Promise<void>])[] = [
    ['the folder is removed', () => rm(dirname(log.path), { recursive: true })],
    ['the folder is moved away', () => rename(dirname(log.path), `${dirname(log.path)}-away`)],
    ['the file is removed', () => rm(log.path)],
    ['the file is replaced', () => replace()],
    ['its write-ahead log is removed', () => rm(`${log.path}-wal`)],
  ];

  async function replace(): Promise<void> {
    const away = `${log.path}.away`;
    await rename(log.path, away);
    await copyFile(away, log.path);
  }

  it.each(ways)('%s: nothing is appended, read or kept there any more', async (_how, vanish) => {
    const store = log.connect();
    const head = await mustAppend(store, await store.open());
    await vanish();
    for (const call of [
      () => store.append(head, batchAfter(head)),
      () => store.read(0, 10),
      () => store.beat(beatOf('a', 1)),
      () => store.saveSnapshot({ ...head, body: '' }),
      () => store.truncate(1),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    }
    await store.close();
  });

  it('is told to whoever waits for hints, within the poll interval', async () => {
    const store = log.connect({ pollMs: 20 });
    const head = await mustAppend(store, await store.open());
    const hinted = new Promise<void>((resolve) => void store.onAppended(() => resolve()));
    await rm(dirname(log.path), { recursive: true });
    await hinted;
    await expect(store.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await store.close();
  });

  it('does not acknowledge an append that was committed just before', async () => {
    let confirm = (): void => undefined;
    const store = log.connect({
      seams: { syncFile: () => new Promise<void>((resolve) => (confirm = resolve)) },
    });
    await store.open();
    const append = store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD));
    await rm(dirname(log.path), { recursive: true });
    confirm();
    await expect(append).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await store.close();
  });

  it('leaves the log that came in its place alone, also when it closes last', async () => {
    const old = log.connect();
    await mustAppend(old, await old.open());
    await rm(dirname(log.path), { recursive: true });
    const fresh = log.connectElsewhere();
    const head = await mustAppend(fresh, await fresh.open());
    const { ino } = await stat(`${log.path}-wal`);
    await old.close();
    expect((await stat(`${log.path}-wal`)).ino).toBe(ino);
    const next = await mustAppend(fresh, head);
    await fresh.kill();
    const reader = log.connect();
    expect(await reader.open()).toEqual(next);
    expect(await readAll(reader)).toHaveLength(2);
    await reader.close();
  });

  it('a fresh store finds what is there now', async () => {
    const store = log.connect();
    await mustAppend(store, await store.open());
    await rm(dirname(log.path), { recursive: true });
    const fresh = log.connect();
    expect(await fresh.open()).toEqual(EMPTY_HEAD);
    await mustAppend(fresh, EMPTY_HEAD);
    await store.close();
    await fresh.close();
  });

  it('a log in its place that is put into the same file is noticed by its hash', async () => {
    const store = log.connect();
    const head = await mustAppend(store, await store.open());
    await log.run('DELETE FROM batches');
    const stranger = log.connect();
    const other = await mustAppend(stranger, await stranger.open());
    expect(other.seq).toBe(head.seq);
    await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await store.close();
    await stranger.close();
  });

  it('is noticed also when the folder was made again', async () => {
    const store = log.connect();
    await store.open();
    await rm(dirname(log.path), { recursive: true });
    await mkdir(dirname(log.path));
    await expect(store.read(0, 1)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await store.close();
  });
});

describe('a second kernel on one file', () => {
  let log: SqliteLogUnderTest;
  let nowMs: number;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
    nowMs = 1_000;
  });
  afterEach(() => log.remove());

  async function beatFromOtherBoot(counter: number): Promise<void> {
    await log.run(`INSERT OR REPLACE INTO beats VALUES ('there', 'another-boot', ${counter}, '')`);
  }

  async function openWithClock(): Promise<{ readonly store: ReturnType<typeof log.connect>; readonly head: LogHead }> {
    const store = log.connect({
      pollMs: 10,
      clock: {
        monotonicMs: () => nowMs,
        preciseMs: () => nowMs,
        wallAt: () => '',
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      },
    });
    const head = await store.open();
    await store.beat(beatOf('here', 1));
    return { store, head };
  }

  it('is unsafe while the other one beats, and for a minute after', async () => {
    const { store, head } = await openWithClock();
    await beatFromOtherBoot(7);
    await store.beat(beatOf('here', 2));
    const next = await mustAppend(store, head);
    await beatFromOtherBoot(8);
    await store.beat(beatOf('here', 3));
    const refused = store.append(next, batchAfter(next));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNSAFE', details: { otherBootId: 'another-boot' } });
    nowMs += 60_001;
    await mustAppend(store, next);
    await store.close();
  });

  it('is noticed by a store that only watches', async () => {
    const { store, head } = await openWithClock();
    store.onAppended(() => undefined);
    await beatFromOtherBoot(1);
    nowMs += 2_000;
    let counter = 1;
    await until(async () => {
      counter += 1;
      nowMs += 2_000;
      await beatFromOtherBoot(counter);
      const answer = await store
        .append({ ...head, seq: 99 }, batchAfter({ ...head, seq: 99 }))
        .catch((error: unknown) => error);
      return answer instanceof Error;
    });
    await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await store.close();
  });

  it('a row that an earlier boot left behind is only a memory', async () => {
    const setUp = log.connect();
    await setUp.open();
    await setUp.close();
    await beatFromOtherBoot(41);
    const { store, head } = await openWithClock();
    await store.beat(beatOf('here', 2));
    expect((await mustAppend(store, head)).seq).toBe(1);
    await store.close();
  });
});
