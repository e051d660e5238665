import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../system/system-clock.ts';
import { betterSqlite3Driver as driver } from './better-sqlite3-driver.ts';
import { isBusy } from './sqlite-faults.ts';
import { isWriteLocked } from './write-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'brigade-write-lock-'));
const file = join(folder, 'a.db');
const one = driver.connect(file, { busyTimeoutMs: 0 });
one.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
const other = driver.connect(file, { busyTimeoutMs: 0 });
afterAll(() => {
  one.close();
  other.close();
  rmSync(folder, { recursive: true });
});

function look(patienceMs: number): Promise<boolean> {
  const untilMs = systemClock.monotonicMs() + patienceMs;
  return isWriteLocked(other, {
    clock: systemClock,
    random: () => 0,
    untilMs,
    isBusy: (error) => isBusy(driver, error),
  });
}

describe('the write lock', () => {
  it('is free where nobody writes, and is given back', async () => {
    expect(await look(0)).toBe(false);
    one.exec('BEGIN IMMEDIATE');
    one.exec('ROLLBACK');
  });

  it('is kept where somebody stays in a transaction', async () => {
    one.exec('BEGIN IMMEDIATE');
    expect(await look(30)).toBe(true);
    one.exec('ROLLBACK');
    expect(await look(0)).toBe(false);
  });

  it('is not kept by whoever lets go while it is tried', async () => {
    one.exec('BEGIN IMMEDIATE');
    const looking = look(60_000);
    one.exec('COMMIT');
    expect(await looking).toBe(false);
  });
});
