import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tornAfter } from '../../test/support/torn-batch.ts';
import { createMemoryLog } from '../adapters/memory/memory-log.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { FleetEvent } from '../core/event.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import { encodeBatch, encodeEvent } from './batch-codec.ts';
import { Replica } from './replica.ts';

const moment = { at: 1, wallAt: '2025-11-19T23:25:00.000Z' };

const NEAR = createMemoryStore(createMemoryLog(), nodeHasher).traits;

/** A log of `count` batches of one event each. */
async function logOf(count: number, label = 'mark'): Promise<{ store: EventStore; batches: readonly StoredBatch[] }> {
  const store = createMemoryStore(createMemoryLog(), nodeHasher);
  await store.open();
  let head: LogHead = EMPTY_HEAD;
  for (let i = 1; i <= count; i += 1) {
    const event: FleetEvent = {
      seq: i,
      ...moment,
      version: 1,
      actor: 'x',
      type: 'drill.marked',
      label,
      note: String(i),
    };
    const parts = { id: `${label}${i}`, ...moment, placeId: 'p', epoch: 0, format: 1, hasher: nodeHasher };
    const appended = await store.append(head, encodeBatch(head, [encodeEvent(event)], parts));
    head = appended.head;
  }
  return { store, batches: await store.read(0, 100_000) };
}

function replicaOf(store: Pick<EventStore, 'read'> & Partial<EventStore>, told: string[] = []): Replica {
  return new Replica({
    store: (store.traits === undefined ? { ...store, traits: NEAR } : store) as EventStore,
    hasher: nodeHasher,
    clock: systemClock,
    nextTurn: () => nextTurn(),
    onFolded: (batch) => void told.push(batch.id),
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof StoreFault ? error.code : String(error);
  }
}

describe('replica', () => {
  it('folds every batch once, in order', async () => {
    const { store } = await logOf(5);
    const told: string[] = [];
    const replica = replicaOf(store, told);
    await Promise.all([replica.catchUp(), replica.catchUp(), replica.catchUp()]);
    expect(told).toEqual(['mark1', 'mark2', 'mark3', 'mark4', 'mark5']);
    expect(replica.head.seq).toBe(5);
    expect(replica.state.position.seq).toBe(5);
  });

  it('notices a batch that does not continue what it has folded', async () => {
    const [one, other] = [await logOf(3), await logOf(6, 'other')];
    let batches = one.batches;
    const replica = replicaOf({ read: (after) => Promise.resolve(batches.filter((batch) => batch.lastSeq > after)) });
    await replica.catchUp();
    batches = other.batches;
    expect(await codeOf(replica.catchUp())).toBe('STORE_REGRESSED');
    expect(replica.head.seq).toBe(3);
  });

  it('calls a batch damaged whose content is not what its hash says', async () => {
    const { batches } = await logOf(3);
    const changed = batches.map((batch) => ({ ...batch, body: batch.body.replace('"note":"2"', '"note":"9"') }));
    const replica = replicaOf({ read: (after) => Promise.resolve(changed.filter((batch) => batch.lastSeq > after)) });
    expect(await codeOf(replica.catchUp())).toBe('STORE_DAMAGED');
    expect(replica.head.seq).toBe(1);
  });

  it('says again of what cannot be folded that it cannot, and folds nothing on what is left of it', async () => {
    const { store } = await logOf(2);
    const head = await store.open();
    await store.append(head, tornAfter(head));
    const told: string[] = [];
    const replica = replicaOf(store, told);
    for (let i = 0; i < 2; i += 1) expect(await codeOf(replica.catchUp())).toBe('STORE_DAMAGED');
    const [, , again] = await store.read(0, 100);
    expect(again === undefined ? null : replica.offer(again)).toBe(false);
    expect([replica.head.seq, told]).toEqual([2, ['mark1', 'mark2']]);
  });

  it('takes a batch that comes by itself where it follows, and knows what it has folded', async () => {
    const { batches } = await logOf(3);
    const [first, second, third] = batches;
    const { batches: others } = await logOf(3, 'other');
    const told: string[] = [];
    const replica = replicaOf({ read: () => Promise.resolve([]) }, told);
    const taken = [third, first, first, third, others[1], second, third].map((batch) => batch && replica.offer(batch));
    expect(taken).toEqual([false, true, true, false, false, true, true]);
    expect(told).toEqual(['mark1', 'mark2', 'mark3']);
  });

  it('takes nothing damaged that comes by itself', async () => {
    const { batches } = await logOf(1);
    const replica = replicaOf({ read: () => Promise.resolve([]) });
    const [batch] = batches.map((each) => ({ ...each, body: each.body.replace('"note":"1"', '"note":"9"') }));
    expect(() => batch && replica.offer(batch)).toThrow(StoreFault);
    expect(replica.head.seq).toBe(0);
  });

  it('asks a store far away no more often than it takes', async () => {
    const { store: inner } = await logOf(4_000);
    let asked = 0;
    const traits = { ...inner.traits, sharedAcrossHosts: true, maxBatchEvents: 600 };
    const read: EventStore['read'] = (after, limit) => {
      asked += 1;
      return inner.read(after, limit);
    };
    const replica = replicaOf({ read, traits });
    await replica.catchUp();
    expect(replica.head.seq).toBe(4_000);
    expect(asked).toBe(2);
    await replica.catchUp();
    expect(asked).toBe(3);
  });

  it('gives the event loop its turn while it folds a long log', async () => {
    const { store } = await logOf(4_000);
    const replica = replicaOf(store);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await replica.catchUp();
    isDone = true;
    expect(replica.head.seq).toBe(4_000);
    expect(turns).toBeGreaterThan(1);
  });

  it('leaves nothing of a batch among the remains that cannot be folded, and folds none where one was before', async () => {
    const { store } = await logOf(3);
    const head = await store.open();
    await store.append(head, tornAfter(head));
    const readRemains = (after: number) => store.read(after, 100);
    const told: string[] = [];
    const lost = replicaOf({ read: () => Promise.resolve([]), readRemains }, told);
    expect(await lost.foldRemains()).toBe(false);
    expect([lost.isBroken, lost.head.seq, lost.state.position.seq]).toEqual([false, 3, 3]);
    expect(told).toEqual(['mark1', 'mark2', 'mark3']);

    const asked = { read: store.read.bind(store), readRemains: () => Promise.reject(new Error('it asked')) };
    const broken = replicaOf(asked);
    expect(await codeOf(broken.catchUp())).toBe('STORE_DAMAGED');
    expect([broken.isBroken, await broken.foldRemains()]).toEqual([true, false]);
  });

  it('reads the remains of a lost log, and says when it cannot', async () => {
    const { batches } = await logOf(3);
    const none = replicaOf({ read: () => Promise.resolve([]) });
    expect(await none.foldRemains()).toBe(false);
    const readRemains = (after: number) => Promise.resolve(batches.filter((batch) => batch.lastSeq > after));
    const some = replicaOf({ read: () => Promise.resolve([]), readRemains });
    expect(await some.foldRemains()).toBe(true);
    expect(some.head.seq).toBe(3);
    const broken = replicaOf({ read: () => Promise.resolve([]), readRemains: () => Promise.reject(new Error('gone')) });
    expect(await broken.foldRemains()).toBe(false);
  });
});
