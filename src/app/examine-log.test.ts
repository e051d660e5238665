import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../adapters/memory/memory-log.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { type FleetEvent, FORMAT } from '../core/event.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, StoreFault } from '../ports/event-store.ts';
import { encodeBatch, encodeEvent } from './batch-codec.ts';
import { examineLog, flawOfLog } from './examine-log.ts';

const moment = { at: 5, wallAt: '2025-11-19T23:25:00.000Z' };

/** A store with a founded fleet and some marks, one event a batch. */
async function storeWith(marks: number): Promise<{ readonly store: EventStore; readonly heads: readonly LogHead[] }> {
  const store = createMemoryStore(createMemoryLog(), nodeHasher);
  let head = await store.open();
  const heads = [head];
  const append = async (fact: object) => {
    const event = { ...moment, seq: head.seq + 1, version: 1, actor: 'brigade', ...fact } as FleetEvent;
    const parts = { id: `b${head.seq}`, ...moment, placeId: 'p1', epoch: 0, format: 1, hasher: nodeHasher };
    head = (await store.append(head, encodeBatch(head, [encodeEvent(event)], parts))).head;
    heads.push(head);
  };
  await append({ type: 'fleet.founded', fleetId: 'f1', format: 1 });
  for (let i = 0; i < marks; i += 1) await append({ type: 'drill.marked', label: String(i), note: '' });
  return { store, heads };
}

describe('examineLog', () => {
  it('reads a whole log and finds nothing', async () => {
    const { store, heads } = await storeWith(3);
    const found = await examineLog(store, { hasher: nodeHasher, hash: heads[2]?.hash });
    expect(found).toMatchObject({
      head: heads.at(-1),
      batches: 4,
      events: 4,
      firstSeq: 1,
      isWhole: true,
      chainBreak: null,
      unreadable: null,
      violations: [],
      hashAt: 2,
    });
    expect(found.state.fleet?.fleetId).toBe('f1');
  });

  it('says of an empty log that it is empty', async () => {
    const store = createMemoryStore(createMemoryLog(), nodeHasher);
    await store.open();
    const found = await examineLog(store, { hasher: nodeHasher, hash: 'f'.repeat(64) });
    expect(found).toMatchObject({ head: EMPTY_HEAD, batches: 0, events: 0, hashAt: null });
  });

  it.each([0, 3])('takes a store that is out of reach for no damage (from read %i on)', async (reads) => {
    const { store } = await storeWith(3);
    const fault = new StoreFault('STORE_UNAVAILABLE', 'gone');
    let left = reads;
    const away: EventStore = {
      ...boundTo(store),
      read: (after, limit) => {
        left -= 1;
        return left < 0 ? Promise.reject(fault) : store.read(after, Math.min(limit, 1));
      },
    };
    await expect(examineLog(away, { hasher: nodeHasher })).rejects.toBe(fault);
  });

  it('forgets no damage that only shows where much is read at once', async () => {
    const { store } = await storeWith(3);
    const spoilt: EventStore = {
      ...boundTo(store),
      read: (after, limit) =>
        limit > 1 ? Promise.reject(new StoreFault('STORE_DAMAGED', 'a row of nobody.')) : store.read(after, limit),
    };
    const found = await examineLog(spoilt, { hasher: nodeHasher });
    expect(found).toMatchObject({ events: 4, chainBreak: null, unreadable: { problem: 'a row of nobody.' } });
    expect(flawOfLog(found)).toContain('a row of nobody');
  });

  it('finds the batch at which the chain breaks, and reads no further', async () => {
    const { store, heads } = await storeWith(3);
    const spoilt: EventStore = {
      ...boundTo(store),
      read: async (after, limit) =>
        (await store.read(after, limit)).map((batch) =>
          batch.firstSeq === 3 ? { ...batch, body: batch.body.replace('"1"', '"x"') } : batch,
        ),
    };
    const found = await examineLog(spoilt, { hasher: nodeHasher });
    expect(found.chainBreak).toEqual({ seq: 3, batchId: 'b2', problem: 'its hash is not that of its content' });
    expect(found.head).toEqual(heads[2]);
  });

  it('tells damage that the store meets first', async () => {
    const { store, heads } = await storeWith(1);
    const damaged: EventStore = {
      ...boundTo(store),
      read: (after, limit) =>
        after < 2 ? store.read(after, limit) : Promise.reject(new StoreFault('STORE_DAMAGED', 'page 7 is torn')),
    };
    const found = await examineLog(damaged, { hasher: nodeHasher });
    expect(found).toMatchObject({ head: heads.at(-1), unreadable: { seq: 3, problem: 'page 7 is torn' } });
  });

  it('tells damage of the very first batch too', async () => {
    const { store } = await storeWith(1);
    const torn = new StoreFault('STORE_DAMAGED', 'page 2 is torn');
    const found = await examineLog({ ...boundTo(store), read: () => Promise.reject(torn) }, { hasher: nodeHasher });
    expect(found).toMatchObject({ head: EMPTY_HEAD, unreadable: { seq: 1, problem: 'page 2 is torn' } });
  });

  it('counts what is whole before the damage, where the store answers nothing of a read that meets it', async () => {
    const { store, heads } = await storeWith(3);
    const problem = { seq: 4, batchId: 'b3', problem: 'its hash is not that of its content' };
    const damaged: EventStore = {
      ...boundTo(store),
      read: async (after, limit) => {
        const found = await store.read(after, limit);
        if (found.some(({ firstSeq }) => firstSeq === 4)) {
          throw new StoreFault('STORE_DAMAGED', 'The file is damaged.', { details: problem });
        }
        return found;
      },
    };
    const found = await examineLog(damaged, { hasher: nodeHasher });
    expect(found).toMatchObject({ head: heads[3], events: 3, chainBreak: problem, unreadable: null, violations: [] });
  });

  it('takes what is too new for no damage, checks the chain to its end and no rule on half a state', async () => {
    const { store } = await storeWith(0);
    const head = await store.open();
    const parts = { id: 'new', ...moment, placeId: 'p1', epoch: 0, format: 1, hasher: nodeHasher };
    const unknown = await store.append(head, encodeBatch(head, ['{"type":"lease.teleported","version":1}'], parts));
    const newer = encodeBatch(unknown.head, ['{"type":"x","version":1}'], {
      ...parts,
      id: 'newer',
      format: FORMAT + 1,
    });
    const end = await store.append(unknown.head, newer);
    const found = await examineLog(store, { hasher: nodeHasher });
    expect(found).toMatchObject({ tooNew: { seq: 2 }, unreadable: null, chainBreak: null, violations: [] });
    expect(found).toMatchObject({ head: end.head, events: 3 });
  });

  it('examines the chain of what is kept where the beginning was removed', async () => {
    const { store, heads } = await storeWith(3);
    const at = heads[2] as LogHead;
    await store.saveSnapshot({ epoch: at.epoch, seq: at.seq, hash: at.hash, format: at.format, body: '{}' });
    await store.truncate(3);
    const found = await examineLog(store, { hasher: nodeHasher });
    expect(found).toMatchObject({ isWhole: false, firstSeq: 3, events: 2, chainBreak: null, head: heads.at(-1) });
  });
});

/** The methods of a store, so that one of them can be replaced. */
function boundTo(store: EventStore): EventStore {
  return {
    traits: store.traits,
    open: () => store.open(),
    read: (after, limit) => store.read(after, limit),
    append: (expected, batch) => store.append(expected, batch),
    onAppended: (hint) => store.onAppended(hint),
    loadSnapshot: (atOrBefore) => store.loadSnapshot(atOrBefore),
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
    truncate: (before) => store.truncate(before),
    beat: (beat) => store.beat(beat),
    beats: () => store.beats(),
    close: () => store.close(),
  };
}
