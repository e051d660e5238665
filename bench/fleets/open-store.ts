// A handle on the log of one fleet in a store that hosts share.

import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { createRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { EventStore } from '../../src/ports/event-store.ts';

export function openStore(url: string, fleet: string): EventStore {
  const options = { url, fleet, clock: systemClock, hasher: nodeHasher, random: Math.random };
  return url.startsWith('etcd') ? createEtcdStore(options) : createRedisStore(options);
}
