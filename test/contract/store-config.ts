// Which store a test means, as plain data, so that another process can open the same one.

import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { createRedisStore } from '../../src/adapters/redis/redis-store.ts';
import type { SqliteDriverName } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { EventStore } from '../../src/ports/event-store.ts';

export interface SqliteConfig {
  readonly kind: 'sqlite';
  readonly path: string;
  readonly driver: SqliteDriverName;
  readonly durability: 'host' | 'process';
  readonly deadlineMs?: number;
  readonly walLimitBytes?: number;
}

export interface RedisConfig {
  readonly kind: 'redis';
  readonly url: string;
  readonly fleet: string;
  readonly deadlineMs?: number;
  readonly pollMs?: number;
}

export interface EtcdConfig {
  readonly kind: 'etcd';
  readonly url: string;
  readonly fleet: string;
  readonly deadlineMs?: number;
}

/** One for each kind of store that processes can share. */
export type StoreConfig = SqliteConfig | RedisConfig | EtcdConfig;

export const given = { clock: systemClock, hasher: nodeHasher, random: Math.random } as const;

type SqliteExtra = Partial<Parameters<typeof createSqliteStore>[0]>;

/** A store that is not open yet. */
export function storeFrom(config: StoreConfig): EventStore {
  switch (config.kind) {
    case 'sqlite':
      return sqliteStoreFrom(config);
    case 'redis':
      return createRedisStore({ ...config, ...given });
    case 'etcd':
      return createEtcdStore({ ...config, ...given });
  }
}

export function sqliteStoreFrom(config: SqliteConfig, extra: SqliteExtra = {}): SqliteStore {
  return createSqliteStore({ ...config, ...given, ...extra });
}
