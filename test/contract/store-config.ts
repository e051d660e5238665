// Which store a test means, as plain data, so that another process can open the same one.

import type { SqliteDriverName } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';

export interface StoreConfig {
  readonly path: string;
  readonly driver: SqliteDriverName;
  readonly durability: 'host' | 'process';
  readonly deadlineMs?: number;
  readonly walLimitBytes?: number;
}

type Extra = Partial<Parameters<typeof createSqliteStore>[0]>;

export function storeFrom(config: StoreConfig, extra: Extra = {}): SqliteStore {
  return createSqliteStore({ ...config, clock: systemClock, hasher: nodeHasher, random: Math.random, ...extra });
}
