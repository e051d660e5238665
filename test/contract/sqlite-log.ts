// A SQLite log in a folder of its own, for the contract. What is done to it goes through SQLite in the same library:
// opening the file with `fs` here would drop the locks of the stores under test.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadSqliteDriver,
  type SqliteConnection,
  type SqliteDriverName,
} from '../../src/adapters/sqlite/sqlite-driver.ts';
import type { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { LogUnderTest } from './event-store-contract.ts';
import { openRemoteStore, type RemoteStore } from './remote-store.ts';
import { type SqliteConfig, sqliteStoreFrom } from './store-config.ts';

export interface SqliteLogUnderTest extends Required<Omit<LogUnderTest, 'silence'>> {
  readonly path: string;
  readonly config: SqliteConfig;
  connect(extra?: Parameters<typeof sqliteStoreFrom>[1]): SqliteStore;
  /** Runs SQL on the file, as somebody would with a shell. */
  run(sql: string): Promise<void>;
  /** The column `value` of the first row that SQL finds. */
  ask(sql: string): Promise<number>;
}

export async function createSqliteLog(
  driver: SqliteDriverName,
  durability: 'host' | 'process' = 'host',
  under = tmpdir(),
): Promise<SqliteLogUnderTest> {
  const folder = await mkdtemp(join(under, 'brigade-store-'));
  const path = join(folder, '.brigade', 'brigade.db');
  const config: SqliteConfig = { kind: 'sqlite', path, driver, durability };
  const stores: SqliteStore[] = [];
  const remotes: RemoteStore[] = [];

  function connectElsewhere(options: { readonly isHasty?: boolean } = {}): RemoteStore {
    const there = options.isHasty === true ? { ...config, durability: 'process' as const } : config;
    const remote = openRemoteStore(there);
    remotes.push(remote);
    return remote;
  }

  async function connected<T>(work: (connection: SqliteConnection) => T): Promise<T> {
    const connection = (await loadSqliteDriver(driver)).connect(config.path, { busyTimeoutMs: 5_000 });
    try {
      return work(connection);
    } finally {
      connection.close();
    }
  }

  const run = (sql: string): Promise<void> => connected((connection) => connection.exec(sql));

  return {
    path,
    config,
    run,
    ask: (sql) => connected((connection) => (connection.prepare(sql).get() as { readonly value: number }).value),
    connect: (extra) => {
      const store = sqliteStoreFrom(config, extra);
      stores.push(store);
      return store;
    },
    connectElsewhere,
    damage: {
      tearSnapshot: (seq) => run(`UPDATE snapshots SET body = substr(body, 1, length(body) / 2) WHERE seq = ${seq}`),
      changeBody: (lastSeq) => run(`UPDATE batches SET body = body || ' ' WHERE last_seq = ${lastSeq}`),
      rollBack: (seq) => run(`DELETE FROM batches WHERE last_seq > ${seq}`),
      wipe: () => run('DELETE FROM batches; DELETE FROM snapshots'),
    },
    block: async () => {
      const holder = connectElsewhere();
      await holder.holdLock();
      holder.stop();
      return () => holder.kill();
    },
    remove: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(remotes.map((remote) => remote.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
