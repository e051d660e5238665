// Snapshots save work and decide nothing: with one, without one and with a torn one the fleet is the same.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { createFoldThread } from '../../src/adapters/system/fold-thread.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { foldLog } from '../../src/app/fold-log.ts';
import type { FleetView } from '../../src/core/view/views.ts';
import type { BackgroundFold } from '../../src/ports/background-fold.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import { codeOf, FleetRig, HERE, leased, seat } from '../support/fleet-rig.ts';
import { writeMarks } from '../support/marked-log.ts';
import { tearSnapshot } from '../support/memory-damage.ts';

function fold(store: EventStore, everyEvents: number) {
  return foldLog({ store, hasher: nodeHasher, clock: systemClock, nextTurn: () => nextTurn(), everyEvents });
}

/** Without the moment of looking. */
function lasting(view: FleetView): unknown {
  return {
    counts: view.counts,
    head: view.head,
    locks: view.locks.map(({ resource, token }) => ({ resource, token })),
  };
}

describe('a snapshot', () => {
  let rig = FleetRig.onFakeClock();
  let eventsRead = 0;
  afterEach(() => rig.close());

  async function withHistory(): Promise<FleetView> {
    rig = FleetRig.onFakeClock({
      makeStore: () => {
        const store = rig.store();
        const read = store.read.bind(store);
        store.read = async (after, limit) => {
          const batches = await read(after, limit);
          eventsRead += batches.reduce((sum, batch) => sum + batch.count, 0);
          return batches;
        };
        return store;
      },
    });
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    for (let i = 0; i < 40; i += 1) await ana.acquire(`task:${i}`);
    void bo.acquire('task:3', { waitMs: 1_000 });
    await rig.clock.advance(2_000);
    return a.view({ kind: 'fleet' });
  }

  it('is where a fresh process starts, and it comes to the same fleet', async () => {
    const before = await withHistory();
    const report = await fold(rig.store(), 10);
    expect(report).toEqual({ snapshotSeq: rig.log.head.seq, violations: [] });
    eventsRead = 0;
    const b = await rig.coordinator('b');
    expect(eventsRead).toBe(0);
    expect(lasting(await b.view({ kind: 'fleet' }))).toEqual(lasting(before));
    const cy = await seat(b, 'cy');
    expect(leased(await cy.acquire('task:new')).status).toBe('granted');
  });

  it('that is torn is passed over', async () => {
    const before = await withHistory();
    const { snapshotSeq } = await fold(rig.store(), 10);
    tearSnapshot(rig.log, snapshotSeq);
    eventsRead = 0;
    const b = await rig.coordinator('b');
    expect(eventsRead).toBe(rig.log.head.seq);
    expect(lasting(await b.view({ kind: 'fleet' }))).toEqual(lasting(before));
  });

  it('of another log that the log has gone on from is passed over', async () => {
    await withHistory();
    await fold(rig.store(), 10);
    const store = rig.store();
    await store.open();
    const snapshot = await store.loadSnapshot();
    if (snapshot === null) throw new Error('no snapshot');
    await store.saveSnapshot({ ...snapshot, hash: 'f'.repeat(64) });
    const cy = await seat(await rig.coordinator('b'), 'cy');
    await cy.acquire('task:new');
    eventsRead = 0;
    const c = await rig.coordinator('c');
    expect(eventsRead).toBeGreaterThanOrEqual(rig.log.head.seq);
    expect((await c.view({ kind: 'fleet' })).counts.leases).toBe(41);
  });

  it('of another log with the same number is passed over', async () => {
    const before = await withHistory();
    const { snapshotSeq } = await fold(rig.store(), 10);
    const store = rig.store();
    await store.open();
    const snapshot = await store.loadSnapshot();
    if (snapshot === null) throw new Error('no snapshot');
    await store.saveSnapshot({ ...snapshot, hash: 'f'.repeat(64) });
    eventsRead = 0;
    const b = await rig.coordinator('b');
    expect(eventsRead).toBeGreaterThanOrEqual(snapshotSeq);
    expect(lasting(await b.view({ kind: 'fleet' }))).toEqual(lasting(before));
  });

  it('that is recent enough is not made again', async () => {
    await withHistory();
    const first = await fold(rig.store(), 10);
    const cy = await seat(await rig.coordinator('b'), 'cy');
    await cy.acquire('task:new');
    expect((await fold(rig.store(), 1_000)).snapshotSeq).toBe(first.snapshotSeq);
    expect((await fold(rig.store(), 1)).snapshotSeq).toBe(rig.log.head.seq);
  });
});

describe('the schedule', () => {
  it('asks for a fold every 5,000 events, once at a time, and a broken invariant stops granting', async () => {
    const violations = [{ invariant: 'one_holder', detail: 'as the fold says' }];
    const asked: number[] = [];
    const rig = FleetRig.onFakeClock({
      fold: {
        run: (everyEvents) => {
          asked.push(everyEvents);
          return Promise.resolve({ snapshotSeq: rig.log.head.seq, violations: asked.length > 1 ? violations : [] });
        },
        close: () => Promise.resolve(),
      },
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const write = async (events: number): Promise<void> => {
      const until = rig.log.head.seq + events;
      let version = (await a.view({ kind: 'state', key: 'key' })).items[0]?.version ?? 0;
      for (; rig.log.head.seq < until; version += 1) await ana.put('key', version, { ifVersion: version });
      await rig.clock.advance(20_000);
    };
    await write(4_900);
    expect(asked).toEqual([]);
    await write(200);
    expect(asked).toEqual([5_000]);
    expect(leased(await ana.acquire('task:stew')).status).toBe('granted');
    await write(5_000);
    expect(asked).toHaveLength(2);
    expect(codeOf(await ana.acquire('task:soup'))).toBe('INVARIANT_BROKEN');
    await rig.close();
  });

  it('asks again a minute after none could be made, and the fleet goes on meanwhile', async () => {
    let asked = 0;
    const failing: BackgroundFold = {
      run: () => {
        asked += 1;
        return Promise.reject(new Error('the thread has died'));
      },
      close: () => Promise.resolve(),
    };
    const rig = FleetRig.onFakeClock({ fold: failing });
    await writeMarks(Object.assign(rig.store(), { saveSnapshot: () => Promise.resolve() }), 6_000);
    const ana = await seat(await rig.coordinator('a'), 'ana');
    const goOn = async (ms: number): Promise<number> => {
      expect(codeOf(await ana.acquire(`task:${rig.log.head.seq}`))).toBe('none');
      await rig.clock.advance(ms);
      return asked;
    };
    expect([await goOn(10_000), await goOn(40_000), await goOn(15_000)]).toEqual([1, 1, 1]);
    expect(await goOn(10_000)).toBe(2);
    await rig.close();
  });

  it('has a state that is not small checked off the event loop, by each process that begins to decide on it', async () => {
    const asked: string[] = [];
    const foldOf = (name: string): BackgroundFold => ({
      run: () => {
        asked.push(name);
        return Promise.resolve({ snapshotSeq: 0, violations: [] });
      },
      close: () => Promise.resolve(),
    });
    const rig = FleetRig.onFakeClock({ foldOf });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    for (let i = 0; i < 501; i += 1) await ana.put(`key-${i}`, i, { ifVersion: 0 });
    await b.view({ kind: 'counts' });
    expect(asked).toEqual([]);
    const bo = await seat(b, 'bo');
    await bo.acquire('task:stew');
    expect(asked).toEqual(['b']);
    await rig.close();
  });

  it('asks the sooner the farther behind the last snapshot is', async () => {
    let asked = 0;
    const rig = FleetRig.onFakeClock({
      fold: {
        run: () => {
          asked += 1;
          return Promise.resolve({ snapshotSeq: rig.log.head.seq, violations: [] });
        },
        close: () => Promise.resolve(),
      },
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    for (let version = 0; version < 15_000; version += 1) await ana.put('key', version, { ifVersion: version });
    await a.close();
    // Each draws a pause of its own, so one alone might be early by chance.
    for (const name of ['b', 'c', 'd', 'e', 'f']) await seat(await rig.coordinator(name), 'bo');
    expect(asked).toBe(0);
    await rig.clock.advance(2_000);
    expect(asked).toBe(5);
    await rig.close();
  });

  it('asks on one host where several share the log, and on each where that one does not', async () => {
    const asked: string[] = [];
    let isWritten = true;
    const foldOf = (name: string): BackgroundFold => ({
      run: () => {
        asked.push(name);
        return Promise.resolve({ snapshotSeq: isWritten ? rig.log.head.seq : 0, violations: [] });
      },
      close: () => Promise.resolve(),
    });
    const shared = (store: EventStore): EventStore =>
      Object.assign(store, { traits: { ...store.traits, sharedAcrossHosts: true } });
    const rig: FleetRig = FleetRig.onFakeClock({ foldOf, makeStore: () => shared(rig.store()) });
    const hosts = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => {
        const place = { ...HERE, placeId: `p_${name}`, bootId: name, machineId: name };
        return seat(await rig.coordinator(name, place), name, { placeId: place.placeId });
      }),
    );
    // A stretch of fleet time, in which all of them write, and each of them is the first of one.
    let written = 0;
    const stretch = async (first: number, puts: number): Promise<void> => {
      for (let i = 0; i < puts; i += 1) {
        const host = hosts[(first + i) % hosts.length];
        written += 1;
        await host?.put(`key-${written}`, 0, { ifVersion: 0 });
      }
      await rig.clock.advance(10_000);
    };
    for (const first of [0, 1, 2, 3]) await stretch(first, 2_000);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(3);
    isWritten = false;
    asked.length = 0;
    for (let i = 0; i < 10; i += 1) await stretch(0, 600);
    expect(new Set(asked)).toEqual(new Set(['a', 'b', 'c', 'd']));
    await rig.close();
  });

  it('has whoever read far save what it has read before it decides, so that processes that die at once still get on', async () => {
    const rig = FleetRig.onFakeClock({
      fold: { run: () => new Promise(() => undefined), close: () => Promise.resolve() },
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    for (let version = 0; version < 20_000; version += 1) await ana.put('key', version, { ifVersion: version });
    await a.close();
    const readBefore = rig.log.head.seq;
    await seat(await rig.coordinator('b'), 'bo');
    const store = rig.store();
    await store.open();
    expect(await store.loadSnapshot()).toMatchObject({ seq: readBefore });
    await rig.close();
  });
});

describe('the folding thread', () => {
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes a snapshot of a SQLite log with a connection of its own', async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-fold-'));
    const path = join(folder, 'brigade.db');
    const open = (): EventStore =>
      createSqliteStore({ path, durability: 'process', clock: systemClock, hasher: nodeHasher, random: Math.random });
    const rig = new FleetRig({ clock: systemClock, makeStore: open });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    for (let i = 0; i < 20; i += 1) await ana.acquire(`task:${i}`);
    const thread = createFoldThread(new URL('../../src/fold-worker.ts', import.meta.url), {
      location: { kind: 'sqlite', path },
      durability: 'process',
    });
    const report = await thread.run(10);
    expect(report).toEqual({ snapshotSeq: a.health().head.seq, violations: [] });
    await thread.close();
    const store = open();
    await store.open();
    expect(await store.loadSnapshot()).toMatchObject({ seq: report.snapshotSeq });
    await store.close();
    await rig.close();
  });
});
