// The log of a fleet of its own on a Redis server, for the contract. What is done to it is done as by somebody with a shell.

import { randomUUID } from 'node:crypto';
import { logKeys } from '../../src/adapters/redis/log-keys.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { RedisServer } from '../support/redis-server.ts';
import type { LogUnderTest } from './event-store-contract.ts';
import { openRemoteStore, type RemoteStore } from './remote-store.ts';
import { type RedisConfig, storeFrom } from './store-config.ts';

export interface RedisLogUnderTest extends LogUnderTest {
  readonly fleet: string;
  connect(options?: { readonly deadlineMs?: number }): EventStore;
  connectElsewhere(): RemoteStore;
}

/** Entries of a stream cannot be changed, nor its end be cut off: it is written anew. */
const REWRITE = `
local entries = redis.call('XRANGE', KEYS[2], '-', '+')
redis.call('DEL', KEYS[2])
local base = redis.call('HMGET', KEYS[1], 'base_epoch', 'base_seq', 'base_hash', 'base_format')
local head = {'epoch', base[1] or '0', 'seq', base[2] or '0', 'hash', base[3] or string.rep('0', 64), 'format', base[4] or '0'}
for _, entry in ipairs(entries) do
  local seq, fields = string.match(entry[1], '^%d+'), entry[2]
  if tonumber(seq) <= tonumber(ARGV[1]) then
    if seq == ARGV[2] then fields[14] = fields[14] .. ' ' end
    redis.call('XADD', KEYS[2], entry[1], unpack(fields))
    head = {'epoch', fields[4], 'seq', seq, 'hash', fields[12], 'format', fields[6]}
  end
end
redis.call('HSET', KEYS[1], unpack(head))`;

/** `url`: another way to the same server, such as one with parameters. */
export function createRedisLog(server: RedisServer, url = server.url): RedisLogUnderTest {
  const fleet = `t-${randomUUID()}`;
  const keys = logKeys(fleet);
  const config: RedisConfig = { kind: 'redis', url, fleet };
  const stores: EventStore[] = [];
  const remotes: RemoteStore[] = [];

  async function rewrite(upTo: number, changed: number): Promise<void> {
    await server.ask('EVAL', REWRITE, '2', keys.head, keys.log, String(upTo), String(changed));
  }

  async function wipe(): Promise<void> {
    const found = (await server.ask('KEYS', `{brigade:${fleet}}:*`)) as readonly string[];
    if (found.length > 0) await server.ask('DEL', ...found);
  }

  return {
    fleet,
    connect: (options = {}) => {
      const store = storeFrom({ ...config, ...options });
      stores.push(store);
      return store;
    },
    connectElsewhere: () => {
      const remote = openRemoteStore(config);
      remotes.push(remote);
      return remote;
    },
    damage: {
      tearSnapshot: async (seq) => {
        const body = String(await server.ask('GET', keys.snapshot(seq)));
        await server.ask('SET', keys.snapshot(seq), body.slice(0, body.length / 2));
      },
      changeBody: (lastSeq) => rewrite(Number.MAX_SAFE_INTEGER, lastSeq),
      rollBack: (seq) => rewrite(seq, 0),
      wipe,
    },
    silence: async () => {
      server.pause();
      return async () => server.resume();
    },
    remove: async () => {
      server.resume();
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(remotes.map((remote) => remote.kill()));
      await wipe();
    },
  };
}
