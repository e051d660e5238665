// What stands against a log, and what goes on all the same: it is shown as far as it can be read, and what is a fault of ours is
// not taken for one of the store.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { foldLog } from '../../src/app/fold-log.ts';
import { logBase } from '../../src/app/log-base.ts';
import { chainHash, headAfter } from '../../src/ports/chain.ts';
import { EMPTY_HEAD, type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, leased, seat } from '../support/fleet-rig.ts';

let rig: FleetRig;
afterEach(() => rig.close());

function shared(inner: EventStore): EventStore {
  return Object.assign(inner, { traits: { ...inner.traits, sharedAcrossHosts: true } });
}

/** The last batch says something else than it did, and the chain fits it. */
function rewriteLast(log: MemoryLog, change: (body: string) => string): void {
  const last = log.batches.at(-1);
  if (last === undefined) throw new Error('the log is empty');
  const body = change(last.body);
  const rewritten = { ...last, body, hash: chainHash(nodeHasher, last.prevHash, body) };
  log.batches = [...log.batches.slice(0, -1), rewritten];
  log.head = headAfter(rewritten);
}

/** Cuts off all that there is. */
async function cutToItsEnd(): Promise<void> {
  const store = rig.store();
  await foldLog({ store, hasher: nodeHasher, clock: rig.clock, nextTurn: () => nextTurn(), everyEvents: 1 });
  await store.truncate(rig.log.head.seq + 1);
  await store.close();
  expect(rig.log.batches).toEqual([]);
}

describe('a log that goes on with what cannot be folded here', () => {
  it.each([
    ['STORE_VERSION', (body: string) => body.replaceAll(/"v":\d+/g, '"v":99')],
    ['STORE_DAMAGED', (body: string) => body.replaceAll('"resource"', '"source"').slice(1)],
  ])('is shown as far as it goes, and nothing is decided on it (%s)', async (code, change) => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    await ana.acquire('task:stew');
    await a.view({ kind: 'locks' });
    await bo.acquire('task:soup');
    rewriteLast(rig.log, change);
    const { head } = rig.log;
    expect((await a.view({ kind: 'locks' })).items).toMatchObject([{ resource: 'task:stew' }]);
    expect(a.health().trouble).toMatchObject({ code });
    expect(codeOf(await ana.acquire('task:salad'))).toBe(code);
    // Who has not read the beginning of it has nothing to show.
    await expect((await rig.coordinator('late')).view({ kind: 'locks' })).rejects.toMatchObject({ code });
    expect(rig.log.head).toEqual(head);
  });
});

describe('a log that was cut off to its end', () => {
  it('begins where it ends, and the fleet goes on in it, also where hosts share it', async () => {
    rig = FleetRig.onFakeClock({ makeStore: () => shared(rig.store()) });
    const a = await rig.coordinator('a');
    const ana = await rig.clock.advanceUntil(seat(a, 'ana'));
    await rig.clock.advanceUntil(ana.acquire('task:stew'));
    await rig.clock.advanceUntil(a.close());
    const store = rig.store();
    await store.open();
    expect(await logBase(store)).toEqual(EMPTY_HEAD);
    const { head } = rig.log;
    await cutToItsEnd();
    await store.close();
    const again = rig.store();
    await again.open();
    expect(await logBase(again)).toEqual(head);
    const b = await rig.coordinator('b');
    expect((await rig.clock.advanceUntil(b.view({ kind: 'locks' }))).items).toMatchObject([{ resource: 'task:stew' }]);
    const bo = await rig.clock.advanceUntil(seat(b, 'bo'));
    expect(leased(await rig.clock.advanceUntil(bo.acquire('task:soup'))).status).toBe('granted');
  });
});

describe('a coordinator', () => {
  it('that cannot be opened by a fault of ours says so', async () => {
    const makeStore = (): EventStore => {
      throw new TypeError('no such thing');
    };
    rig = FleetRig.onFakeClock({ makeStore });
    await expect(rig.coordinator('a')).rejects.toThrow('no such thing');
  });

  it('diagnoses a store that is out of reach, and not a fault of ours', async () => {
    let met: Error | null = null;
    const makeStore = (): EventStore => {
      const store = rig.store();
      const read = store.read.bind(store);
      return Object.assign(store, {
        read: (after: number, limit: number) => (met === null ? read(after, limit) : Promise.reject(met)),
      });
    };
    rig = FleetRig.onFakeClock({ makeStore });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    met = new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    expect(JSON.stringify((await a.view({ kind: 'diagnosis' })).findings)).toContain('the disk is gone');
    met = new TypeError('no such thing');
    await expect(a.view({ kind: 'diagnosis' })).rejects.toThrow('no such thing');
    met = null;
  });

  it('that has closed watches over nobody, and opens nothing', async () => {
    const gone = new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    let opens = 0;
    const makeStore = (): EventStore => {
      opens += 1;
      throw gone;
    };
    rig = FleetRig.onFakeClock({ makeStore });
    const a = await rig.coordinator('a');
    await a.close();
    const { timers } = rig.clock;
    const before = opens;
    a.watchOver();
    await rig.clock.advance(60_000);
    await expect(a.view({ kind: 'locks' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect([rig.clock.timers, opens]).toEqual([timers, before]);
  });

  it('that closes while a shared store is out of reach ends what is under way there', async () => {
    let isGone = false;
    const ends: ((fault: StoreFault) => void)[] = [];
    const closed = new StoreFault('STORE_UNAVAILABLE', 'closed');
    const makeStore = (): EventStore => {
      const store = shared(rig.store());
      const { read, append, close } = {
        read: store.read.bind(store),
        append: store.append.bind(store),
        close: store.close.bind(store),
      };
      const never = () => new Promise<never>((_resolve, reject) => void ends.push(reject));
      return Object.assign(store, {
        read: (after: number, limit: number) => (isGone ? Promise.reject(closed) : read(after, limit)),
        append: (...args: Parameters<typeof append>) => (isGone ? never() : append(...args)),
        close: () => {
          for (const end of ends.splice(0)) end(closed);
          return close();
        },
      });
    };
    rig = FleetRig.onFakeClock({ makeStore });
    const a = await rig.coordinator('a');
    const ana = await rig.clock.advanceUntil(seat(a, 'ana'));
    isGone = true;
    const asked = ana.acquire('task:stew');
    await settle();
    await expect(a.view({ kind: 'locks' })).rejects.toBe(closed);
    expect([ends.length, a.health().trouble]).toMatchObject([1, { code: 'STORE_UNAVAILABLE' }]);
    await rig.clock.advanceUntil(a.close());
    await settle();
    expect(codeOf(await asked)).toBe('STORE_UNAVAILABLE');
  });
});
