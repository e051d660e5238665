// What a server is asked before it is trusted with a log, and again each time it is connected to; and what whoever operates it
// is told. Real servers, made wrong one thing at a time.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { logKeys } from '../../src/adapters/redis/log-keys.ts';
import { EMPTY_HEAD, type EventStore } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend } from '../support/batches.ts';
import { RedisFailover } from '../support/redis-failover.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

let server: RedisServer;
let fleet: string;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  fleet = `t-${randomUUID()}`;
});

function store(url = server.url, deadlineMs = 5_000): EventStore {
  const own = storeFrom({ kind: 'redis', url, fleet, deadlineMs, pollMs: 50 });
  onTestFinished(() => own.close());
  return own;
}

/** Until the test is over. */
async function configured(name: string, value: string): Promise<void> {
  const [, before = ''] = (await server.ask('CONFIG', 'GET', name)) as readonly string[];
  await server.ask('CONFIG', 'SET', name, value);
  onTestFinished(async () => void (await server.ask('CONFIG', 'SET', name, before)));
}

/** What the caveats of an open store say, by code. */
async function caveats(own: EventStore): Promise<Readonly<Record<string, { isGrave: boolean; message: string }>>> {
  return Object.fromEntries(((await own.caveats?.()) ?? []).map((caveat) => [caveat.code, caveat]));
}

describe('what is written is kept', () => {
  it('survives a power loss where every write is synced, and there is nothing to say', async () => {
    const own = store();
    await own.open();
    expect(own.traits).toMatchObject({ kind: 'redis', sharedAcrossHosts: true, survives: 'host' });
    expect(await own.caveats?.()).toEqual([]);
  });

  it.each([
    ['appendfsync', 'everysec', 'redis_fsync_everysec', 'a power loss can take the last second'],
    ['appendfsync', 'no', 'redis_fsync_never', 'a power loss can take the last half minute'],
    ['no-appendfsync-on-rewrite', 'yes', 'redis_fsync_pauses', 'writes its file anew'],
    ['appendonly', 'no', 'redis_no_persistence', 'the whole log is gone'],
  ])('survives less with %s %s, which is said', async (name, value, code, words) => {
    await configured(name, value);
    const own = store();
    await own.open();
    expect(own.traits.survives).toBe('process');
    const found = await caveats(own);
    expect(Object.keys(found)).toEqual([code]);
    expect(found[code]).toMatchObject({ isGrave: true, message: expect.stringContaining(words) as unknown });
  });

  it('is said to be lost since the last file where there are only files now and then', async () => {
    await configured('appendonly', 'no');
    await configured('save', '3600 1');
    const own = store();
    await own.open();
    expect(Object.keys(await caveats(own))).toEqual(['redis_rdb_only']);
  });

  it('is not known where the user may not ask, which is said', async () => {
    await server.ask('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '&*', '+@all', '-config');
    onTestFinished(async () => void (await server.ask('ACL', 'DELUSER', 'plain')));
    const own = store(server.url.replace('redis://', 'redis://plain:secret@'));
    await own.open();
    expect(own.traits.survives).toBe('process');
    const found = await caveats(own);
    expect(Object.keys(found)).toEqual(['redis_config_hidden']);
    expect(found.redis_config_hidden?.message).toContain('It has an append-only file');
    await server.ask('ACL', 'SETUSER', 'plain', '-info');
    expect((await caveats(own)).redis_config_hidden?.message).toContain('INFO and CONFIG GET');
  });

  it('is said to run out of memory before it does', async () => {
    const [, used = '0'] = /used_memory:(\d+)/.exec(String(await server.ask('INFO', 'memory'))) ?? [];
    await configured('maxmemory', String(Math.round(Number(used) * 1.1)));
    const own = store();
    await own.open();
    expect(await caveats(own)).toMatchObject({ redis_memory_full: { isGrave: false } });
  });
});

describe('a server that would throw the log away', () => {
  it('is refused, with what to set', async () => {
    await configured('maxmemory', '100mb');
    await store().open();
    for (const policy of ['allkeys-lru', 'allkeys-random', 'allkeys-lfu']) {
      await configured('maxmemory-policy', policy);
      const refused = store().open();
      await expect(refused).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
      await expect(refused).rejects.toThrow('`maxmemory-policy noeviction`');
    }
  });

  it('is told of by a store that was open before, and refused when it connects again', async () => {
    const own = store();
    const head = await mustAppend(own, await own.open());
    await configured('maxmemory', '100mb');
    await configured('maxmemory-policy', 'allkeys-lfu');
    expect(await caveats(own)).toMatchObject({ redis_evicts: { isGrave: true } });
    await server.ask('CLIENT', 'KILL', 'TYPE', 'normal');
    await expect(own.read(head.seq, 1)).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await configured('maxmemory-policy', 'noeviction');
    await waitUntil('another try', async () => (await own.read(head.seq, 1)).length === 0);
  });

  it('is no such server where it only throws away what was given an end, which nothing of a log is', async () => {
    await configured('maxmemory-policy', 'volatile-lru');
    const own = store();
    const first = await mustAppend(own, await own.open());
    await own.beat({ placeId: 'p', bootId: 'b', counter: 1, wallAt: '' });
    await own.saveSnapshot({ ...first, body: 'x'.repeat(600_000) });
    const keys = (await server.ask('KEYS', `{brigade:${fleet}}:*`)) as readonly string[];
    expect(keys).toContain(logKeys(fleet).snapshot(first.seq));
    expect(new Set(await Promise.all(keys.map((key) => server.ask('TTL', key))))).toEqual(new Set([-1]));
    await server.ask('SET', 'cached', 'by others', 'EX', '600');
    await configured('maxmemory', '100mb');
    const other = store();
    expect(await other.open()).toEqual(first);
    expect(await caveats(other)).toEqual({});
    // There is no room at all: what others gave an end makes none, so nothing is written, and nothing of the log is lost.
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    await expect(own.append(first, batchAfter(first))).rejects.toThrow('(maxmemory) is used up');
    expect(await server.ask('EXISTS', 'cached')).toBe(0);
    expect(await own.read(0, 10)).toHaveLength(1);
    expect(await own.loadSnapshot()).toMatchObject({ seq: first.seq });
    await server.ask('CONFIG', 'SET', 'maxmemory', '100mb');
    await mustAppend(own, first);
  });

  it('is no such server as long as it may use all memory', async () => {
    await configured('maxmemory-policy', 'allkeys-lru');
    expect(await store().open()).toEqual(EMPTY_HEAD);
  });
});

describe('a server that is not the master', () => {
  it('is refused where it is named, with whom to name instead', async () => {
    const replica = await RedisServer.start({ replicaOf: server });
    onTestFinished(() => replica.stop());
    const refused = store(replica.url).open();
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await expect(refused).rejects.toThrow(`is a replica of ${server.host}:${server.port}`);
    await expect(refused).rejects.toThrow('redis+sentinel://');
  });

  it('is refused when it becomes one under an open store, and taken again when it is the master again', async () => {
    const own = store(server.url, 1_000);
    const head = await mustAppend(own, await own.open());
    const other = await RedisServer.start();
    onTestFinished(() => other.stop());
    // With the data of the other one nothing of this log is there.
    await other.ask('REPLICAOF', server.host, String(server.port));
    await waitUntil('a replica in sync', async () =>
      String(await other.ask('INFO', 'replication')).includes('master_link_status:up'),
    );
    await other.ask('REPLICAOF', 'NO', 'ONE');
    await server.ask('REPLICAOF', other.host, String(other.port));
    await expect(mustAppend(own, head)).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await server.ask('REPLICAOF', 'NO', 'ONE');
    await waitUntil('the master', async () => (await own.read(0, 1)).length === 1);
    await mustAppend(own, head);
  });

  it('is refused where it is a Sentinel, with what to write', async () => {
    const rig = await RedisFailover.start({ replicas: 0, sentinels: 1 });
    onTestFinished(() => rig.stop());
    const [sentinel] = rig.sentinels;
    const refused = store(`redis://${sentinel?.host}:${sentinel?.port}`).open();
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await expect(refused).rejects.toThrow('redis+sentinel://HOST:PORT/NAME');
    const unknown = store(rig.url.replace('/fleet', '/another')).open();
    await expect(unknown).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
    await expect(unknown).rejects.toThrow('no master called another');
  });
});

describe('what else may be kept under the names of the fleet', () => {
  it('is refused where it is something else', async () => {
    await server.ask('SET', logKeys(fleet).head, 'mine');
    await expect(store().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('is damage where a part of the log is gone', async () => {
    const own = store();
    await mustAppend(own, await mustAppend(own, await own.open()));
    await server.ask('DEL', logKeys(fleet).log);
    await expect(own.read(0, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(store().open()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('is damage where an event in the middle is gone, and nothing more is written', async () => {
    const own = store();
    const first = await mustAppend(own, await own.open());
    const second = await mustAppend(own, first);
    const third = await mustAppend(own, second);
    await server.ask('XDEL', logKeys(fleet).log, `${second.seq}-0`);
    await expect(own.read(first.seq, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(mustAppend(own, third)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('a cluster', () => {
  it('is followed to the server that keeps the log', async () => {
    const config = { 'cluster-enabled': 'yes' };
    const nodes = [await RedisServer.start({ config }), await RedisServer.start({ config })];
    const [asked, keeper] = nodes;
    onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.stop()))));
    if (asked === undefined || keeper === undefined) throw new Error('no servers');
    await keeper.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await keeper.ask('CLUSTER', 'MEET', asked.host, String(asked.port));
    for (const node of nodes) {
      await waitUntil('a cluster', async () => String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    }
    const own = store(asked.url);
    const head = await mustAppend(own, await own.open());
    expect(await keeper.ask('HGET', logKeys(fleet).head, 'hash')).toBe(head.hash);
    expect(await caveats(own)).toMatchObject({ redis_cluster: { isGrave: false } });
    expect(await store(keeper.url).open()).toEqual(head);
  }, 60_000);
});

it('a server that is not there is not there within the deadline', async () => {
  const gone = await RedisServer.start();
  await gone.stop();
  const own = store(gone.url, 300);
  const refused = own.open();
  await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
  await expect(refused).rejects.toThrow('ECONNREFUSED');
  expect(own.traits.survives).toBe('nothing');
});
