// What a fleet keeps in Redis and in etcd, damaged at every byte of every record: heads, batches, snapshots, beats. As with a
// file, it is told or makes no difference.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetKeys } from '../../src/adapters/etcd/keys.ts';
import { allUnder, base64, bytesOf, type RangeReply, textOf } from '../../src/adapters/etcd/wire.ts';
import { logKeys } from '../../src/adapters/redis/log-keys.ts';
import { type StoreConfig, storeFrom } from '../contract/store-config.ts';
import { campaignCount } from '../support/campaign.ts';
import { judge, lookAt, type MakeStore, rigOn, type Sound, work } from '../support/damaged-fleet.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { randomOf } from '../support/random.ts';
import { RedisServer } from '../support/redis-server.ts';
import { TestHost } from '../support/test-memory.ts';

const cases = campaignCount(400, { atLeast: 20 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const MINUTES_MS = 30 * 60_000;
const DEADLINE_MS = 2_000;

/** One value that is kept: where, and what. */
interface Kept {
  readonly where: readonly string[];
  readonly value: string;
}

/** A server with logs, each under the name of its fleet. */
interface Keeper {
  readonly storeOf: (fleet: string) => MakeStore;
  /** Everything of the fleet, in texts of one byte a character. */
  readonly all: (fleet: string) => Promise<readonly Kept[]>;
  /** The fleet again, under a name of its own, with one value changed. */
  readonly copy: (from: readonly Kept[], to: string, changed: Kept | null) => Promise<void>;
  readonly remove: (fleet: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

function storesOf(config: StoreConfig): MakeStore {
  return () => storeFrom(config);
}

/** In one call: there are many. */
const CARRY_OUT = 'for _, command in ipairs(cjson.decode(ARGV[1])) do redis.call(unpack(command)) end';

async function redisKeeper(): Promise<Keeper> {
  const server = await RedisServer.start();
  const prefix = (fleet: string): string => logKeys(fleet).head.slice(0, -'head'.length);
  const names = async (fleet: string) => (await server.ask('KEYS', `${prefix(fleet)}*`)) as readonly string[];
  const valuesAt = async (name: string, local: string): Promise<readonly Kept[]> => {
    const type = String(await server.ask('TYPE', name));
    if (type === 'string') return [{ where: [local], value: String(await server.ask('GET', name)) }];
    if (type === 'hash') {
      const flat = (await server.ask('HGETALL', name)) as readonly string[];
      return flat.flatMap((field, i) =>
        i % 2 === 0 ? [{ where: [local, 'hash', field], value: flat[i + 1] ?? '' }] : [],
      );
    }
    const entries = (await server.ask('XRANGE', name, '-', '+')) as readonly (readonly [string, readonly string[]])[];
    return entries.flatMap(([id, fields]) =>
      fields.flatMap((field, i) =>
        i % 2 === 0 ? [{ where: [local, 'stream', id, field], value: fields[i + 1] ?? '' }] : [],
      ),
    );
  };
  return {
    storeOf: (fleet) => storesOf({ kind: 'redis', url: server.url, fleet, deadlineMs: DEADLINE_MS, pollMs: 1_000 }),
    all: async (fleet) =>
      (await Promise.all((await names(fleet)).map((name) => valuesAt(name, name.slice(prefix(fleet).length))))).flat(),
    copy: async (from, to, changed) => {
      const streams = new Map<string, string[]>();
      const commands: string[][] = [];
      for (const kept of from) {
        const [local = '', type, key = '', field = ''] = kept.where;
        const value = changed?.where === kept.where ? changed.value : kept.value;
        const name = `${prefix(to)}${local}`;
        if (type === undefined) commands.push(['SET', name, value]);
        else if (type === 'hash') commands.push(['HSET', name, key, value]);
        else streams.set(`${name} ${key}`, [...(streams.get(`${name} ${key}`) ?? []), field, value]);
      }
      for (const [at, fields] of streams) commands.push(['XADD', ...at.split(' '), ...fields]);
      await server.ask('EVAL', CARRY_OUT, '0', JSON.stringify(commands));
    },
    remove: async (fleet) => void (await server.ask('DEL', ...(await names(fleet)))),
    stop: () => server.stop(),
  };
}

async function etcdKeeper(): Promise<Keeper> {
  const cluster = await EtcdCluster.start();
  const prefix = (fleet: string): string => new FleetKeys(fleet).head.slice(0, -'head'.length);
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`http://${cluster.members[0]?.address ?? ''}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  return {
    storeOf: (fleet) => storesOf({ kind: 'etcd', url: cluster.url, fleet, deadlineMs: DEADLINE_MS }),
    all: async (fleet) => {
      const { kvs = [] } = (await post('/v3/kv/range', allUnder(prefix(fleet)))) as RangeReply;
      return kvs.map(({ key, value }) => ({
        where: [textOf(key).slice(prefix(fleet).length)],
        value: bytesOf(value).toString('latin1'),
      }));
    },
    copy: async (from, to, changed) => {
      for (const kept of from) {
        const value = Buffer.from(changed?.where === kept.where ? changed.value : kept.value, 'latin1').toString(
          'base64',
        );
        await post('/v3/kv/put', { key: base64(`${prefix(to)}${kept.where[0] ?? ''}`), value });
      }
    },
    remove: async (fleet) => void (await post('/v3/kv/deleterange', allUnder(prefix(fleet)))),
    stop: () => cluster.stop(),
  };
}

describe.each([
  { kind: 'Redis', start: redisKeeper },
  { kind: 'etcd', start: etcdKeeper },
])(`what is kept in $kind, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, ({ start }) => {
  let keeper: Keeper;
  let kept: readonly Kept[];
  let sound: Sound;

  beforeAll(async () => {
    keeper = await start();
    const makeStore = keeper.storeOf('first');
    const rig = rigOn(makeStore, new TestHost());
    await work(await rig.coordinator('a'), makeStore);
    await rig.close();
    kept = await keeper.all('first');
    sound = await lookAt(makeStore);
  }, 60_000);
  afterAll(() => keeper.stop());

  async function judged(changed: Kept | null) {
    const fleet = `t-${randomUUID()}`;
    await keeper.copy(kept, fleet, changed);
    try {
      return await judge(keeper.storeOf(fleet), sound);
    } finally {
      await keeper.remove(fleet);
    }
  }

  it('is what it was where nothing was changed', async () => {
    expect(kept.length).toBeGreaterThan(10);
    expect(await judged(null)).toMatchObject({ kind: 'same', code: 'none' });
  });

  it(
    'at any byte of any record: is told, or makes no difference',
    async () => {
      const random = randomOf(seed);
      const places = kept.flatMap((each) => Array.from(each.value, (_, at) => ({ each, at })));
      const step = Math.max(1, places.length / cases);
      const wrong: string[] = [];
      const kinds = new Set<string>();
      for (let i = random.next() * step; i < places.length; i += step) {
        const { each, at } = places[Math.floor(i)] as (typeof places)[number];
        // It stays a sign of one byte, so that it is stored as it is meant.
        const sign = String.fromCharCode((each.value.charCodeAt(at) ^ random.pick([1, 2, 4, 8, 16])) & 0x7f);
        const value = each.value.slice(0, at) + (random.chance(0.1) ? '' : sign) + each.value.slice(at + 1);
        const verdict = await judged({ where: each.where, value });
        kinds.add(verdict.kind);
        if (verdict.kind === 'wrong')
          wrong.push(
            `${each.where.join(' ')} at ${at}: ${JSON.stringify(value.slice(Math.max(0, at - 30), at + 30))}: ${verdict.message}`,
          );
      }
      expect(wrong).toEqual([]);
      expect([...kinds].toSorted()).toEqual(['refused', 'same']);
    },
    MINUTES_MS,
  );
});
