// What etcd keeps for a fleet: batches up to its limits, snapshots in pieces, presence under a lease; and what is said of it.

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allUnder, base64, textOf } from '../../src/adapters/etcd/wire.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoreCaveat } from '../../src/ports/event-store.ts';
import { appendAll, batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { TcpLine } from '../support/tcp-line.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createEtcdLog, type EtcdLogUnderTest } from './etcd-log.ts';
import { beatOf } from './event-store-contract.ts';
import { storeFrom } from './store-config.ts';

let cluster: EtcdCluster;
let log: EtcdLogUnderTest;
let store: EventStore;

beforeAll(async () => {
  cluster = await EtcdCluster.start();
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  log = createEtcdLog(cluster);
  store = log.connect();
  await store.open();
});
afterEach(() => log.remove());

describe('a batch', () => {
  it('of 1.48 MiB fits, whatever is in it', async () => {
    const body = unlikely(1_555_000);
    const head = await mustAppend(store, EMPTY_HEAD, { body });
    expect((await store.read(0, 1)).map((batch) => batch.body)).toEqual([body]);
    expect(await log.connect().open()).toEqual(head);
  });

  it('that is larger fits where it compresses, and else is refused whole', async () => {
    const head = await mustAppend(store, EMPTY_HEAD, { body: likeAState(15_000_000) });
    const refused = store.append(head, batchAfter(head, { body: unlikely(3 * 1024 * 1024) }));
    await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE', details: { outcome: 'none' } });
    expect(await log.connect().open()).toEqual(head);
  });

  it('is refused by an etcd that takes less in one request', async () => {
    const small = await EtcdCluster.start({ flags: ['--max-request-bytes=200000'] });
    try {
      const there = createEtcdLog(small);
      const narrow = there.connect();
      await narrow.open();
      const refused = narrow.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD, { body: unlikely(300_000) }));
      await expect(refused).rejects.toMatchObject({
        code: 'TOO_LARGE',
        message: expect.stringMatching(/max-request/) as unknown,
      });
      await there.remove();
    } finally {
      await small.stop();
    }
  });

  it('does not keep the long ones after it from being read', async () => {
    let head: LogHead = EMPTY_HEAD;
    for (let round = 0; round < 200; round += 1) head = await mustAppend(store, head, { body: 'short' });
    for (let round = 0; round < 28; round += 1) head = await mustAppend(store, head, { body: unlikely(1_200_000) });
    const batches = await readAll(store, 0, 10_000);
    expect(batches).toHaveLength(228);
  });
});

describe('fleets', () => {
  it('that share an etcd do not see each other, whatever their names', async () => {
    const names = ['a', 'a/log', 'a%2Flog', 'ä b'];
    const stores = names.map((fleet) => storeFrom({ ...log.config, fleet: `${log.config.fleet}:${fleet}` }));
    for (const [i, each] of stores.entries()) {
      await each.open();
      await mustAppend(each, EMPTY_HEAD, { id: `of ${names[i]}` });
      await each.beat(beatOf('p', i));
    }
    for (const [i, each] of stores.entries()) {
      expect((await readAll(each)).map(({ id }) => id)).toEqual([`of ${names[i]}`]);
      expect(await each.beats()).toEqual([beatOf('p', i)]);
      await each.close();
    }
  });
});

describe('a snapshot', () => {
  const pieces = (): Promise<readonly string[]> =>
    log.raw.range({ ...allUnder(log.keys.chunks), keys_only: true }).then((kvs) => kvs.map(({ key }) => textOf(key)));

  it('comes in pieces, and a newer one of the same number takes its place without a rest', async () => {
    const head = await mustAppend(store, EMPTY_HEAD);
    const [first, second] = [unlikely(3_500_000), unlikely(2_500_000)];
    await store.saveSnapshot({ ...head, body: first });
    expect(await pieces()).toHaveLength(3);
    expect((await log.connect().open()).seq).toBe(1);
    await store.saveSnapshot({ ...head, body: second });
    expect((await store.loadSnapshot())?.body).toBe(second);
    expect(await pieces()).toHaveLength(2);
    expect(await log.raw.range(allUnder(log.keys.uploads))).toEqual([]);
  });

  it('whose writer was killed half-way is not there, and its pieces go once nobody can be at it any more', async () => {
    const heads = await appendAll(store, EMPTY_HEAD, [{}, {}]);
    const [, first, second] = heads as [LogHead, LogHead, LogHead];
    await store.saveSnapshot({ ...first, body: 'whole' });
    const writer = log.connectElsewhere();
    await writer.open();
    const saving = writer.saveSnapshot({ ...second, body: unlikely(16_000_000) }).catch((error: unknown) => error);
    await waitUntil('some pieces', async () => (await pieces()).length > 5);
    await writer.kill();
    expect(await saving).toBeInstanceOf(Error);
    expect((await store.loadSnapshot())?.body).toBe('whole');
    const left = (await pieces()).length;
    await store.saveSnapshot({ ...first, body: 'again' });
    expect(await pieces()).toHaveLength(left);
    // As etcd does when the lease of the upload is over.
    const [upload = ''] = (await log.raw.range(allUnder(log.keys.uploads))).map(({ lease }) => lease);
    await log.raw.post('/v3/lease/revoke', { ID: upload });
    await store.saveSnapshot({ ...second, body: 'next' });
    expect(await pieces()).toHaveLength(2);
    expect((await store.loadSnapshot(first.seq))?.body).toBe('again');
  });

  it('whose announcement is gone is not saved, and says so', async () => {
    const head = await mustAppend(store, EMPTY_HEAD);
    const saving = store.saveSnapshot({ ...head, body: unlikely(8_000_000) });
    const failed = saving.catch((error: unknown) => error);
    const upload = await waitUntil(
      'the upload',
      async () => (await log.raw.range(allUnder(log.keys.uploads)))[0]?.lease,
    );
    await log.raw.post('/v3/lease/revoke', { ID: upload });
    expect(await failed).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
    expect(await store.loadSnapshot()).toBeNull();
  });

  describe('that is replaced while it is read', () => {
    let line: TcpLine;
    let reader: EventStore;
    let head: LogHead;
    const bodies = ['first', 'second'].map((name) => name + unlikely(2_500_000));

    beforeEach(async () => {
      line = await TcpLine.start(cluster.members[0]?.address ?? '');
      reader = storeFrom({ ...log.config, url: `etcd://${line.address}` });
      await reader.open();
      head = await mustAppend(store, EMPTY_HEAD);
      await store.saveSnapshot({ ...head, body: bodies[0] ?? '' });
    });
    afterEach(async () => {
      await reader.close();
      await line.close();
    });

    /** Reads, and is told of the manifest only after `meanwhile`. */
    async function readAround(meanwhile: () => Promise<void>): Promise<string | undefined> {
      const asked = line.heard('POST /v3/kv/range');
      line.mode = 'lateReply';
      const reading = reader.loadSnapshot();
      await waitUntil('the manifest to be asked for', () => line.heard('POST /v3/kv/range') > asked);
      await store.saveSnapshot({ ...head, body: bodies[1] ?? '' });
      await meanwhile();
      line.mode = 'pass';
      return (await reading)?.body;
    }

    it('is read as it was', async () => {
      const body = await readAround(() => Promise.resolve());
      expect(body === bodies[0]).toBe(true);
    });

    it('and overtaken by a compaction too is read as it is', async () => {
      const body = await readAround(() => log.raw.compact());
      expect(body === bodies[1]).toBe(true);
    });
  });
});

describe('presence', () => {
  it('hangs on one lease of weeks for each place, which nobody is judged by', async () => {
    const other = log.connect();
    await other.open();
    await store.beat(beatOf('p', 1));
    await other.beat(beatOf('p', 2));
    const leases = async (): Promise<readonly (string | undefined)[]> =>
      (await log.raw.range(allUnder(log.keys.beats))).map(({ lease }) => lease);
    const [lease = ''] = await leases();
    await store.beat(beatOf('p', 3));
    expect(await leases()).toEqual([lease]);
    const told = await log.raw.post<{ TTL: string }>('/v3/lease/timetolive', { ID: lease });
    expect(Number(told.TTL) / 86_400).toBeGreaterThan(13);
    await log.raw.post('/v3/lease/revoke', { ID: lease });
    expect(await store.beats()).toEqual([]);
    await store.beat(beatOf('p', 4));
    expect(await other.beats()).toEqual([beatOf('p', 4)]);
  });
});

describe('a truncated log', () => {
  it('whose batches were not all removed yet is cut at its base all the same, and the next one removes them', async () => {
    const heads = await appendAll(
      store,
      EMPTY_HEAD,
      Array.from({ length: 600 }, () => ({})),
    );
    const point = heads[500] ?? EMPTY_HEAD;
    await store.saveSnapshot({ ...point, body: 'state' });
    // As a process leaves it that dies right after it began.
    const { epoch, seq, hash, format } = point;
    await log.raw.put(log.keys.base, JSON.stringify({ epoch, seq, hash, format }));
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'HISTORY_TRUNCATED' });
    expect(await store.truncate(2)).toBe(501);
    expect(await log.raw.range({ ...allUnder(log.keys.log), keys_only: true })).toHaveLength(100);
    expect(await readAll(store, 500)).toHaveLength(100);
  });

  it('says so where batches are missing that nobody has cut', async () => {
    await appendAll(store, EMPTY_HEAD, [{}, {}, {}]);
    await log.raw.remove({ key: base64(log.keys.batch(2)) });
    await expect(store.read(1, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('etcd whose quota is used up', () => {
  it('writes nothing and says so, still tells who lost, reads, and goes on when there is room', async () => {
    const full = await EtcdCluster.start({ flags: ['--quota-backend-bytes=12000000'] });
    try {
      const there = createEtcdLog(full);
      const writer = there.connect();
      await writer.open();
      const late = there.connect();
      const before = await late.open();
      const head = await mustAppend(writer, EMPTY_HEAD);
      const fill = async (): Promise<boolean> => {
        await there.raw.put('/elsewhere', randomBytes(1_000_000));
        return false;
      };
      await waitUntil('no space', () => fill().catch((error: unknown) => /space exceeded/.test(String(error))));
      await expect(writer.append(head, batchAfter(head))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/quota/) as unknown,
        details: { outcome: 'none' },
      });
      expect(await late.append(before, batchAfter(before))).toEqual({ appended: false, head });
      expect(await writer.read(0, 10)).toHaveLength(1);
      expect(codesOf(await writer.caveats?.())).toEqual(['etcd_no_space', 'etcd_single_member']);
      await there.raw.compact();
      await full.ctl('defrag');
      await full.ctl('alarm', 'disarm');
      await mustAppend(writer, head);
      await there.remove();
    } finally {
      await full.stop();
    }
  });
});

describe('caveats', () => {
  it('of one member that nobody compacts', async () => {
    const one = await EtcdCluster.start();
    try {
      const there = createEtcdLog(one);
      const reader = there.connect();
      await reader.open();
      expect(codesOf(await reader.caveats?.())).toEqual(['etcd_single_member']);
      const many = async (): Promise<void> => {
        for (let i = 0; i < 160; i += 1) await there.raw.put('/elsewhere', '');
      };
      await Promise.all(Array.from({ length: 64 }, many));
      expect(codesOf(await reader.caveats?.())).toEqual(['etcd_single_member', 'etcd_not_compacted']);
      await there.raw.compact();
      expect(codesOf(await reader.caveats?.())).toEqual(['etcd_single_member']);
      await there.remove();
    } finally {
      await one.stop();
    }
  });

  it('of three members: none, then of the one that is gone, then of the one that is left alone', async () => {
    const three = await EtcdCluster.start({ members: 3 });
    try {
      const there = createEtcdLog(three);
      const reader = there.connect();
      await reader.open();
      expect(await reader.caveats?.()).toEqual([]);
      const [first, second] = three.members;
      await first?.kill();
      const said = await reader.caveats?.();
      expect(codesOf(said)).toEqual(['etcd_member_unreachable']);
      expect(said?.[0]?.message).toContain(first?.address);
      await second?.kill();
      await waitUntil('no leader', async () => {
        const alone = await reader.caveats?.();
        return codesOf(alone).includes('etcd_no_leader');
      });
      await there.remove();
    } finally {
      await three.stop();
    }
  });
});

function codesOf(caveats: readonly StoreCaveat[] = []): readonly string[] {
  return caveats.map(({ code }) => code);
}

/** As little as text can: any of the printable characters. */
function unlikely(bytes: number): string {
  return randomBytes(bytes)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (char) => String.fromCharCode(32 + (char.charCodeAt(0) % 95)));
}

/** Rows of leases. */
function likeAState(bytes: number): string {
  const row = (i: number): string =>
    JSON.stringify({
      leaseId: `l${i}`,
      resource: `file:@w/src/module-${i % 100}/file-${i}.ts`,
      holder: `agent_${i % 64}`,
      token: 10_000 + i,
      mode: 'exclusive',
      at: 1_763_594_700_000 + 7 * i,
    });
  let body = '';
  for (let i = 0; body.length < bytes; i += 1) body += row(i);
  return body.slice(0, bytes);
}
