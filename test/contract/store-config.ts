// Which store a test means, as plain data, so that another process can open the same one.

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

/** One for each kind of store that processes can share. */
export type StoreConfig = SqliteConfig;

const given = { clock: systemClock, hasher: nodeHasher, random: Math.random } as const;

type SqliteExtra = Partial<Parameters<typeof createSqliteStore>[0]>;

/** A store that is not open yet. */
export function storeFrom(config: StoreConfig): EventStore {
  switch (config.kind) {
    case 'sqlite':
      return sqliteStoreFrom(config);
  }
}

export function sqliteStoreFrom(config: SqliteConfig, extra: SqliteExtra = {}): SqliteStore {
  return createSqliteStore({ ...config, ...given, ...extra });
}
