// Any view as of any past moment is what a fold from the beginning to there shows, whatever snapshots lie on the way, in
// whatever order the moments are asked for.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { decodeBatch, encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import type { Coordinator } from '../../src/app/coordinator.ts';
import { PastLook } from '../../src/app/past/past-look.ts';
import { PastStates } from '../../src/app/past/past-states.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { type PastMoment, pastViewOf } from '../../src/core/view/past.ts';
import type { Query } from '../../src/core/view/views.ts';
import { headAfter } from '../../src/ports/chain.ts';
import { EPOCH_STRIDE, type EventStore, type StoredBatch } from '../../src/ports/event-store.ts';
import { placeBatch } from '../../src/ports/place-batch.ts';
import { snapshotChecksum, stretchOf, WAYMARK_EVENTS } from '../../src/ports/snapshot-rules.ts';
import { eventsOf, foldOf, imageText, RECORDED, recordedBatches } from '../histories/history.ts';
import { type Cook, FleetRig, seat } from '../support/fleet-rig.ts';
import { rollBack, tearSnapshot, wipe } from '../support/memory-damage.ts';
import { type Random, randomOf } from '../support/random.ts';
import { TestHost } from '../support/test-memory.ts';

const QUERIES: readonly Query[] = [
  { kind: 'fleet' },
  { kind: 'counts' },
  { kind: 'locks' },
  { kind: 'agents', all: true },
  { kind: 'sessions', all: true },
  { kind: 'waits' },
  { kind: 'state' },
  { kind: 'policy' },
  { kind: 'alerts', closed: true },
  { kind: 'incidents' },
  { kind: 'diagnosis' },
];

function logOf(batches: readonly StoredBatch[]): MemoryLog {
  const log = createMemoryLog();
  log.batches.push(...batches);
  const last = batches.at(-1);
  if (last !== undefined) log.head = headAfter(last);
  return log;
}

/** A snapshot where this batch ends, whatever the rules keep. */
function snapshotAt(log: MemoryLog, batch: StoredBatch, state: FleetState): void {
  const { epoch, seq, hash, format } = headAfter(batch);
  const snapshot = { epoch, seq, hash, format, body: JSON.stringify(exportState(state)) };
  log.snapshots.set(seq, { snapshot, checksum: snapshotChecksum(nodeHasher, snapshot) });
}

function statesOf(log: MemoryLog, savesWaymarks = false, change: (store: EventStore) => void = () => undefined) {
  const store = createMemoryStore(log, nodeHasher);
  const read = store.read.bind(store);
  let eventsRead = 0;
  store.read = async (after, limit) => {
    const batches = await read(after, limit);
    eventsRead += batches.reduce((sum, batch) => sum + batch.count, 0);
    return batches;
  };
  change(store);
  const states = new PastStates({
    store,
    hasher: nodeHasher,
    clock: systemClock,
    nextTurn: () => nextTurn(),
    savesWaymarks,
  });
  return {
    imageAt: async (seq: number): Promise<string> => imageText(await states.stateAt(seq, await store.open())),
    eventsRead: () => eventsRead,
  };
}

/** The state from the beginning of the log up to this number, without anything that is tested here. */
function foldedTo(batches: readonly StoredBatch[], seq: number): FleetState {
  return foldOf(eventsOf(batches).filter((event) => event.seq <= seq));
}

describe.each(RECORDED)('the past of the recorded log $name of $version', ({ version, name }) => {
  it('is that of a fold from the beginning, at any number and in any order', async () => {
    const batches = recordedBatches(version, name);
    const log = logOf(batches);
    for (const [i, batch] of batches.entries())
      if (i % 97 === 50) snapshotAt(log, batch, foldedTo(batches, batch.lastSeq));
    const torn = [...log.snapshots.keys()][1];
    if (torn !== undefined) tearSnapshot(log, torn);
    const random = randomOf(batches.length);
    const { imageAt } = statesOf(log);
    const last = batches.at(-1)?.lastSeq ?? 0;
    for (let i = 0; i < 40; i += 1) {
      const seq = random.between(1, last);
      expect(await imageAt(seq)).toBe(imageText(foldedTo(batches, seq)));
    }
  });
});

describe('the past of a fleet', () => {
  let rig: FleetRig;
  let host: TestHost;
  afterEach(() => rig.close());

  function open(): void {
    host = new TestHost();
    rig = FleetRig.onFakeClock({ memoryOf: () => host });
  }

  async function ask(at: Coordinator, query: Query, moment: PastMoment) {
    const answer = await at.viewAt(query, moment);
    return isRejection(answer) ? { refused: answer } : { shown: answer };
  }

  /** Some work with contention, waiting, messages, values and pauses, in batches of several events. */
  async function work(cooks: readonly Cook[], random: Random, rounds: number): Promise<void> {
    for (let i = 0; i < rounds; i += 1) {
      const calls = cooks.map((cook) => {
        const dish = `task:${random.below(4)}`;
        return random.weighted([
          [4, () => cook.acquire(dish, { waitMs: random.pick([0, 500, 60_000]), ttlMs: 20_000 })],
          [3, () => cook.release('all')],
          [1, () => cook.send('*', `round ${i}`)],
          [1, () => cook.put('menu', i, { ifVersion: 0 })],
        ])();
      });
      await rig.clock.advance(random.pick([100, 3_000, 30_000]));
      void Promise.allSettled(calls);
    }
    await rig.clock.advance(120_000);
  }

  async function expectSame(at: Coordinator, seqs: readonly number[]): Promise<void> {
    const batches = [...rig.log.batches];
    for (const seq of seqs) {
      const state = foldedTo(batches, seq);
      for (const query of QUERIES) expect(await ask(at, query, { seq })).toEqual({ shown: pastViewOf(state, query) });
    }
  }

  it('is shown at its own time, with sessions that were live counted as there', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await rig.clock.advance(5_000);
    await ana.acquire('task:stew');
    const then = rig.log.head.seq;
    const locks = await a.view({ kind: 'locks' });
    await rig.clock.advance(60_000);
    await ana.release('all');
    rig.processes.states.set(ana.pid, 'dead');
    const { shown } = await ask(a, { kind: 'locks' }, { seq: then });
    expect(shown?.view).toEqual(locks);
    expect(shown?.asOf).toMatchObject({ seq: then, epoch: 0 });
    const { shown: agents } = await ask(a, { kind: 'sessions' }, { seq: then });
    expect(agents?.view).toMatchObject({ items: [{ presence: 'alive' }] });
  });

  it('is that of a fold from the beginning, in the middle of batches too', async () => {
    open();
    const a = await rig.coordinator('a');
    const cooks = await Promise.all(['ana', 'bo', 'cy', 'di'].map((name) => seat(a, name)));
    await work(cooks, randomOf(7), 40);
    const inside = rig.log.batches.filter(({ count }) => count > 2).map(({ firstSeq }) => firstSeq + 1);
    expect(inside.length).toBeGreaterThan(3);
    const random = randomOf(11);
    const { seq } = rig.log.head;
    await expectSame(a, [...inside.slice(0, 8), ...Array.from({ length: 12 }, () => random.between(1, seq)), 1, seq]);
  });

  it('goes on over a lost log: what came before it stands where the log still has it', async () => {
    open();
    const a = await rig.coordinator('a');
    const cooks = await Promise.all(['ana', 'bo'].map((name) => seat(a, name)));
    await work(cooks, randomOf(3), 10);
    const middle = rig.log.batches[Math.floor(rig.log.batches.length / 2)]?.lastSeq ?? 0;
    const lost = rig.log.head.seq;
    const earlier = await ask(a, { kind: 'fleet' }, { seq: lost });
    expect(earlier.shown?.asOf.seq).toBe(lost);
    rollBack(rig.log, middle);
    await rig.clock.advance(2_000);
    await a.view({ kind: 'fleet' });
    await work(cooks, randomOf(4), 10);
    expect(rig.log.head.seq).toBeGreaterThan(EPOCH_STRIDE);
    await expectSame(a, [1, middle - 1, middle, EPOCH_STRIDE, EPOCH_STRIDE + 5, rig.log.head.seq]);
    // What was rolled back is no part of this log.
    expect((await ask(a, { kind: 'fleet' }, { seq: lost })).shown?.asOf.seq).toBe(middle);
  });

  it('does not reach behind a log that was wiped', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew');
    wipe(rig.log);
    await rig.clock.advance(2_000);
    await a.view({ kind: 'fleet' });
    await expectSame(a, [EPOCH_STRIDE]);
    const { refused } = await ask(a, { kind: 'fleet' }, { seq: 2 });
    expect(refused).toMatchObject({ code: 'HISTORY_TRUNCATED', details: { asked: 2 } });
  });

  it('is found by time: the last event that was logged by then', async () => {
    open();
    const a = await rig.coordinator('a');
    const cooks = await Promise.all(['ana', 'bo', 'cy'].map((name) => seat(a, name)));
    await work(cooks, randomOf(5), 30);
    const times = rig.log.batches.map((batch) => ({ seq: batch.lastSeq, ms: Date.parse(decodeBatch(batch).wallAt) }));
    const [first, last] = [times[0], times.at(-1)];
    const random = randomOf(6);
    for (let i = 0; i < 60; i += 1) {
      const askedMs = random.between(first?.ms ?? 0, last?.ms ?? 0);
      const meant = times.findLast(({ ms }) => ms <= askedMs)?.seq;
      const { shown } = await ask(a, { kind: 'counts' }, { wallAt: new Date(askedMs).toISOString() });
      expect(shown?.asOf.seq).toBe(meant);
    }
    expect((await ask(a, { kind: 'counts' }, { wallAt: rig.clock.wallAt() })).shown?.asOf.seq).toBe(last?.seq);
  });

  it.each([
    ['a number after the head', { seq: 1_000_000 }, /ends at \d+/],
    ['the number 0', { seq: 0 }, /begin with 1/],
    ['half a number', { seq: 1.5 }, /no number/],
    ['a time before the log', { wallAt: '2020-01-01T00:00:00Z' }, /begins at/],
    ['a time to come', { wallAt: '2099-01-01T00:00:00Z' }, /has not come/],
    ['what is no time', { wallAt: 'yesterday' }, /no time/],
  ] as readonly [string, PastMoment, RegExp][])('is refused for %s', async (_what, moment, says) => {
    open();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const { refused } = await ask(a, { kind: 'fleet' }, moment);
    expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(says) as string });
    expect(refused?.next).not.toBe('');
  });

  it('is refused where nothing was logged yet', async () => {
    open();
    const a = await rig.coordinator('a');
    expect((await ask(a, { kind: 'fleet' }, { seq: 1 })).refused?.message).toMatch(/Nothing was logged/);
  });

  it('ends where the log was cut', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await work([ana], randomOf(2), 20);
    const { batches } = rig.log;
    const cut = batches[Math.floor(batches.length / 2)] as StoredBatch;
    const [before, after] = [batches[2] as StoredBatch, batches.at(-2) as StoredBatch];
    const expected = foldedTo(batches, cut.lastSeq + 1);
    snapshotAt(rig.log, cut, foldedTo(batches, cut.lastSeq));
    const store = rig.store();
    await store.open();
    await store.truncate(cut.lastSeq + 1);
    for (const moment of [{ seq: cut.lastSeq - 1 }, { wallAt: decodeBatch(before).wallAt }]) {
      const { refused } = await ask(a, { kind: 'fleet' }, moment);
      expect(refused).toMatchObject({ code: 'HISTORY_TRUNCATED', details: { removedUpTo: cut.lastSeq } });
    }
    expect((await ask(a, { kind: 'fleet' }, { seq: cut.lastSeq })).shown?.asOf.seq).toBe(cut.lastSeq);
    expect((await ask(a, { kind: 'locks' }, { seq: cut.lastSeq + 1 })).shown).toEqual(
      pastViewOf(expected, { kind: 'locks' }),
    );
    const { wallAt } = decodeBatch(after);
    expect((await ask(a, { kind: 'fleet' }, { wallAt })).shown?.asOf.seq).toBeGreaterThanOrEqual(after.lastSeq);
  });

  it('is one fleet in all views of one look, and what happened up to it', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew');
    const { seq } = rig.log.head;
    const look = new PastLook(a, { wallAt: rig.clock.wallAt() });
    const first = look.view({ kind: 'locks' });
    // It happens while the look is under way, and within the same moment by the clock on the wall.
    const second = ana.release('all').then(() => look.view({ kind: 'counts' }));
    expect([(await first).total, (await second).leases]).toEqual([1, 1]);
    expect(look.asOf).toMatchObject({ seq });
    const told: number[] = [];
    for await (const event of look.feed({ after: 2 })) told.push(event.seq);
    expect(told).toEqual(Array.from({ length: seq - 2 }, (_, i) => i + 3));
    expect(rig.log.head.seq).toBeGreaterThan(seq);
    await expect(new PastLook(a, { seq: 9_999 }).view({ kind: 'locks' })).rejects.toMatchObject({
      rejection: { code: 'INVALID_ARGUMENT' },
    });
  });

  it('is that of now where the newest is meant', async () => {
    open();
    const a = await rig.coordinator('a');
    await (await seat(a, 'ana')).acquire('task:stew');
    const { shown } = await ask(a, { kind: 'locks' }, { newest: true });
    expect([shown?.asOf.seq, shown?.view]).toMatchObject([rig.log.head.seq, { total: 1 }]);
  });

  it('is heard up to the moment that was meant by who has not looked yet, and what stands behind it is nothing', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const { seq } = rig.log.head;
    await ana.acquire('task:stew');
    const look = new PastLook(a, { seq });
    expect(look.asOf).toBeNull();
    const hear = async (after: number): Promise<readonly number[]> => {
      const told: number[] = [];
      for await (const event of look.feed({ after, signal: new AbortController().signal })) told.push(event.seq);
      return told;
    };
    expect([await hear(seq - 2), await hear(seq), await hear(seq + 1)]).toEqual([[seq - 1, seq], [], []]);
    expect(look.asOf).toMatchObject({ seq });
  });

  it('knows no handles and tokens of then: whose they are is asked of now', async () => {
    open();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const bo = await seat(a, 'bo');
    const look = new PastLook(a, { seq: 1 });
    expect(await look.view({ kind: 'session', handleHash: bo.handleHash })).toMatchObject({ sessionId: bo.sessionId });
    expect(look.asOf).toBeNull();
    expect((await look.view({ kind: 'sessions' })).items.map(({ sessionId }) => sessionId)).not.toContain(
      ana.sessionId,
    );
  });

  it('is asked for by so many at once and no more', async () => {
    open();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const answers = await Promise.all(Array.from({ length: 20 }, () => a.viewAt({ kind: 'counts' }, { seq: 2 })));
    const refused = answers.filter((answer) => isRejection(answer));
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ code: 'BUSY', retryAfterMs: expect.any(Number) as number });
    expect(isRejection(await a.viewAt({ kind: 'counts' }, { seq: 2 }))).toBe(false);
  });
});

describe('a log without snapshots', () => {
  it('has them after the first travel, where they may be left behind', async () => {
    const log = longLog(70_000);
    const lookOnly = statesOf(log);
    const image = await lookOnly.imageAt(60_000);
    expect(log.snapshots.size).toBe(0);
    expect(await statesOf(log, true).imageAt(60_000)).toBe(image);
    const stretches = [...log.snapshots.keys()].map(stretchOf);
    expect(stretches).toEqual(Array.from({ length: stretchOf(60_000) - 2 }, (_, i) => i + 3));
    const again = statesOf(log);
    expect(await again.imageAt(60_000)).toBe(image);
    expect(again.eventsRead()).toBeLessThan(2 * WAYMARK_EVENTS);
    expect(lookOnly.eventsRead()).toBeGreaterThanOrEqual(60_000);
  });

  it('is left as it is by a store that has no room for more', async () => {
    const log = longLog(70_000);
    let saved = 0;
    const full = statesOf(log, true, (store) => {
      store.saveSnapshot = () => {
        saved += 1;
        return Promise.resolve();
      };
    });
    await full.imageAt(60_000);
    expect(saved).toBe(1);
  });

  it('is travelled all the same where none can be saved', async () => {
    const log = longLog(70_000);
    const broken = statesOf(log, true, (store) => {
      store.saveSnapshot = () => Promise.reject(new Error('the disk is full'));
    });
    expect(await broken.imageAt(60_000)).toBe(await statesOf(log).imageAt(60_000));
  });
});

/** A log with this many marks behind a recorded one. */
function longLog(marks: number): MemoryLog {
  const log = logOf(recordedBatches('0.2.0', 'a'));
  const moment = { at: 1_000_000, wallAt: '2025-11-20T08:00:00.000Z' };
  for (let made = 0; made < marks; made += 500) {
    const { head } = log;
    const events = Array.from({ length: 500 }, (_, i): FleetEvent => {
      const seq = head.seq + 1 + i;
      return {
        ...moment,
        seq,
        version: 1,
        actor: 'brigade',
        type: 'drill.marked',
        label: `${seq}`,
        note: '',
      };
    });
    const { epoch, format } = head;
    const parts = { id: `b${made}`, ...moment, placeId: 'p', epoch, format, hasher: nodeHasher };
    const batch = encodeBatch(head, events.map(encodeEvent), parts);
    const placed = placeBatch(nodeHasher, head, batch, { maxBatchEvents: 4_096, maxBatchBytes: 2 ** 24 });
    log.batches.push(placed);
    log.head = headAfter(placed);
  }
  return log;
}
