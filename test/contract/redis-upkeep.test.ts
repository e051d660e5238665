// What several processes do to the keys of one log at the same time, and what is left by one that died half-way: each script by
// itself, in the order in which they may meet. And what is said on the channel of a log, by whomever.

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { headArgs } from '../../src/adapters/redis/entry.ts';
import { messageOf } from '../../src/adapters/redis/hint-message.ts';
import { type LogKeys, logKeys } from '../../src/adapters/redis/log-keys.ts';
import { createRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { FORGET_SNAPSHOTS } from '../../src/adapters/redis/scripts/forget-snapshots.ts';
import { MOVE_BASE } from '../../src/adapters/redis/scripts/move-base.ts';
import { SAVE_SNAPSHOT } from '../../src/adapters/redis/scripts/save-snapshot.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { beatOf } from './event-store-contract.ts';
import { given, storeFrom } from './store-config.ts';

let server: RedisServer;
let fleet: string;
let keys: LogKeys;
let opened: EventStore[];

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  fleet = `t-${randomUUID()}`;
  keys = logKeys(fleet);
  opened = [];
});

afterEach(() => Promise.all(opened.map((each) => each.close())));

async function open(): Promise<EventStore> {
  const own = storeFrom({ kind: 'redis', url: server.url, fleet, pollMs: 50 });
  opened.push(own);
  await own.open();
  return own;
}

/** Ten batches, and a snapshot of the fifth. */
async function tenBatches(own: EventStore): Promise<readonly LogHead[]> {
  const heads = await appendAll(
    own,
    EMPTY_HEAD,
    Array.from({ length: 10 }, () => ({ body: 'x'.repeat(5_000) })),
  );
  await own.saveSnapshot({ ...(heads[5] ?? EMPTY_HEAD), body: 'the fifth' });
  return heads;
}

const moveBase = (head: LogHead) =>
  server.ask('EVAL', MOVE_BASE.lua, '3', keys.head, keys.log, keys.snapshots, ...headArgs(head));

const forget = (...numbers: readonly number[]) => {
  const bodies = numbers.map((seq) => keys.snapshot(seq));
  const count = String(2 + numbers.length);
  return server.ask('EVAL', FORGET_SNAPSHOTS.lua, count, keys.head, keys.snapshots, ...bodies, ...numbers.map(String));
};

describe('the beginning of a log', () => {
  it('is out of reach once it is cut off, and removed by the next one when whoever cut died', async () => {
    const own = await open();
    const heads = await tenBatches(own);
    expect(await moveBase(heads[5] ?? EMPTY_HEAD)).toBe(1);
    expect(await server.ask('XLEN', keys.log)).toBe(10);
    for (const handle of [own, await open()]) {
      await expect(handle.read(0, 10)).rejects.toMatchObject({
        code: 'HISTORY_TRUNCATED',
        details: { removedUpTo: 5 },
      });
      expect(await handle.read(5, 10)).toHaveLength(5);
    }
    expect(await own.truncate(1)).toBe(6);
    expect(await server.ask('XLEN', keys.log)).toBe(5);
    expect(await readAll(await open(), 5)).toHaveLength(5);
  });

  it('is not moved back, nor to where no snapshot or no such batch is any more', async () => {
    const own = await open();
    const heads = await tenBatches(own);
    const [fourth = EMPTY_HEAD, fifth = EMPTY_HEAD] = heads.slice(4, 6);
    expect(await moveBase(fourth)).toBe(-1);
    expect(await moveBase({ ...fifth, hash: 'f'.repeat(64) })).toBe(-1);
    expect(await moveBase(fifth)).toBe(1);
    await own.saveSnapshot({ ...fourth, body: 'the fourth' });
    expect(await moveBase(fourth)).toBe(0);
    await expect(own.read(4, 1)).rejects.toMatchObject({ code: 'HISTORY_TRUNCATED' });
  });

  it('keeps the snapshot that it stands on, whoever thinks that it is not needed', async () => {
    const own = await open();
    const heads = await tenBatches(own);
    await own.saveSnapshot({ ...(heads[7] ?? EMPTY_HEAD), body: 'the seventh' });
    await moveBase(heads[5] ?? EMPTY_HEAD);
    // By somebody who looked before it was cut.
    await forget(5, 7);
    expect((await own.loadSnapshot())?.body).toBe('the fifth');
  });
});

describe('a snapshot', () => {
  it('of which a part is missing is not put in place, and is cleared away', async () => {
    const own = await open();
    const [, first = EMPTY_HEAD] = await appendAll(own, EMPTY_HEAD, [{}]);
    const upload = keys.upload('mine');
    const places = [keys.snapshots, upload, keys.snapshot(1)];
    const save = (bytes: number) => {
      const said = ['1', JSON.stringify({ ...first, checksum: 'x', bytes }), String(bytes)];
      return server.ask('EVAL', SAVE_SNAPSHOT.lua, '3', ...places, ...said);
    };
    await server.ask('SET', upload, 'only a part', 'EX', '600');
    expect(await save(100)).toBe(0);
    // Its beginning was evicted, and the last piece came after that.
    await server.ask('SETRANGE', upload, '90', 'the rest..');
    expect(await server.ask('STRLEN', upload)).toBe(100);
    expect(await save(100)).toBe(0);
    expect(await own.loadSnapshot()).toBeNull();
    expect(await server.ask('EXISTS', upload, keys.snapshot(1))).toBe(0);
  });

  it('that is being written goes away by itself when its writer is gone, and stays once it is whole', async () => {
    const own = await open();
    const heads = await tenBatches(own);
    await own.saveSnapshot({ ...(heads[9] ?? EMPTY_HEAD), body: '' });
    expect((await own.loadSnapshot())?.body).toBe('');
    expect(await server.ask('TTL', keys.snapshot(9))).toBe(-1);
    expect(await server.ask('KEYS', `{brigade:${fleet}}:snapshots:new:*`)).toEqual([]);
  });
});

it('a fleet that is thrown away leaves nothing, and takes nothing of another one', async () => {
  const own = createRedisStore({ url: server.url, fleet, ...given });
  opened.push(own);
  await own.open();
  const heads = await tenBatches(own);
  await own.saveSnapshot({ ...(heads[7] ?? EMPTY_HEAD), body: 'the seventh' });
  await own.truncate(7);
  await own.beat(beatOf('a', 1));
  const other = storeFrom({ kind: 'redis', url: server.url, fleet: `${fleet}-2` });
  opened.push(other);
  await mustAppend(other, await other.open());
  await own.removeFleet();
  expect(await server.ask('KEYS', `{brigade:${fleet}}:*`)).toEqual([]);
  expect(await readAll(other)).toHaveLength(1);
});

it('places that have not beaten for long are forgotten, the oldest first', async () => {
  const [first, second] = [await open(), await open()];
  for (let place = 0; place < 300; place += 1) await first.beat(beatOf(`place-${place}`, 1));
  await first.beat(beatOf('place-0', 2));
  expect(await first.beats()).toHaveLength(300);
  await second.beat(beatOf('place-300', 1));
  const kept = (await first.beats()).map(({ placeId }) => placeId);
  expect(kept).toHaveLength(256);
  expect(kept.slice(0, 3)).toEqual(['place-300', 'place-0', 'place-299']);
});

async function isSubscribed(): Promise<boolean> {
  return String(await server.ask('PUBSUB', 'NUMSUB', keys.appended)).endsWith('1');
}

/** How often somebody has looked where a log ends. */
async function polled(): Promise<number> {
  const [, calls = '0'] = /cmdstat_hget:calls=(\d+)/.exec(String(await server.ask('INFO', 'commandstats'))) ?? [];
  return Number(calls);
}

describe('the channel of a log', () => {
  it('wakes nobody with what it has written itself', async () => {
    const own = await open();
    let hints = 0;
    own.onAppended(() => {
      hints += 1;
    });
    await waitUntil('a subscription', isSubscribed);
    let head: LogHead = EMPTY_HEAD;
    const heard: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const polls = await polled();
      for (let more = 0; more < 5; more += 1) head = await mustAppend(own, head);
      await waitUntil('the poll', async () => (await polled()) > polls + 1);
      heard.push(hints);
    }
    // The first one stands for whatever was before.
    expect(heard).toEqual([heard[0], heard[0], heard[0]]);
    await mustAppend(await open(), head);
    await waitUntil('a hint of the other one', () => hints > (heard[0] ?? 0));
  });

  it('is believed by nobody who says there what is not in the log', async () => {
    const [own, other] = [await open(), await open()];
    const head = await mustAppend(own, EMPTY_HEAD);
    await other.read(0, 10);
    const brought: StoredBatch[] = [];
    let hints = 0;
    other.onAppended((batch) => {
      hints += 1;
      if (batch !== undefined) brought.push(batch);
    });
    await waitUntil('a subscription', async () =>
      String(await server.ask('PUBSUB', 'NUMSUB', keys.appended)).endsWith('1'),
    );
    const good = batchAfter(head);
    const stored: StoredBatch = { ...good, firstSeq: 2, lastSeq: 2, prevHash: head.hash };
    const lies = [
      'anything',
      'null\n',
      '{}\n',
      '{"writerId":"w","isWhole":true,"id":"x","format":1}\nbody',
      messageOf({ ...stored, body: `${stored.body} ` }, 'w'),
      messageOf({ ...stored, prevHash: 'e'.repeat(64) }, 'w'),
      messageOf({ ...stored, lastSeq: 3 }, 'w'),
      messageOf({ ...stored, count: 0 }, 'w'),
    ];
    for (const lie of lies) {
      const before = hints;
      await server.ask('PUBLISH', keys.appended, lie);
      await waitUntil('a hint', () => hints > before);
    }
    expect(brought).toEqual([]);
    await mustAppend(own, head);
    await waitUntil('the batch', () => brought.length > 0);
    expect(brought).toEqual(await own.read(1, 10));
  });
});
