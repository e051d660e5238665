// etcd behind a line that fails: answers that are lost, connections that are dead without anybody being told, watches that are
// overtaken.

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { settle } from '../support/fake-clock.ts';
import { TcpLine } from '../support/tcp-line.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createEtcdLog, type EtcdLogUnderTest } from './etcd-log.ts';
import { storeFrom } from './store-config.ts';

let cluster: EtcdCluster;
let log: EtcdLogUnderTest;
let line: TcpLine;
let near: EventStore;
let far: EventStore;

beforeAll(async () => {
  cluster = await EtcdCluster.start();
});
afterAll(() => cluster.stop());

beforeEach(async () => {
  log = createEtcdLog(cluster);
  line = await TcpLine.start(cluster.members[0]?.address ?? '');
  near = log.connect();
  far = storeFrom({ ...log.config, url: `etcd://${line.address}`, deadlineMs: 600 });
  await Promise.all([near.open(), far.open()]);
});
afterEach(async () => {
  await far.close();
  await line.close();
  await log.remove();
});

describe('an append whose reply is lost', () => {
  it('is not sent again: its caller hears that nobody knows, and finds it by reading', async () => {
    const head = await mustAppend(far, EMPTY_HEAD);
    const batch = batchAfter(head);
    const sent = line.heard('POST /v3/kv/txn');
    line.mode = 'noReply';
    await expect(far.append(head, batch)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { outcome: 'unknown' },
    });
    expect(line.heard('POST /v3/kv/txn') - sent).toBe(1);
    line.mode = 'pass';
    expect((await far.read(head.seq, 10)).map(({ id }) => id)).toEqual([batch.id]);
    expect(await far.append(head, batch)).toMatchObject({ appended: false, head: { hash: batch.hash } });
  });

  it('is as uncertain when the connection breaks', async () => {
    const head = await mustAppend(far, EMPTY_HEAD);
    line.mode = 'noReply';
    const batch = batchAfter(head);
    const sent = line.heard('POST /v3/kv/txn');
    const lost = far.append(head, batch).catch((error: unknown) => error);
    await waitUntil('the append to arrive', async () => (await near.read(head.seq, 1)).length === 1);
    line.cut();
    expect(await lost).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    expect(line.heard('POST /v3/kv/txn') - sent).toBe(1);
  });

  it('is tried elsewhere where it cannot have left', async () => {
    const url = `etcd://${line.address},${cluster.members[0]?.address ?? ''}`;
    // The first of them is asked first.
    const ports = { clock: systemClock, hasher: nodeHasher, random: () => 0 };
    const store = createEtcdStore({ url, fleet: log.config.fleet, ...ports });
    const head = await mustAppend(store, await store.open());
    await line.close();
    // Whoever held a connection has heard that it is over.
    await settle();
    expect(line.heard('POST /v3/kv/txn')).toBe(1);
    expect(await store.append(head, batchAfter(head))).toMatchObject({ appended: true });
    await store.close();
  });
});

describe('calls that overlap', () => {
  it('an answer that comes late is held against what was seen when it was asked for', async () => {
    const patient = storeFrom({ ...log.config, url: `etcd://${line.address}`, deadlineMs: 10_000 });
    try {
      const head = await mustAppend(patient, await patient.open());
      const asked = line.heard('POST /v3/kv/txn');
      line.mode = 'lateReply';
      const late = patient.read(0, 10);
      await waitUntil('the question to leave', () => line.heard('POST /v3/kv/txn') > asked);
      line.forget();
      line.mode = 'pass';
      const next = await mustAppend(patient, head);
      line.remember();
      expect(await late).toHaveLength(1);
      expect(await patient.read(next.seq, 10)).toEqual([]);
    } finally {
      await patient.close();
    }
  });
});

describe('a watch', () => {
  it('brings what others append, and nothing of what this handle appends itself', async () => {
    const heard = listen(far);
    await heard.begun;
    let head = await mustAppend(near, EMPTY_HEAD, { body: JSON.stringify('large'.repeat(9_000)) });
    head = await mustAppend(far, head);
    head = await mustAppend(near, head);
    await waitUntil('the last one', () => heard.batches.at(-1)?.lastSeq === head.seq);
    expect(heard.batches.map(({ lastSeq }) => lastSeq)).toEqual([1, 3]);
    expect(heard.batches).toEqual((await readAll(near)).filter(({ lastSeq }) => lastSeq !== 2));
    expect(line.heard('POST /v3/watch')).toBe(1);
  });

  it('is there only while somebody listens', async () => {
    expect(line.heard('POST /v3/watch')).toBe(0);
    const heard = listen(far);
    await heard.begun;
    heard.end();
    await waitUntil('the watch to be given up', async () => (await metric('etcd_debugging_mvcc_watcher_total')) === 0);
    const polls = line.heard('POST /v3/kv/range');
    await mustAppend(near, EMPTY_HEAD);
    await far.read(0, 1);
    expect(line.heard('POST /v3/kv/range')).toBe(polls);
  });

  it('that was cut off is there again, after a hint', async () => {
    const heard = listen(far);
    await heard.begun;
    const head = await mustAppend(near, EMPTY_HEAD);
    await waitUntil('a batch', () => heard.batches.length === 1);
    const hints = heard.count();
    line.cut();
    await waitUntil('a hint', () => heard.count() > hints);
    expect(line.heard('POST /v3/watch')).toBe(2);
    await expectBrought(heard, head);
  });

  it('whose connection is dead is found out by what else is seen of the log', async () => {
    const heard = listen(far);
    await heard.begun;
    line.mode = 'silent';
    line.forget();
    line.mode = 'pass';
    const head = await mustAppend(near, EMPTY_HEAD);
    // Some 16 MiB come first.
    await waitUntil('another watch', () => line.heard('POST /v3/watch') > 1, { withinMs: 50_000 });
    expect(heard.batches).toEqual([]);
    await expectBrought(heard, head);
  });

  it('that is overtaken by a compaction goes on', async () => {
    // Nothing but what etcd says ends this watch.
    const { config } = log;
    const patient = { url: `etcd://${line.address}`, fleet: config.fleet, pollMs: 600_000 };
    await far.close();
    far = createEtcdStore({ ...patient, clock: systemClock, hasher: nodeHasher, random: Math.random });
    await far.open();
    const heard = listen(far);
    await heard.begun;
    line.mode = 'held';
    // More than fits into what lies between, so that etcd cannot tell this watch any more; and some that it is not told of.
    let head: LogHead = EMPTY_HEAD;
    for (let round = 0; round < 12; round += 1)
      head = await mustAppend(near, head, { body: incompressible(1_300_000) });
    const isBehind = async (): Promise<boolean> => (await metric('etcd_debugging_mvcc_slow_watcher_total')) > 0;
    // For good: a watch that is only late for a moment is told of these before the compaction.
    for (let rounds = 0; rounds < 4; rounds = (await isBehind()) ? rounds + 1 : 0) head = await mustAppend(near, head);
    await log.raw.compact();
    line.mode = 'pass';
    // Some 16 MiB come first.
    await waitUntil('another watch', () => line.heard('POST /v3/watch') > 1, { withinMs: 50_000 });
    expect(heard.batches.length).toBeLessThan((await readAll(near)).length);
    await expectBrought(heard, head);
  });
});

function incompressible(bytes: number): string {
  return randomBytes(bytes)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, 'x');
}

interface Heard {
  readonly batches: readonly StoredBatch[];
  count(): number;
  /** Resolves with the first hint, which the watch gives when it stands. */
  readonly begun: Promise<void>;
  end(): void;
}

function listen(store: EventStore): Heard {
  const batches: StoredBatch[] = [];
  let hints = 0;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const end = store.onAppended((batch) => {
    hints += 1;
    if (batch !== undefined) batches.push(batch);
    begin();
  });
  return { batches, count: () => hints, begun, end };
}

/** What is appended now comes with a hint, sooner or later: until the watch stands again, only hints come. */
async function expectBrought(heard: Heard, from: LogHead): Promise<void> {
  let head = from;
  await waitUntil(
    'a batch to be brought',
    async () => {
      head = await mustAppend(near, head);
      const { seq } = head;
      return waitUntil('it', () => heard.batches.some(({ lastSeq }) => lastSeq === seq), { withinMs: 300 });
    },
    { withinMs: 20_000 },
  );
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://${cluster.members[0]?.address ?? ''}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? 0);
}
