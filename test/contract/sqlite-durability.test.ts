// When a SQLite store answers: after the disk has, never before, and without anybody else waiting.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SyncFile } from '../../src/adapters/sqlite/wal-file.ts';
import { EMPTY_HEAD } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend } from '../support/batches.ts';
import { countTicks, until } from './event-store-contract.ts';
import { createSqliteLog, type SqliteLogUnderTest } from './sqlite-log.ts';

/** A disk that confirms a sync only when the test lets it, and remembers how often it was asked. */
function slowDisk(): { readonly syncFile: SyncFile; readonly asked: () => number; confirm(error?: Error): void } {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let asked = 0;
  return {
    syncFile: () => {
      asked += 1;
      return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
    },
    asked: () => asked,
    confirm: (error) => {
      const first = waiting.shift();
      if (error === undefined) first?.resolve();
      else first?.reject(error);
    },
  };
}

describe('durability of the SQLite store', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3');
  });
  afterEach(() => log.remove());

  it('S8 acknowledges an append only after the disk has confirmed it', async () => {
    const disk = slowDisk();
    const store = log.connect({ seams: { syncFile: disk.syncFile } });
    await store.open();
    const other = log.connect();
    await other.open();
    let isAnswered = false;
    const append = mustAppend(store, EMPTY_HEAD).finally(() => {
      isAnswered = true;
    });
    // Committed and visible to others, and still not acknowledged.
    await until(async () => (await other.read(0, 1)).length === 1);
    await until(async () => disk.asked() === 1);
    expect(isAnswered).toBe(false);
    disk.confirm();
    await append;
    await store.close();
    await other.close();
  });

  it('hands out what it reads only after the disk has confirmed it', async () => {
    const writer = log.connect({ durability: 'process' });
    await writer.open();
    const disk = slowDisk();
    const reader = log.connect({ seams: { syncFile: disk.syncFile } });
    await reader.open();
    await appendAll(writer, EMPTY_HEAD, [{}, {}]);
    let isAnswered = false;
    const read = reader.read(0, 10).finally(() => {
      isAnswered = true;
    });
    await until(async () => disk.asked() === 1);
    await writer.read(0, 10);
    expect(isAnswered).toBe(false);
    disk.confirm();
    expect(await read).toHaveLength(2);
    // Known to be durable from now on.
    expect(await reader.read(0, 10)).toHaveLength(2);
    expect(disk.asked()).toBe(1);
    await writer.close();
    await reader.close();
  });

  it('reads ahead of the disk, and confirms what was read when asked', async () => {
    const writer = log.connect({ durability: 'process' });
    await writer.open();
    const disk = slowDisk();
    const reader = log.connect({ seams: { syncFile: disk.syncFile } });
    await reader.open();
    await appendAll(writer, EMPTY_HEAD, [{}, {}]);
    expect(await reader.ahead?.read(0, 10)).toHaveLength(2);
    expect(disk.asked()).toBe(0);
    let isConfirmed = false;
    const confirmed = reader.ahead?.confirm(2).finally(() => {
      isConfirmed = true;
    });
    await until(async () => disk.asked() === 1);
    await writer.read(0, 10);
    expect(isConfirmed).toBe(false);
    disk.confirm();
    await confirmed;
    await reader.ahead?.confirm(2);
    expect(disk.asked()).toBe(1);
    await writer.close();
    await reader.close();
  });

  it('shares one sync among all that wait, but never one that began before the write', async () => {
    const disk = slowDisk();
    const store = log.connect({ seams: { syncFile: disk.syncFile } });
    await store.open();
    const first = mustAppend(store, EMPTY_HEAD);
    await until(async () => disk.asked() === 1);
    const reader = log.connect({ durability: 'process' });
    await reader.open();
    const heads = [(await reader.read(0, 10)).at(-1)];
    const head = { epoch: 0, seq: 1, hash: heads[0]?.hash ?? '', format: 1 };
    const answered: number[] = [];
    const second = mustAppend(store, head).then((at) => answered.push(at.seq));
    const reads = [store.read(0, 10), store.read(0, 10)].map(async (batches) => answered.push((await batches).length));
    disk.confirm();
    await first;
    await until(async () => disk.asked() === 2);
    expect(answered).toEqual([]);
    disk.confirm();
    await Promise.all([second, ...reads]);
    expect(disk.asked()).toBe(2);
    await store.close();
    await reader.close();
  });

  it('does not sync at all where only the death of processes must be survived', async () => {
    const disk = slowDisk();
    const store = log.connect({ durability: 'process', seams: { syncFile: disk.syncFile } });
    await store.open();
    expect(store.traits.survives).toBe('process');
    const head = await mustAppend(store, EMPTY_HEAD);
    await store.saveSnapshot({ ...head, body: 'state' });
    await store.truncate(head.seq + 1);
    expect(disk.asked()).toBe(0);
    await store.close();
  });

  it('S15 answers within its deadline when the disk does not, and leaves the loop free', async () => {
    const disk = slowDisk();
    const store = log.connect({ deadlineMs: 300, seams: { syncFile: disk.syncFile } });
    await store.open();
    const ticks = countTicks();
    const append = store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD));
    await expect(append).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    expect(ticks.stop()).toBeGreaterThan(20);
    disk.confirm();
    const read = store.read(0, 10);
    await until(async () => disk.asked() === 2);
    disk.confirm();
    expect(await read).toHaveLength(1);
    await store.close();
  });

  it('trusts no sync after one that failed', async () => {
    const disk = slowDisk();
    const store = log.connect({ seams: { syncFile: disk.syncFile } });
    await store.open();
    const append = store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD));
    await until(async () => disk.asked() === 1);
    disk.confirm(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await expect(append).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(disk.asked()).toBe(1);
    await store.close();
  });

  it('S10 learns of an append by polling where watching fails', async () => {
    const [writer, reader] = [log.connect(), log.connect({ pollMs: 20, seams: { watchFiles: false } })];
    await writer.open();
    await reader.open();
    const hinted = new Promise<void>((resolve) => void reader.onAppended(() => resolve()));
    await mustAppend(writer, EMPTY_HEAD);
    await hinted;
    expect(await reader.read(0, 10)).toHaveLength(1);
    await writer.close();
    await reader.close();
  });
});
