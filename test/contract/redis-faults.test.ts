// What becomes of calls when a server, or the line to it, fails: lost answers, restarts with data and without, memory that is
// used up, writers and servers killed. Real servers; the line is a proxy that cuts where the test says.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { logKeys } from '../../src/adapters/redis/log-keys.ts';
import { createRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { EMPTY_HEAD, type EventStore, type StoredBatch } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { RedisServer } from '../support/redis-server.ts';
import { TcpLine } from '../support/tcp-line.ts';
import { waitUntil } from '../support/wait-until.ts';
import { beatOf } from './event-store-contract.ts';
import { createRedisLog } from './redis-log.ts';
import { storeFrom } from './store-config.ts';

let server: RedisServer;
let line: TcpLine;
let fleet: string;
let opened: EventStore[];

beforeEach(async () => {
  server = await RedisServer.start();
  line = await TcpLine.start(`${server.host}:${server.port}`);
  fleet = `t-${randomUUID()}`;
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await line.close();
  await server.stop();
});

interface Through {
  readonly url?: string;
  readonly deadlineMs?: number;
  readonly pollMs?: number;
}

/** A handle straight to the server, unless another way is given. */
function store({ url = server.url, deadlineMs = 5_000, pollMs = 50 }: Through = {}): EventStore {
  const own = storeFrom({ kind: 'redis', url, fleet, deadlineMs, pollMs });
  opened.push(own);
  return own;
}

/** One that reaches the server by the line. */
function distant(deadlineMs = 5_000): EventStore {
  return store({ url: `redis://${line.address}`, deadlineMs });
}

/** How often the server has executed a command. */
async function executed(command: string): Promise<number> {
  const [, calls = '0'] =
    new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(String(await server.ask('INFO', 'commandstats'))) ?? [];
  return Number(calls);
}

describe('a lost answer', () => {
  it('is told as unknown, the batch is found by its id, and it is never sent again', async () => {
    const [own, watcher] = [distant(), store()];
    const head = await mustAppend(own, await own.open());
    await watcher.open();
    const before = await executed('xadd');
    line.mode = 'noReply';
    const batch = batchAfter(head);
    const answer = own.append(head, batch).catch((error: unknown) => error);
    await waitUntil('the batch at the server', async () => (await watcher.read(head.seq, 1)).length === 1);
    line.cut();
    expect(await answer).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    line.mode = 'pass';
    const found = await own.read(head.seq, 10);
    expect(found.map(({ id }) => id)).toEqual([batch.id]);
    expect(await executed('xadd')).toBe(before + 1);
    expect(await own.append(head, batch)).toMatchObject({ appended: false, head: { hash: batch.hash } });
  });

  it('is told at the deadline where the line only falls silent, and what did not arrive never does', async () => {
    const own = distant(400);
    const head = await mustAppend(own, await own.open());
    const before = await executed('xadd');
    line.mode = 'silent';
    const batch = batchAfter(head);
    const lost = own.append(head, batch);
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    line.forget();
    line.mode = 'pass';
    await waitUntil('the server again', async () => (await own.read(head.seq, 10)).length === 0);
    await mustAppend(own, head);
    expect(await executed('xadd')).toBe(before + 1);
  });

  it('of what was never sent is told as such', async () => {
    const own = distant(1_500);
    const head = await own.open();
    await server.kill();
    await expect(own.read(0, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const refused = own.append(head, batchAfter(head));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
  });
});

describe('a server that comes back', () => {
  it('is used again by the same handle, with a hint, and messages come as before', async () => {
    const [own, other] = [store(), store()];
    const head = await mustAppend(own, await own.open());
    await other.open();
    await other.read(0, 10);
    const brought: StoredBatch[] = [];
    let hints = 0;
    other.onAppended((batch) => {
      hints += 1;
      if (batch !== undefined) brought.push(batch);
    });
    await waitUntil('a subscription', async () => (await subscribers()) === 1);
    hints = 0;
    await server.restart({ withData: true });
    await waitUntil('a hint after the restart', () => hints > 0);
    await waitUntil('another subscription', async () => (await subscribers()) === 1);
    expect(await other.read(head.seq, 1)).toEqual([]);
    const next = await mustAppend(own, head);
    await waitUntil('the batch by itself', () => brought.length > 0);
    expect(brought).toEqual(await own.read(head.seq, 10));
    expect(brought.at(-1)?.hash).toBe(next.hash);
  });

  it('is waited for by calls that come while it is away', async () => {
    const own = store();
    const head = await mustAppend(own, await own.open());
    await own.beat(beatOf('a', 1));
    await server.kill();
    const calls = [own.read(0, 10), own.beats(), own.beat(beatOf('a', 2)), own.loadSnapshot()] as const;
    await server.restart({ withData: true });
    const [batches, beats] = await Promise.all(calls);
    expect([batches.length, beats.length]).toEqual([1, 1]);
    await mustAppend(own, head);
  });

  it('without its data is noticed by whoever has seen more', async () => {
    const [own, other] = [store(), store()];
    const head = (await appendAll(own, await own.open(), [{}, {}])).at(-1) ?? EMPTY_HEAD;
    await other.open();
    await server.restart({ withData: false });
    await expect(own.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await expect(other.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await expect(other.beat(beatOf('a', 1))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    // A fresh process compares what it opens with its witness.
    expect(await store().open()).toEqual(EMPTY_HEAD);
  });

  it('with older data is noticed, also when others have gone on with it for longer', async () => {
    const forgetful = await RedisServer.start({ config: { appendonly: 'no' } });
    onTestFinished(() => forgetful.stop());
    const own = store({ url: forgetful.url });
    const early = await mustAppend(own, await own.open());
    await forgetful.ask('SAVE');
    const late = await mustAppend(own, await mustAppend(own, early));
    await forgetful.restart({ withData: true });
    const fresh = store({ url: forgetful.url });
    expect(await fresh.open()).toEqual(early);
    await expect(own.read(late.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await appendAll(fresh, early, [{}, {}, {}]);
    await expect(own.append(late, batchAfter(late))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
  });
});

async function subscribers(): Promise<number> {
  const [, count] = (await server.ask('PUBSUB', 'NUMSUB', logKeys(fleet).appended)) as readonly [string, number];
  return count;
}

describe('a server that takes no writes', () => {
  it('for lack of memory says so; reading goes on, and writing when there is more', async () => {
    const own = store();
    const head = await mustAppend(own, await own.open());
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    const refused = own.append(head, batchAfter(head));
    await expect(refused).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { outcome: 'none', redisCode: 'OOM' },
    });
    await expect(refused).rejects.toThrow('(maxmemory) is used up');
    expect(await own.read(0, 10)).toHaveLength(1);
    expect(await own.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))).toMatchObject({ appended: false, head });
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    await mustAppend(own, head);
  });

  it('for lack of replicas says so', async () => {
    const own = store();
    const head = await mustAppend(own, await own.open());
    await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    const refused = own.append(head, batchAfter(head));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
    await expect(refused).rejects.toThrow('min-replicas-to-write');
    await expect(readAll(own)).resolves.toHaveLength(1);
  });
});

it('a script that the server has forgotten is sent anew', async () => {
  const own = store();
  const head = await mustAppend(own, await own.open());
  await server.ask('SCRIPT', 'FLUSH');
  const next = await mustAppend(own, head);
  expect(await store().open()).toEqual(next);
});

it('calls on a server that does not answer are bounded in number and in time', async () => {
  const own = store({ deadlineMs: 500 });
  await own.open();
  server.pause();
  const startedMs = performance.now();
  const calls = Array.from({ length: 3_000 }, () => own.beats());
  const answers = await Promise.allSettled(calls);
  const why = answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as Error).message : 'answered'));
  expect(why.filter((each) => each === 'answered')).toEqual([]);
  expect(why.filter((each) => /no more are made|calls already/.test(each)).length).toBeGreaterThan(900);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  server.resume();
  await waitUntil('an answer', async () => (await own.beats()).length === 0);
});

it('a server that is killed while others write has everything that it acknowledged', async () => {
  const log = createRedisLog(server);
  const writers = [log.connectElsewhere(), log.connectElsewhere()];
  const reader = log.connect();
  try {
    for (let round = 0; round < 4; round += 1) {
      if (round > 0) await server.restart({ withData: true });
      await waitUntil('the server', () => reader.open());
      if (round === 0) {
        await Promise.all(writers.map((writer) => writer.open()));
        for (const writer of writers) writer.flood(EMPTY_HEAD, 2_000);
      }
      await Promise.all(writers.map((writer) => writer.nextAcknowledged()));
      await server.kill();
    }
    await server.restart({ withData: true });
    const acknowledged = writers.flatMap((writer) => [...writer.acknowledged]);
    const ids = new Set((await readAll(reader)).map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(8);
    expect(acknowledged.filter(({ batchId }) => !ids.has(batchId))).toEqual([]);
  } finally {
    await log.remove();
  }
});

it('a snapshot that is written while its server is replaced is not there, or whole', async () => {
  const own = distant(2_000);
  const head = await mustAppend(own, await own.open());
  const body = 'x'.repeat(6_000_000);
  const saved = own.saveSnapshot({ ...head, body }).catch((error: unknown) => error);
  await waitUntil('a part of it', async () => (await executed('setrange')) > 2);
  line.cut();
  await saved;
  const other = store();
  await other.open();
  const found = await other.loadSnapshot();
  expect(found === null || found.body === body).toBe(true);
  await own.saveSnapshot({ ...head, body });
  expect((await own.loadSnapshot())?.body).toBe(body);
});

it('a store that is closed while it connects leaves no connection', async () => {
  server.pause();
  const own = store();
  const opening = own.open().catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  await own.close();
  server.resume();
  expect(await opening).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const clients = async (): Promise<number> => String(await server.ask('CLIENT', 'LIST')).split('\n').length - 1;
  await waitUntil('nobody but who asks', async () => (await clients()) === 1);
});

it('a store that is closed while it connects leaves nothing that keeps its process alive', async () => {
  server.pause();
  const keeping = new Set<object>();
  const after: Clock['after'] = (ms, run, options) => {
    const key = {};
    if (options?.background !== true) keeping.add(key);
    const cancel = systemClock.after(ms, run, options);
    return () => {
      keeping.delete(key);
      cancel();
    };
  };
  const clock = { ...systemClock, after };
  const own = createRedisStore({ url: server.url, fleet, clock, hasher: nodeHasher, random: Math.random });
  const opening = own.open().catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  expect(keeping.size).toBe(1);
  await own.close();
  expect(await opening).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(keeping.size).toBe(0);
  server.resume();
});

/** In words of the library or of the system, which are for logs. */
const NOT_OURS = /disconnects|socket|client|unexpectedly|RESP|parse|undefined|connect E/i;

describe('what a person reads', () => {
  const NOBODY = [
    ['closes at once', () => createServer((socket) => socket.destroy()), /reached: the connection was closed/],
    [
      'closes when it is greeted',
      () => createServer((socket) => socket.once('data', () => socket.destroy())),
      /closed/,
    ],
    ['speaks HTTP', () => createHttpServer(), /reached: what answers there does not speak as Redis does\./],
    ['says nothing', () => createServer(), /reached: (it has not answered yet|no answer within \d+ ms)\./],
  ] as const;

  it.each(NOBODY)('is ours where the other side %s', async (_, make, words) => {
    const other: Server = make().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const fault = await store({ url: `redis://127.0.0.1:${port}`, deadlineMs: 500 })
      .open()
      .catch((error: unknown) => error as Error);
    expect(fault).toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringMatching(words) as string });
    expect(fault).not.toMatchObject({ message: expect.stringMatching(NOT_OURS) as string });
  });

  it('is ours where the connection breaks under a call, and the log has the rest', async () => {
    const own = distant();
    const head = await mustAppend(own, await own.open());
    line.mode = 'noReply';
    const answer = own.append(head, batchAfter(head)).catch((error: unknown) => error as Error);
    await waitUntil('the call at the server', async () => (await executed('xadd')) > 1);
    line.cut();
    const message = 'was lost before it answered: the connection was closed';
    const fault = await answer;
    expect(fault).toMatchObject({ message: expect.stringContaining(message) as string });
    expect(fault).not.toMatchObject({ message: expect.stringMatching(NOT_OURS) as string });
    expect(fault).toMatchObject({ cause: { cause: expect.any(Error) as Error } });
  });
});
