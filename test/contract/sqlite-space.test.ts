// A SQLite store and the space it has: a full disk stops it only while it is full, and its write-ahead log stays small.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { SqliteConnection } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { EMPTY_HEAD, type LogHead, type StoreFault } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { until } from './event-store-contract.ts';
import { createSqliteLog, type SqliteLogUnderTest } from './sqlite-log.ts';

const canMount = mountWorks();

/** Appends until the store refuses. */
async function fillUp(store: ReturnType<SqliteLogUnderTest['connect']>, from: LogHead): Promise<[LogHead, StoreFault]> {
  let head = from;
  for (;;) {
    try {
      head = await mustAppend(store, head, { body: 'x'.repeat(20_000) });
    } catch (error) {
      return [head, error as StoreFault];
    }
  }
}

describe('a full disk', () => {
  it('is said, nothing is half written, and it goes on by itself when there is space', async () => {
    const log = await createSqliteLog('better-sqlite3');
    onTestFinished(() => log.remove());
    let connection: SqliteConnection | null = null;
    const store = log.connect({
      seams: {
        onConnect: (opened) => {
          connection = opened;
          opened.exec('PRAGMA max_page_count = 100');
        },
      },
    });
    const [head, fault] = await fillUp(store, await store.open());
    expect(fault.code).toBe('STORE_UNAVAILABLE');
    expect(fault.message).toContain('disk is full');
    expect((await readAll(store)).at(-1)?.hash).toBe(head.hash);
    const other = log.connect();
    expect(await other.open()).toEqual(head);
    (connection as SqliteConnection | null)?.exec('PRAGMA max_page_count = 10000');
    const next = await mustAppend(store, head);
    expect(await other.read(head.seq, 10)).toHaveLength(1);
    expect(next.seq).toBe(head.seq + 1);
    await store.close();
    await other.close();
  });

  describe.runIf(canMount)('of 1 MiB', () => {
    let mountPoint: string;

    beforeAll(async () => {
      mountPoint = await mkdtemp(join(tmpdir(), 'brigade-full-'));
      mountTmpfs(mountPoint, '1m');
    });
    afterAll(async () => {
      unmount(mountPoint);
      await rm(mountPoint, { recursive: true });
    });

    it('is said, nothing is half written, and it goes on by itself when there is space', async () => {
      const log = await createSqliteLog('better-sqlite3', 'host', mountPoint);
      onTestFinished(() => log.remove());
      const ballast = join(mountPoint, 'ballast');
      await writeFile(ballast, Buffer.alloc(300_000));
      const store = log.connect();
      const [head, fault] = await fillUp(store, await store.open());
      expect(fault.code).toBe('STORE_UNAVAILABLE');
      expect(fault.message).toContain('disk');
      await expect(store.append(head, batchAfter(head, { body: 'x'.repeat(20_000) }))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
      expect((await readAll(store)).at(-1)?.hash).toBe(head.hash);
      await rm(ballast);
      await mustAppend(store, head, { body: 'x'.repeat(20_000) });
      expect((await store.inspect()).findings).toEqual([]);
      await store.close();
    });

    it('cannot be opened on, and says why', async () => {
      await writeFile(join(mountPoint, 'ballast'), Buffer.alloc(1_040_000));
      const log = await createSqliteLog('better-sqlite3', 'host', mountPoint);
      onTestFinished(() => log.remove());
      const fault = (await log
        .connect()
        .open()
        .catch((error: unknown) => error)) as StoreFault;
      expect(fault.code).toBe('STORE_UNAVAILABLE');
      expect(fault.message).toContain('disk');
      await rm(join(mountPoint, 'ballast'));
      const store = log.connect();
      expect(await store.open()).toEqual(EMPTY_HEAD);
      await store.close();
    });
  });
});

describe('the write-ahead log', () => {
  let log: SqliteLogUnderTest;

  beforeEach(async () => {
    log = await createSqliteLog('better-sqlite3', 'process');
  });
  afterEach(() => log.remove());

  const limits = { walLimitBytes: 1024 * 1024, walCutBytes: 64 * 1024 * 1024 };

  it('stops growing under sustained load', async () => {
    const [store, watcher] = [log.connect(limits), log.connect(limits)];
    await watcher.open();
    watcher.onAppended(() => undefined);
    let head = await store.open();
    const sizes: number[] = [];
    for (const checkpoints of [3, 12]) {
      while ((await log.ask('SELECT checkpoints AS value FROM log_base')) < checkpoints) {
        for (let batch = 0; batch < 20; batch += 1) head = await mustAppend(store, head, { body: 'x'.repeat(9_000) });
      }
      sizes.push((await stat(`${log.path}-wal`)).size);
    }
    const [early = 0, late = 0] = sizes;
    expect(late).toBeLessThan(2 * early + 8 * limits.walLimitBytes);
    expect(late).toBeLessThan((await stat(log.path)).size + 8 * limits.walLimitBytes);
    expect(await readAll(watcher)).toHaveLength(head.seq);
    expect((await store.inspect()).checkpointTrouble).toBeNull();
    await store.close();
    await watcher.close();
  });

  it('is cut when it grew far too large', async () => {
    const small = { walLimitBytes: 200_000, walCutBytes: 1_000_000 };
    const bloated = log.connect({ ...limits, walLimitBytes: 1e9, walCutBytes: 1e9 });
    let head = await bloated.open();
    for (let batch = 0; batch < 200; batch += 1) head = await mustAppend(bloated, head, { body: 'x'.repeat(9_000) });
    expect((await stat(`${log.path}-wal`)).size).toBeGreaterThan(2_000_000);
    const store = log.connect(small);
    head = await store.open();
    await until(async () => {
      head = await mustAppend(store, head);
      return (await stat(`${log.path}-wal`)).size < small.walCutBytes;
    });
    expect(await readAll(store)).toHaveLength(head.seq);
    await store.close();
    await bloated.close();
  });

  it('is taken care of by an idle store when the writers are short-lived', async () => {
    const idle = log.connect({ ...limits, walLimitBytes: 300_000, pollMs: 20 });
    let head = await idle.open();
    idle.onAppended(() => undefined);
    // While the idle store is open, nothing but a checkpoint moves events into the database file.
    await until(async () => {
      const writer = log.connect({ ...limits, walLimitBytes: 1e9 });
      await writer.open();
      for (let batch = 0; batch < 10; batch += 1) head = await mustAppend(writer, head, { body: 'x'.repeat(9_000) });
      await writer.close();
      return (await stat(log.path)).size > 2_000_000;
    });
    expect(await readAll(idle)).toHaveLength(head.seq);
    await idle.close();
  });
});

/** A tmpfs may be mounted by root, and not in every container. */
function mountWorks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = mkdtempSync(join(tmpdir(), 'brigade-mount-'));
  try {
    mountTmpfs(probe, '64k');
    unmount(probe);
    return true;
  } catch {
    // Not permitted here; the disk that fills up by `max_page_count` shows the same.
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function mountTmpfs(folder: string, size: string): void {
  command('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder);
}

function unmount(folder: string): void {
  command('umount', folder);
}

function command(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore' });
}
