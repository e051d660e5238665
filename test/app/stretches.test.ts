// Views over a stretch of a log: the same however much of it was read for the question before, bounded in what is read, and of
// the log that is there.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import { PastViewer } from '../../src/app/past/past-viewer.ts';
import { type FleetEvent, FORMAT } from '../../src/core/event.ts';
import { epochStarted } from '../../src/core/fleet/epoch.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import { STRETCH_LIMITS, type StretchQuery } from '../../src/core/history/stretch-views.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { PastMoment } from '../../src/core/view/past.ts';
import { headAfter } from '../../src/ports/chain.ts';
import { EPOCH_STRIDE, StoreFault } from '../../src/ports/event-store.ts';
import { placeBatch } from '../../src/ports/place-batch.ts';
import { snapshotChecksum } from '../../src/ports/snapshot-rules.ts';
import { foldOf } from '../histories/history.ts';
import { changeBody, rollBack } from '../support/memory-damage.ts';
import { randomOf } from '../support/random.ts';
import { BEGAN_MS, TimedFleet } from '../support/timed-fleet.ts';

const QUERIES: readonly StretchQuery[] = [
  { kind: 'timeline', fromMs: BEGAN_MS },
  { kind: 'timeline', by: 'agent' },
  { kind: 'heat' },
  { kind: 'series' },
  { kind: 'checkins', agentId: 'cook-1' },
];

/** Appends these as they are, in batches of what has one time and is no more than `most`. */
function append(log: MemoryLog, events: readonly FleetEvent[], most = 500): void {
  for (let i = 0; i < events.length; ) {
    const [first] = events.slice(i, i + 1) as [FleetEvent];
    let end = i + 1;
    while (end < events.length && end - i < most && events[end]?.wallAt === first.wallAt) end += 1;
    const { at, wallAt, seq } = first;
    const epoch = Math.floor(seq / EPOCH_STRIDE);
    const parts = { id: `b${seq}`, placeId: 'p', epoch, format: FORMAT, hasher: nodeHasher, at, wallAt };
    const made = encodeBatch(log.head, events.slice(i, end).map(encodeEvent), parts);
    const batch = placeBatch(nodeHasher, log.head, made, { maxBatchEvents: 500, maxBatchBytes: 10_000_000 });
    log.batches.push(batch);
    log.head = headAfter(batch);
    i = end;
  }
}

function marks(count: number, after: number, atMs: number): readonly FleetEvent[] {
  const wallAt = new Date(BEGAN_MS + atMs).toISOString();
  const mark = { type: 'drill.marked', at: atMs, wallAt, version: 1, actor: 'brigade', label: 'l', note: '' } as const;
  return Array.from({ length: count }, (_, i) => ({ ...mark, seq: after + i + 1 }));
}

/** Looks at a log, and counts what it reads. */
function viewerOf(log: MemoryLog, nowMs: number) {
  let read = 0;
  const viewer = new PastViewer({
    makeStore: () => {
      const store = createMemoryStore(log, nodeHasher);
      const reads = store.read.bind(store);
      store.read = async (after, limit) => {
        const batches = await reads(after, limit);
        read += batches.reduce((sum, { count }) => sum + count, 0);
        return batches;
      };
      return Promise.resolve(store);
    },
    hasher: nodeHasher,
    clock: { ...systemClock, wallAt: () => new Date(BEGAN_MS + nowMs).toISOString() },
    nextTurn: () => nextTurn(),
    savesWaymarks: false,
  });
  const see = async <Q extends StretchQuery>(query: Q, moment: PastMoment = { newest: true }) => {
    const before = read;
    const answer = await viewer.view(query, moment);
    if (isRejection(answer)) throw new Error(answer.message);
    return { ...answer, read: read - before };
  };
  return { viewer, see };
}

function workedLog(seed: number, rounds: number) {
  const random = randomOf(seed);
  const fleet = new TimedFleet();
  for (let i = 0; i < rounds; i += 1) fleet.works(random);
  const log = createMemoryLog();
  append(log, fleet.events);
  return { fleet, log, random };
}

describe('a stretch', () => {
  it('is shown alike by who has read it for the question before and by who has not', async () => {
    const { fleet, log, random } = workedLog(5, 300);
    const nowMs = fleet.atMs + 3_600_000;
    const going = viewerOf(log, nowMs);
    for (let i = 0; i < 40; i += 1) {
      const query = random.pick(QUERIES);
      const moment = random.pick<PastMoment>([
        { newest: true },
        { seq: random.between(1, log.head.seq) },
        { wallAt: new Date(BEGAN_MS + random.between(0, fleet.atMs)).toISOString() },
      ]);
      if (random.chance(0.3)) {
        fleet.works(random);
        append(log, fleet.events.slice(log.head.seq));
      }
      const fresh = viewerOf(log, nowMs);
      const [seen, expected] = [await going.see(query, moment), await fresh.see(query, moment)];
      expect({ query, moment, view: seen.view, asOf: seen.asOf }).toEqual({
        query,
        moment,
        view: expected.view,
        asOf: expected.asOf,
      });
    }
  });

  it('is read once, and then only what is new', async () => {
    const log = createMemoryLog();
    append(log, new TimedFleet().events);
    append(log, marks(20_000, log.head.seq, 1_000));
    const { see } = viewerOf(log, 2_000);
    expect((await see({ kind: 'series' })).read).toBeGreaterThan(20_000);
    append(log, marks(100, log.head.seq, 1_500));
    for (const query of QUERIES.slice(0, 4)) expect((await see(query)).read).toBeLessThan(15_000);
  });

  it('begins later where it has more events than are read, and says so', async () => {
    const log = createMemoryLog();
    append(log, new TimedFleet().events);
    append(log, marks(STRETCH_LIMITS.events + 5_000, log.head.seq, 1_000));
    const { see } = viewerOf(log, 2_000);
    for (const query of QUERIES) {
      const { view, read } = await see(query);
      const { seq } = log.head;
      expect(view).toMatchObject({ isWhole: false, from: { seq: seq - STRETCH_LIMITS.events }, to: { seq } });
      expect(read).toBeLessThan(STRETCH_LIMITS.events + 20_000);
    }
    // It goes on: what it forgets on its way is what is not asked for any more.
    append(log, marks(30_000, log.head.seq, 1_200));
    const { view } = await see({ kind: 'series' });
    expect(view.from.seq).toBe(log.head.seq - STRETCH_LIMITS.events);
    expect(view.series.events.reduce((sum, each) => sum + each, 0)).toBe(STRETCH_LIMITS.events);
  });

  it('goes over the beginning of an epoch, as far as the log has what was before', async () => {
    const { fleet, log } = workedLog(6, 60);
    const state = foldOf(fleet.events);
    const chain = { epoch: 0, seq: log.head.seq, hash: log.head.hash };
    const start = { fleetId: 'f1', epoch: 1, lost: chain, basis: chain, why: 'rolled back', requestId: 'r' };
    const atMs = fleet.atMs + 1_000;
    const wallAt = new Date(BEGAN_MS + atMs).toISOString();
    append(log, [epochStarted(state, start, { at: atMs, wallAt })]);
    append(log, marks(10, log.head.seq, atMs));
    const { see } = viewerOf(log, atMs + 1_000);
    const { view } = await see({ kind: 'timeline', fromMs: BEGAN_MS, by: 'agent' });
    expect(view).toMatchObject({ isWhole: true, from: { seq: log.batches[0]?.lastSeq } });
    expect(view.lanes.length).toBeGreaterThan(1);
    expect(view.marks.map(({ kind }) => kind)).toContain('log_lost');
    append(log, marks(STRETCH_LIMITS.events - 20, log.head.seq, atMs));
    const { view: later } = await see({ kind: 'timeline', fromMs: BEGAN_MS });
    expect(later).toMatchObject({ isWhole: false, from: { seq: chain.seq - 9 } });
  });

  it('begins where the log was cut, and says that it is not whole', async () => {
    const { fleet, log } = workedLog(7, 120);
    const cut = log.batches[Math.floor(log.batches.length / 2)]?.lastSeq ?? 0;
    const head = headAfter(log.batches.find(({ lastSeq }) => lastSeq === cut) as (typeof log.batches)[number]);
    const body = JSON.stringify(exportState(foldOf(fleet.events.slice(0, cut))));
    const snapshot = { ...head, body };
    log.snapshots.set(cut, { snapshot, checksum: snapshotChecksum(nodeHasher, snapshot) });
    const store = createMemoryStore(log, nodeHasher);
    await store.open();
    await store.truncate(cut + 1);
    const { see } = viewerOf(log, fleet.atMs + 1_000);
    const { view } = await see({ kind: 'timeline', fromMs: BEGAN_MS });
    expect(view).toMatchObject({ isWhole: false, from: { seq: cut } });
    expect(view.lanes.flatMap(({ spans }) => spans).some(({ fromSeq }) => fromSeq === null)).toBe(true);
  });

  it.each([5, 5_000])(
    'is of the log that is there, also when that was replaced meanwhile (by %d events)',
    async (events) => {
      const { fleet, log } = workedLog(8, 120);
      const { see } = viewerOf(log, fleet.atMs + 1_000);
      const query = { kind: 'timeline', fromMs: BEGAN_MS } as const;
      await see(query);
      rollBack(log, log.batches[Math.floor(log.batches.length / 2)]?.lastSeq ?? 0);
      append(log, marks(events, log.head.seq, fleet.atMs));
      const { view } = await see(query);
      expect(view.to.seq).toBe(log.head.seq);
      expect(view).toEqual((await viewerOf(log, fleet.atMs + 1_000).see(query)).view);
    },
  );

  it('is empty where nothing was logged yet', async () => {
    const { see } = viewerOf(createMemoryLog(), 1_000);
    expect((await see({ kind: 'timeline' })).view).toMatchObject({ isWhole: true, lanes: [], marks: [] });
    expect((await see({ kind: 'series', minutes: 1 })).view.series.leases.every((each) => each === 0)).toBe(true);
  });
});

describe('the end of a stretch', () => {
  const HOUR_MS = 3_600_000;
  const at = (ms: number): string => new Date(BEGAN_MS + ms).toISOString();

  /** A log of ten marks, one each minute after the first hour. */
  function markedLog(): MemoryLog {
    const log = createMemoryLog();
    append(log, new TimedFleet().events);
    for (let i = 1; i <= 10; i += 1) append(log, marks(1, log.head.seq, HOUR_MS + i * 60_000));
    return log;
  }

  it('is the time that was asked for, or the moment of the view where that comes first', async () => {
    const log = markedLog();
    const { see } = viewerOf(log, 2 * HOUR_MS);
    const { seq } = log.head;
    const query = { kind: 'timeline', fromMs: BEGAN_MS, toMs: BEGAN_MS + HOUR_MS + 270_000 } as const;
    const ends = [
      await see(query),
      await see(query, { wallAt: at(HOUR_MS + 150_000) }),
      await see(query, { seq: seq - 8 }),
      await see({ ...query, toMs: BEGAN_MS + 2 * HOUR_MS + 1 }),
    ].map(({ view }) => [view.to.seq, view.to.atMs - BEGAN_MS - HOUR_MS]);
    expect(ends).toEqual([
      [seq - 6, 270_000],
      [seq - 8, 150_000],
      [seq - 8, 120_000],
      [seq, HOUR_MS],
    ]);
  });

  it.each<[string, StretchQuery, PastMoment, RegExp]>([
    ['a moment that never was', { kind: 'heat' }, { seq: 1_000_000 }, /The log ends at/],
    ['what is no time', { kind: 'series' }, { wallAt: 'yesterday' }, /is no time/],
    ['an end before the log', { kind: 'timeline', toMs: BEGAN_MS - 1 }, { newest: true }, /The log begins at/],
    [
      'an end before its beginning',
      { kind: 'timeline', fromMs: BEGAN_MS + 2, toMs: BEGAN_MS + 1 },
      { newest: true },
      /nothing from/,
    ],
    [
      'a beginning that is to come',
      { kind: 'timeline', fromMs: BEGAN_MS + 9 * HOUR_MS },
      { newest: true },
      /nothing from/,
    ],
  ])('is refused for %s', async (_what, query, moment, says) => {
    const refused = await viewerOf(markedLog(), 2 * HOUR_MS).viewer.view(query, moment);
    expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(says) as string });
  });

  it('is that of an empty log where nothing was logged yet', async () => {
    const { view } = await viewerOf(createMemoryLog(), 1_000).see({ kind: 'checkins', agentId: 'ana' });
    expect(view).toMatchObject({ isWhole: true, checkIns: [], to: { seq: 0, atMs: BEGAN_MS + 1_000 } });
  });
});

describe('a log that cannot be looked at', () => {
  it('is said to be damaged where its chain is broken, and looked at again once it is whole', async () => {
    const { fleet, log } = workedLog(9, 60);
    const { viewer, see } = viewerOf(log, fleet.atMs + 1_000);
    const whole = [...log.batches];
    changeBody(log, log.batches[Math.floor(log.batches.length / 2)]?.lastSeq ?? 0);
    await expect(viewer.view({ kind: 'timeline', fromMs: BEGAN_MS }, { newest: true })).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    await expect(viewer.view({ kind: 'counts' }, { seq: log.head.seq })).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    log.batches = whole;
    expect((await see({ kind: 'timeline', fromMs: BEGAN_MS })).view.to.seq).toBe(log.head.seq);
  });

  it('is said to be out of reach, also by who asks for a time', async () => {
    const { fleet, log } = workedLog(9, 20);
    const error = new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    const wallAt = new Date(BEGAN_MS + fleet.atMs).toISOString();
    const clock = { ...systemClock, wallAt: () => wallAt };
    const makeStore = () =>
      Promise.resolve(Object.assign(createMemoryStore(log, nodeHasher), { read: () => Promise.reject(error) }));
    const parts = { hasher: nodeHasher, nextTurn: () => nextTurn(), savesWaymarks: false };
    const viewer = new PastViewer({ makeStore, clock, ...parts });
    await expect(viewer.view({ kind: 'heat' }, { newest: true })).rejects.toBe(error);
    await expect(viewer.view({ kind: 'counts' }, { wallAt })).rejects.toBe(error);
  });

  it('is asked for nothing any more by who is closed', async () => {
    const { viewer } = viewerOf(workedLog(9, 1).log, 1_000);
    await viewer.close();
    await expect(viewer.view({ kind: 'counts' }, { newest: true })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});
