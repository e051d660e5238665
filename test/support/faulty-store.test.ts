import { describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { EMPTY_HEAD, type EventStore } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend } from './batches.ts';
import { type FaultRates, type FaultyStoreOptions, faultyStore, noFaults } from './faulty-store.ts';
import { tearSnapshot } from './memory-damage.ts';

async function openWith(rates: Partial<FaultRates>, more: Partial<FaultyStoreOptions> = {}) {
  const log: MemoryLog = createMemoryLog();
  const later: number[] = [];
  const store: EventStore = faultyStore(createMemoryStore(log, nodeHasher), {
    rates: { ...noFaults, ...rates },
    random: () => 0.5,
    later: (ms) => void later.push(ms),
    tear: (seq) => tearSnapshot(log, seq),
    ...more,
  });
  await store.open();
  return { log, store, later };
}

describe('a faulty store', () => {
  it('without faults is the store it stands before', async () => {
    const { store } = await openWith({});
    const head = await mustAppend(store, EMPTY_HEAD);
    expect((await store.read(0, 10)).at(-1)?.hash).toBe(head.hash);
  });

  it('loses a reply: the append happened', async () => {
    const { store, log } = await openWith({ lostReply: 1 });
    await expect(store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(log.batches).toHaveLength(1);
  });

  it('is unavailable: nothing happened', async () => {
    const { store, log } = await openWith({ unavailable: 1 });
    await expect(store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(log.batches).toHaveLength(0);
  });

  it.each<[keyof FaultRates, number]>([
    ['lateHint', 1_000],
    ['droppedHint', 250],
  ])('%s: nothing is heard now', async (kind, ms) => {
    const { store, log, later } = await openWith({ [kind]: 1 });
    let heard = 0;
    store.onAppended(() => {
      heard += 1;
    });
    const other = createMemoryStore(log, nodeHasher);
    await other.open();
    await mustAppend(other, EMPTY_HEAD);
    expect([heard, later]).toEqual([0, [ms]]);
  });

  it('tears a snapshot: the older one is loaded', async () => {
    const { log } = await openWith({});
    const whole = createMemoryStore(log, nodeHasher);
    await whole.open();
    const first = await mustAppend(whole, EMPTY_HEAD);
    await whole.saveSnapshot({ ...first, body: 'first' });
    const second = await mustAppend(whole, first);
    const torn = faultyStore(whole, {
      rates: { ...noFaults, tornSnapshot: 1 },
      random: () => 0.5,
      later: () => undefined,
      tear: (seq) => tearSnapshot(log, seq),
    });
    await expect(torn.saveSnapshot({ ...second, body: 'second' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await torn.loadSnapshot())?.body).toBe('first');
  });

  it('has the same faults for the same random numbers', async () => {
    const runs = [1, 1, 2].map(async (seed) => {
      let state = seed;
      const faults: string[] = [];
      const { store } = await openWith(
        { lostReply: 0.3, unavailable: 0.3 },
        {
          random: () => {
            state = (state * 48_271) % 2_147_483_647;
            return state / 2_147_483_647;
          },
          onFault: (kind) => faults.push(kind),
        },
      );
      for (let turn = 0; turn < 30; turn += 1) {
        await Promise.allSettled([store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))]);
      }
      return faults.join();
    });
    const [first, again, other] = await Promise.all(runs);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});
