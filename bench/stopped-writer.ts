// How often does a process that is stopped at a random moment (Ctrl-Z, a debugger, a frozen container) under full load
// sit inside SQLite's write lock, so that nobody else can write until it goes on or ends? One process appends as fast as
// it can; it is stopped again and again, and each time another connection reads, and tries to enter a transaction.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSqliteDriver, type SqliteConnection, type SqliteDriver } from '../src/adapters/sqlite/sqlite-driver.ts';
import { isBusy, isStuck } from '../src/adapters/sqlite/sqlite-faults.ts';
import { EMPTY_HEAD } from '../src/ports/event-store.ts';
import { openRemoteStore, type RemoteStore } from '../test/contract/remote-store.ts';
import type { SqliteConfig } from '../test/contract/store-config.ts';
import type { Figure } from './support/figure.ts';

const rounds = 100;
/** The size of a usual batch: a grant and what it causes. */
const batchBytes = 800;

export async function measure(): Promise<readonly Figure[]> {
  return [...(await stopWriters('host')), ...(await stopWriters('process'))];
}

async function stopWriters(durability: 'host' | 'process'): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'brigade-stopped-'));
  const config: SqliteConfig = {
    kind: 'sqlite',
    path: join(folder, 'brigade.db'),
    driver: 'better-sqlite3',
    durability,
  };
  const writer = openRemoteStore(config);
  await writer.open();
  const driver = await loadSqliteDriver('better-sqlite3');
  const connection = driver.connect(config.path, { busyTimeoutMs: 200 });
  writer.flood(EMPTY_HEAD, batchBytes);
  let blocked = 0;
  let stuck = 0;
  for (let round = 0; round < rounds; round += 1) {
    await writer.nextAcknowledged();
    await sleep(Math.random() * 30);
    await stopWhole(writer);
    const found = beside(connection, driver);
    if (found !== 'free') blocked += 1;
    if (found === 'stuck') stuck += 1;
    writer.resume();
  }
  await writer.kill();
  connection.close();
  await rm(folder, { recursive: true });
  return [
    { what: `stopped process blocks writers, durability ${durability}`, value: (100 * blocked) / rounds, unit: '%' },
    { what: `stopped process blocks readers too, durability ${durability}`, value: (100 * stuck) / rounds, unit: '%' },
  ];
}

/** A stop reaches each thread by itself; Linux tells when all of them stand. */
async function stopWhole(writer: RemoteStore): Promise<void> {
  writer.stop();
  const tasks = `/proc/${writer.pid}/task`;
  for (;;) {
    const threads = await readdir(tasks);
    const stats = await Promise.all(
      threads.map((thread) => readFile(join(tasks, thread, 'stat'), 'latin1').catch(() => ') T')),
    );
    if (stats.every((stat) => stat.includes(') T') || stat.includes(') t'))) return;
    await sleep(1);
  }
}

/** What another process can do: write, only read, or not even that. */
function beside(connection: SqliteConnection, driver: SqliteDriver): 'free' | 'blocked' | 'stuck' {
  try {
    connection.prepare('SELECT max(last_seq) AS seq FROM batches').get();
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isStuck(driver, error)) return 'stuck';
    if (isBusy(driver, error)) return 'blocked';
    throw error;
  }
  connection.exec('ROLLBACK');
  return 'free';
}
