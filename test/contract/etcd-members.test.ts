// Three members, of which some are gone, silent or slow.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EMPTY_HEAD, type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { EtcdCluster, type EtcdMember } from '../support/etcd-server.ts';
import { waitUntil } from '../support/wait-until.ts';

let cluster: EtcdCluster;
let fleets = 0;
let fleet = '';
let opened: EventStore[] = [];

beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
});
afterAll(() => cluster.stop());

beforeEach(() => {
  fleets += 1;
  fleet = `members-${fleets}`;
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
  for (const member of cluster.members) {
    member.resume();
    if (!member.isRunning) await member.restart();
  }
  await cluster.healthy();
});

/** One that asks the first of these members first. */
async function open(members: readonly EtcdMember[] = cluster.members, deadlineMs = 3_000): Promise<EventStore> {
  const ports = { clock: systemClock, hasher: nodeHasher, random: () => 0 };
  const store = createEtcdStore({ url: cluster.urlOf(members), fleet, deadlineMs, ...ports });
  opened.push(store);
  await store.open();
  return store;
}

/** `first`, and then the others. */
function startingWith(first: EtcdMember): readonly EtcdMember[] {
  return [first, ...cluster.members.filter((member) => member !== first)];
}

async function follower(): Promise<EtcdMember> {
  const leader = await cluster.leader();
  return cluster.members.find((member) => member !== leader) ?? leader;
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

describe('with three members', () => {
  it('an acknowledged append survives the loss of any one of them', async () => {
    expect((await open()).traits.survives).toBe('quorum');
  });

  it('one that is gone is passed over, at once', async () => {
    const gone = await follower();
    const store = await open(startingWith(gone));
    const head = await mustAppend(store, EMPTY_HEAD);
    await gone.kill();
    expect(await store.read(0, 1)).toHaveLength(1);
    expect(await elapsedMs(() => mustAppend(store, head))).toBeLessThan(1_000);
  });

  it('one that is silent costs a call its share of the time, and the next ones nothing', async () => {
    const silent = await follower();
    const store = await open(startingWith(silent));
    const head = await mustAppend(store, EMPTY_HEAD);
    silent.pause();
    expect(await elapsedMs(() => store.read(0, 1))).toBeLessThan(2_900);
    expect(await elapsedMs(() => mustAppend(store, head))).toBeLessThan(1_000);
    expect(await elapsedMs(() => store.beats())).toBeLessThan(1_000);
  });

  it('one that is silent makes an append uncertain before its time is over, so that there is time to read', async () => {
    const silent = await follower();
    const store = await open(startingWith(silent));
    const head = await mustAppend(store, EMPTY_HEAD);
    silent.pause();
    const batch = batchAfter(head);
    let said: unknown;
    const appending = async (): Promise<void> => {
      said = await faultOf(store.append(head, batch));
    };
    expect(await elapsedMs(appending)).toBeLessThan(2_000);
    expect(said).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'unknown' } });
    expect(await elapsedMs(() => store.read(head.seq, 1))).toBeLessThan(1_000);
    silent.resume();
    await cluster.healthy();
    // What was asked of it arrives now, or never does.
    const found = await store.read(head.seq, 10);
    expect(found.map(({ id }) => id)).toEqual(found.length === 0 ? [] : [batch.id]);
  });

  it('a minority serves nobody, says why, and is not waited for longer than the deadline', async () => {
    const [alone, ...others] = startingWith(await cluster.leader());
    const store = await open(startingWith(alone as EtcdMember));
    const head = await mustAppend(store, EMPTY_HEAD);
    for (const other of others) await other.kill();
    expect(await faultOf(open([alone as EtcdMember], 1_500))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await waitUntil('the leader to step down', async () => {
      const fault = await faultOf(store.read(0, 1));
      return fault?.code === 'STORE_UNAVAILABLE' && fault.message.includes('no leader');
    });
    expect(await elapsedMs(() => faultOf(store.append(head, batchAfter(head))))).toBeLessThan(4_000);
    for (const other of others) await other.restart();
    await cluster.healthy();
    expect(await store.read(0, 10)).toHaveLength(1);
    await mustAppend(store, head);
  });

  it('members that start again one after the other are noticed by nobody', async () => {
    const store = await open();
    let head = await mustAppend(store, EMPTY_HEAD);
    let count = 1;
    for (const member of cluster.members) {
      await member.restart();
      head = await appendSomehow(store);
      count += 1;
      await cluster.healthy();
    }
    expect(await readAll(store)).toHaveLength(count);
    expect(await store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))).toMatchObject({ appended: false, head });
  });

  it.each(['leader', 'follower'] as const)(
    'a %s that is stopped for 200 ms again and again loses nothing',
    async (which) => {
      const slow = which === 'leader' ? await cluster.leader() : await follower();
      const store = await open(startingWith(slow), 5_000);
      const acknowledged: string[] = [];
      const pulses = pulse(slow);
      let head = await store.open();
      let longestMs = 0;
      while (pulses.stops < 15) {
        const batch = batchAfter(head);
        const startedMs = performance.now();
        const answer = await store.append(head, batch);
        longestMs = Math.max(longestMs, performance.now() - startedMs);
        expect(answer.appended).toBe(true);
        acknowledged.push(batch.id);
        head = answer.head;
      }
      pulses.end();
      expect((await readAll(store)).map(({ id }) => id)).toEqual(acknowledged);
      expect(longestMs).toBeLessThan(2_000);
    },
  );
});

/** What was thrown; null where nothing was. */
async function faultOf(work: Promise<unknown>): Promise<StoreFault | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof StoreFault) return error;
    throw error;
  }
}

/** As the commit loop does it: an append that nobody knows of is looked for by reading. */
async function appendSomehow(store: EventStore): Promise<Awaited<ReturnType<EventStore['open']>>> {
  return waitUntil('an append', async () => {
    const head = await store.open();
    const batch = batchAfter(head);
    if ((await faultOf(store.append(head, batch))) === null) return store.open();
    const [found] = await store.read(head.seq, 1);
    return found?.id === batch.id ? store.open() : null;
  });
}

function pulse(member: EtcdMember): { readonly stops: number; end(): void } {
  let isStopped = false;
  let stops = 0;
  const timer = setInterval(() => {
    isStopped = !isStopped;
    if (isStopped) stops += 1;
    if (isStopped) member.pause();
    else member.resume();
  }, 200);
  return {
    get stops() {
      return stops;
    },
    end: () => {
      clearInterval(timer);
      member.resume();
    },
  };
}
