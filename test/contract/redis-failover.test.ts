// A master that goes, and what was acknowledged and not replicated with it: real Sentinels put a replica in its place.

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logKeys } from '../../src/adapters/redis/log-keys.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend } from '../support/batches.ts';
import { RedisFailover } from '../support/redis-failover.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { beatOf } from './event-store-contract.ts';
import { storeFrom } from './store-config.ts';

let rig: RedisFailover;
let fleet: string;
let opened: EventStore[];

beforeEach(async () => {
  rig = await RedisFailover.start();
  fleet = `t-${randomUUID()}`;
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await rig.stop();
});

function store(
  options: { readonly url?: string; readonly replicas?: number; readonly deadlineMs?: number } = {},
): EventStore {
  const { url = rig.url, replicas = 0, deadlineMs = 5_000 } = options;
  const own = storeFrom({ kind: 'redis', url: `${url}?replicas=${replicas}`, fleet, deadlineMs, pollMs: 50 });
  opened.push(own);
  return own;
}

async function codes(own: EventStore): Promise<readonly string[]> {
  return ((await own.caveats?.()) ?? []).map(({ code }) => code);
}

describe('a failover', () => {
  it('is followed, and nothing is lost of what the replica had', async () => {
    const own = store();
    const heads = await appendAll(own, await own.open(), [{}, {}, {}]);
    const head = heads.at(-1) ?? (await own.open());
    expect(await codes(own)).toEqual(['redis_failover_loses']);
    await rig.inSync();
    const promoted = await rig.failOver();
    await waitUntil('the new master', async () => (await own.read(0, 10)).length === 3);
    const next = await mustAppend(own, head);
    expect(await promoted.ask('HGET', logKeys(fleet).head, 'hash')).toBe(next.hash);
  });

  it('to a replica that lagged is noticed by whoever has seen more, and what is left is told', async () => {
    const [own, other] = [store(), store()];
    const early = await mustAppend(own, await own.open());
    await rig.inSync();
    await rig.lag();
    const late = await mustAppend(own, await mustAppend(own, early));
    await other.open();
    await rig.failOver();
    const found = async (): Promise<unknown> => {
      const error = await own.append(late, batchAfter(late)).catch((thrown: { code: string }) => thrown.code);
      return error === 'STORE_UNAVAILABLE' ? null : error;
    };
    expect(await waitUntil('an answer', found)).toBe('STORE_REGRESSED');
    await expect(other.read(late.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    expect(await store().open()).toEqual(early);
  });
});

describe('with ?replicas=1', () => {
  it('nothing is acknowledged that a failover could lose', async () => {
    const own = store({ replicas: 1, deadlineMs: 2_000 });
    const early = await mustAppend(own, await own.open());
    expect(await codes(own)).toEqual([]);
    await rig.lag();
    const lost = own.append(early, batchAfter(early));
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    await expect(lost).rejects.toThrow('confirmed by 0 of 1 replicas');
    // What a cut-off master takes is no sign of life to anybody else.
    await expect(own.beat(beatOf('a', 1))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await codes(own)).toEqual(['redis_replicas_missing']);
    const promoted = await rig.failOver();
    await rig.master.restart({ withData: true });
    await rig.master.ask('REPLICAOF', promoted.host, String(promoted.port));
    await waitUntil('the new master', async () => (await own.read(early.seq, 10)).length === 0);
    // Until the new master has a replica nothing is acknowledged, though it may be written.
    const next = await waitUntil('a replica', async () => mustAppend(own, await own.open()), { withinMs: 20_000 });
    expect(await store().open()).toEqual(next);
  });

  it('nothing is read that a failover could lose, unless by who confirms it before telling', async () => {
    const [writer, reader] = [store(), store({ replicas: 1, deadlineMs: 2_000 })];
    const early = await mustAppend(writer, await writer.open());
    await reader.open();
    // It is connected, and had everything that was before.
    for (const replica of rig.replicas) replica.pause();
    const late = await mustAppend(writer, early);
    await expect(reader.read(early.seq, 10)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await reader.ahead?.read(early.seq, 10)).toHaveLength(1);
    await expect(reader.ahead?.confirm(late.seq)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const replica of rig.replicas) replica.resume();
    await rig.inSync();
    await reader.ahead?.confirm(late.seq);
    expect(await rig.master.ask('GET', logKeys(fleet).confirmed)).toBe(String(late.seq));
    expect(await reader.read(early.seq, 10)).toHaveLength(1);
  });
});

it('a master that still answers is left when the Sentinels name another one', async () => {
  const own = store();
  await mustAppend(own, await own.open());
  await rig.inSync();
  const [replica] = rig.replicas;
  await replica?.ask('REPLICAOF', 'NO', 'ONE');
  for (const sentinel of rig.sentinels) await sentinel.watch(replica ?? rig.master);
  await waitUntil('a beat at the other server', async () => {
    await own.beat(beatOf('a', 1));
    return (await replica?.ask('EXISTS', logKeys(fleet).beats)) === 1;
  });
  expect(await own.read(0, 10)).toHaveLength(1);
  expect(await rig.master.ask('PING')).toBe('PONG');
});

it('one Sentinel is enough, and none is told as such', async () => {
  const own = store({ deadlineMs: 3_000 });
  const [first, second] = rig.sentinels;
  await first?.kill();
  second?.pause();
  const head = await mustAppend(own, await own.open());
  await Promise.all(rig.sentinels.map((sentinel) => sentinel.kill()));
  await mustAppend(own, head);
  const refused = store({ deadlineMs: 2_000 }).open();
  await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
  await expect(refused).rejects.toThrow('no Sentinel answers');
});

it('a Sentinel that was cut off and names somebody else is not believed', async () => {
  const own = store({ deadlineMs: 4_000 });
  const head = await mustAppend(own, await own.open());
  await rig.inSync();
  const promoted = await rig.failOver();
  await waitUntil('the new master', async () => (await own.read(0, 10)).length === 1);
  const stranger = await RedisServer.start();
  try {
    const [stale, ...others] = rig.sentinels;
    await stale?.watch(stranger);
    for (let round = 0; round < 5; round += 1) {
      const fresh = store();
      expect(await fresh.open()).toEqual(head);
      await fresh.close();
    }
    await Promise.all(others.map((sentinel) => sentinel.kill()));
    // Once more: until they were gone the others may have told it.
    await stale?.watch(stranger);
    await promoted.ask('CLIENT', 'KILL', 'TYPE', 'normal');
    const refused = own.read(0, 10);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(refused).rejects.toThrow('have not heard of the last failover');
  } finally {
    await stranger.stop();
  }
});
