import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cook, codeOf, FleetRig, seat, tokenOf } from '../../../test/support/fleet-rig.ts';
import { writeIncompressible, writeMarks } from '../../../test/support/marked-log.ts';
import { matching } from '../../../test/support/matching.ts';
import { createMemoryLog, type MemoryLog } from '../../adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../adapters/memory/memory-store.ts';
import { nodeHasher } from '../../adapters/system/node-hasher.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { emptyState } from '../../core/fleet-state.ts';
import { isRejection } from '../../core/rejection.ts';
import { chainHash, headAfter } from '../../ports/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import { EMPTY_HEAD, type EventStore, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import { foldLog } from '../fold-log.ts';
import { removedUpTo } from '../log-base.ts';
import { headBeforeEnd } from './log-end.ts';
import { type Move, performMove, type Survey, surveyMove } from './move-fleet.ts';
import { startNewEpoch } from './new-epoch.ts';

/** Nobody waits here for a store to come back. */
const clock: Clock = { ...systemClock, after: (_, run) => systemClock.after(0, run) };
const ports = { hasher: nodeHasher, clock, nextTurn: () => nextTurn() };
const WALL_AT = '2025-11-20T08:00:00.000Z';
const END = { by: 'operator:root', batchId: 'b_end', placeId: 'p_here', bootId: 'boot', wallAt: WALL_AT };

let rig: FleetRig;
let ana: Cook;
let target: MemoryLog;

beforeEach(async () => {
  rig = FleetRig.onFakeClock();
  ana = await seat(await rig.coordinator('a'), 'ana');
  for (const task of ['x', 'y', 'z']) await ana.acquire(`task:${task}`);
  target = createMemoryLog();
});
afterEach(() => rig.close());

async function opened(store: EventStore): Promise<EventStore> {
  await store.open();
  return store;
}

/** `wrapped`: how the target is had. */
async function move(wrapped: (store: EventStore) => EventStore = (store) => store) {
  const from = { store: await opened(rig.store()), url: 'memory:from' };
  const to = { store: wrapped(await opened(createMemoryStore(target, nodeHasher))), url: 'memory:to' };
  return { from, to, ports, onProgress: () => undefined } satisfies Move;
}

async function surveyed(plan: Move): Promise<Survey> {
  const survey = await surveyMove(plan);
  if (isRejection(survey)) throw new Error(survey.message);
  return survey;
}

async function moved(): Promise<Survey> {
  const plan = await move();
  const survey = await surveyed(plan);
  const done = await performMove(plan, survey, END);
  if (isRejection(done)) throw new Error(done.message);
  return survey;
}

describe('moving a fleet', () => {
  it('copies the log batch by batch, exactly, and ends the one that is left', async () => {
    const before = rig.log.batches.slice();
    const { head, events, isDone } = await moved();
    expect(isDone).toBe(false);
    expect(target.batches).toEqual(before);
    expect(target.head).toEqual(head);
    expect(events).toBe(head.seq);
    expect(rig.log.batches).toHaveLength(before.length + 1);
    expect(rig.log.batches.at(-1)?.body).toContain('"type":"fleet.moved"');
  });

  it('leaves nobody who can write to the log that was left, however long he has had it open', async () => {
    await moved();
    const { seq } = rig.log.head;
    const { answer } = await ana.acquire('task:y');
    expect(answer).toMatchObject({ code: 'STORE_MOVED', details: { to: 'memory:to' } });
    expect(codeOf(await ana.release('all'))).toBe('STORE_MOVED');
    const late = await rig.coordinator('late');
    const status = await late.view({ kind: 'fleet' });
    expect(status.granting).toMatchObject({ ok: false, code: 'STORE_MOVED' });
    await rig.clock.advance(600_000);
    expect(rig.log.head.seq).toBe(seq);
  });

  it('goes on at the new place as the same fleet, with larger tokens', async () => {
    const { head, fleetId } = await moved();
    const there = new FleetRig({ clock: rig.clock, makeStore: () => createMemoryStore(target, nodeHasher) });
    const b = await there.coordinator('b');
    expect(b.fleetId()).toBe(fleetId);
    const bo = await seat(b, 'bo');
    expect(tokenOf(await bo.acquire('task:new'))).toBeGreaterThan(head.seq);
    await there.close();
  });

  it('goes on where another try stopped, and says so when it was done already', async () => {
    const part = await move((store) => failing(store, 2));
    await expect(performMove(part, await surveyed(part), END)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(target.batches).toHaveLength(2);
    const again = await move();
    const survey = await surveyed(again);
    expect(survey.already).toEqual({ ...survey.already, seq: target.head.seq, hash: target.head.hash });
    expect(await performMove(again, survey, END)).toHaveProperty('endedAt');
    expect(await surveyed(await move())).toMatchObject({ isDone: true });
  });

  it('copies nothing over what is no beginning of the log', async () => {
    const other = new FleetRig({ clock: rig.clock, makeStore: () => createMemoryStore(target, nodeHasher) });
    await seat(await other.coordinator('o'), 'olga');
    await other.close();
    expect(await surveyMove(await move())).toMatchObject({
      code: 'NOT_SAFE',
      message: matching(/not empty/),
    });
  });

  it('ends nothing where somebody wrote to the log meanwhile', async () => {
    const plan = await move();
    const survey = await surveyed(plan);
    await ana.acquire('task:late');
    const done = await performMove(plan, survey, END);
    expect(done).toMatchObject({ code: 'NOT_SAFE', message: matching(/^Somebody wrote to memory:from/) });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
    const again = await move();
    expect(await performMove(again, await surveyed(again), END)).toHaveProperty('endedAt');
  });

  it('does not take a log for its own copy, under another name', async () => {
    target = rig.log;
    const plan = await move();
    const done = await performMove(plan, await surveyed(plan), END);
    expect(done).toMatchObject({ code: 'INVALID_ARGUMENT', message: matching(/are one store under two names/) });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('ends nothing where somebody uses the new place before it is whole', async () => {
    const plan = await move();
    const survey = await surveyed(plan);
    const { store } = plan.to;
    const [first] = rig.log.batches;
    if (first === undefined) throw new Error('there is no log');
    const head = (await store.append(await store.open(), first)).head;
    const body = first.body.replace('f_', 'x_');
    await store.append(head, { ...first, id: 'theirs', body, hash: chainHash(nodeHasher, head.hash, body) });
    await expect(performMove(plan, { ...survey, already: head }, END)).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
      message: matching(/^Somebody else writes to/),
    });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('takes a batch whose answer was lost for what it is: there', async () => {
    let lost = 0;
    const plan = await move((store) => ({
      ...bound(store),
      append: async (expected, batch) => {
        const answer = await store.append(expected, batch);
        lost += 1;
        if (lost === 2) throw new StoreFault('STORE_UNAVAILABLE', 'the answer was lost');
        return answer;
      },
    }));
    expect(await performMove(plan, await surveyed(plan), END)).toHaveProperty('endedAt');
    expect(target.batches.map(({ hash }) => hash)).toEqual(rig.log.batches.slice(0, -1).map(({ hash }) => hash));
  });

  it('is proved by the state that both fold to, and not by the chain alone', async () => {
    const plan = await move();
    const survey = await surveyed(plan);
    const done = await performMove(plan, { ...survey, digest: 'of another state' }, END);
    expect(done).toMatchObject({ code: 'STORE_DAMAGED', message: matching(/folds to another state/) });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('is followed by no snapshot of the log that has ended', async () => {
    await moved();
    const store = await opened(rig.store());
    expect(await foldLog({ store, ...ports, everyEvents: 1 })).toEqual({ snapshotSeq: 0, violations: [] });
    expect(await store.loadSnapshot()).toBeNull();
  });

  it('ends nothing where the copy is another log than it should be', async () => {
    const plan = await move((store) => ({ ...bound(store), read: async () => [] }));
    const done = await performMove(plan, await surveyed(plan), END);
    expect(done).toMatchObject({ code: 'STORE_DAMAGED', message: matching(/ends at 0/) });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('copies a log whose beginning was archived from there on, with the snapshot that it stands on', async () => {
    const { replica } = await rig.coordinator('b');
    await writeMarks(rig.store(), 12_000, 0, replica.state);
    const store = await opened(rig.store());
    const cut = await store.truncate(6_000);
    expect(cut).toBeGreaterThan(4_000);
    const { base } = await moved();
    expect(base.seq).toBe(cut - 1);
    const copy = await opened(createMemoryStore(target, nodeHasher));
    expect(await removedUpTo(copy)).toBe(cut - 1);
    expect((await copy.loadSnapshot(base.seq))?.seq).toBe(base.seq);
  });

  it('refuses a batch that the other store does not take at once, before it copies any', async () => {
    const plan = await move((store) => ({ ...bound(store), traits: { ...store.traits, maxBatchBytes: 100 } }));
    expect(await surveyMove(plan)).toMatchObject({ code: 'TOO_LARGE' });
    expect(target.batches).toEqual([]);
  });

  it('refuses one that does not compress to what the other store takes, before it copies any', async () => {
    const large = await writeIncompressible(rig.store(), 600_000);
    const tried: number[] = [];
    const plan = await move((store) => ({
      ...bound(store),
      expectRoomFor: (batch) => {
        tried.push(batch.lastSeq);
        return batch.lastSeq === large ? Promise.reject(takesLess()) : Promise.resolve();
      },
    }));
    const refused = await surveyMove(plan);
    expect(refused).toMatchObject({
      code: 'TOO_LARGE',
      details: { seq: large },
      next: matching(/another kind of store/),
    });
    expect(tried).toEqual(rig.log.batches.map(({ lastSeq }) => lastSeq));
    expect(target.batches).toEqual([]);
  });

  it('says what is where, when the server takes less than was to be known', async () => {
    const plan = await move((store) => ({ ...bound(store), append: () => Promise.reject(takesLess()) }));
    const stopped = await performMove(plan, await surveyed(plan), END);
    expect(stopped).toMatchObject({ code: 'TOO_LARGE', message: matching(/The fleet is where it was\.$/) });
    expect(stopped).toMatchObject({ next: matching(/same command again.*Let nobody use/) });
    expect(tokenOf(await ana.acquire('task:still-here'))).toBeGreaterThan(0);
  });

  it('goes on behind an archive too, where another try stopped at its very beginning or in the middle', async () => {
    const { replica } = await rig.coordinator('b');
    await writeMarks(rig.store(), 12_000, 0, replica.state);
    const cut = await (await opened(rig.store())).truncate(6_000);
    for (const batches of [0, 2]) {
      const part = await move((store) => ({ ...failing(store, batches), beginBehind: beginning(store) }));
      await expect(performMove(part, await surveyed(part), END)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(target.base.seq).toBe(cut - 1);
      expect(target.batches).toHaveLength(batches);
    }
    const again = await move();
    const survey = await surveyed(again);
    expect(survey.already.seq).toBe(target.head.seq);
    expect(await performMove(again, survey, END)).toHaveProperty('endedAt');
  });

  it('refuses a place that ends before the archive does, and one that holds more than the log', async () => {
    const { replica } = await rig.coordinator('b');
    const [first] = rig.log.batches;
    if (first === undefined) throw new Error('there is no log');
    await writeMarks(rig.store(), 12_000, 0, replica.state);
    await (await opened(rig.store())).truncate(6_000);
    const early = await move();
    await early.to.store.append(await early.to.store.open(), first);
    expect(await surveyMove(early)).toMatchObject({ code: 'NOT_SAFE', message: matching(/not empty/) });
    // As it was before the last batches of the log were lost.
    target = { ...rig.log, batches: rig.log.batches.slice() };
    rig.log.batches.splice(-2);
    const last = rig.log.batches.at(-1);
    if (last === undefined) throw new Error('there is no log');
    rig.log.head = headAfter(last);
    expect(await surveyMove(await move())).toMatchObject({
      code: 'NOT_SAFE',
      message: matching(/no beginning of this/),
    });
  });

  it('refuses a place that cannot begin behind an archive, or begins elsewhere', async () => {
    const { replica } = await rig.coordinator('b');
    await writeMarks(rig.store(), 12_000, 0, replica.state);
    await (await opened(rig.store())).truncate(6_000);
    const never = await move(bound);
    await expect(performMove(never, await surveyed(never), END)).rejects.toMatchObject({ code: 'STORE_VERSION' });
    const elsewhere = await move((store) => ({
      ...bound(store),
      beginBehind: async () => ({ appended: false, head: { ...EMPTY_HEAD, seq: 7 } }),
    }));
    await expect(performMove(elsewhere, await surveyed(elsewhere), END)).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
      message: matching(/it stands at 7/),
    });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('stops where the log that is copied is no longer the one that was looked at', async () => {
    for (const read of [
      () => Promise.resolve([]),
      () => Promise.resolve(rig.log.batches.slice(1)),
      () => Promise.resolve(rig.log.batches.map((batch) => ({ ...batch, lastSeq: batch.lastSeq + 1 }))),
    ]) {
      target = createMemoryLog();
      const plan = await move();
      const survey = await surveyed(plan);
      const from = { ...plan.from, store: { ...bound(plan.from.store), read } };
      await expect(performMove({ ...plan, from }, survey, END)).rejects.toBeInstanceOf(StoreFault);
    }
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
  });

  it('stops where a snapshot does not come back as it was', async () => {
    const store = await opened(rig.store());
    await foldLog({ store, ...ports, everyEvents: 1 });
    expect(await store.loadSnapshot()).not.toBeNull();
    const plan = await move((to) => ({ ...bound(to), saveSnapshot: () => Promise.resolve() }));
    await expect(performMove(plan, await surveyed(plan), END)).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: matching(/does not give the snapshot/),
    });
    expect(await performMove(await move(), await surveyed(await move()), END)).toMatchObject({
      snapshots: [rig.log.head.seq - 1],
    });
  });

  it('ends nothing where the copy is not what was copied', async () => {
    const plan = await move((store) => ({
      ...bound(store),
      read: async (after, limit) =>
        (await store.read(after, limit)).map((batch) => ({ ...batch, body: batch.body.replace('task:y', 'task:z') })),
    }));
    expect(await performMove(plan, await surveyed(plan), END)).toMatchObject({
      code: 'STORE_DAMAGED',
      message: matching(/is not the log that was copied: the chain breaks/),
    });
    expect(rig.log.batches.at(-1)?.body).not.toContain('fleet.moved');
    expect(tokenOf(await ana.acquire('task:goes-on'))).toBeGreaterThan(0);
  });

  it('is not begun from a log that is damaged, newer than this, or empty', async () => {
    const plan = await move();
    const from = (batches: readonly StoredBatch[]) => {
      const read = async (after: number) => batches.filter(({ firstSeq }) => firstSeq > after);
      return { ...plan, from: { ...plan.from, store: { ...bound(plan.from.store), read } } };
    };
    const [first, ...others] = rig.log.batches;
    if (first === undefined) throw new Error('there is no log');
    const torn = { ...first, body: first.body.replace('f_', 'x_') };
    expect(await surveyMove(from([torn, ...others]))).toMatchObject({
      code: 'STORE_DAMAGED',
      message: matching(/is damaged/),
    });
    const body = first.body.replace('"v":2', '"v":99');
    const newer = { ...first, body, hash: chainHash(nodeHasher, first.prevHash, body) };
    expect(await surveyMove({ ...plan, from: await madeOf([newer]) })).toMatchObject({ code: 'STORE_VERSION' });
    expect(await surveyMove({ ...plan, from: await madeOf([]) })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'There is no fleet in memory:from.',
    });
  });

  it('is told without a store, where nothing was made at the new place yet', async () => {
    const { to, ...plan } = await move();
    expect(await surveyMove({ ...plan, to: { ...to, store: null } })).toMatchObject({
      already: EMPTY_HEAD,
      isDone: false,
    });
    await moved();
    expect(await surveyMove({ ...plan, to: { ...to, store: null } })).toMatchObject({ code: 'NOT_SAFE' });
  });

  it('is not known to be where it went, when the log does not show how it ended', async () => {
    await moved();
    const { state } = (await rig.coordinator('late')).replica;
    const store = await opened(rig.store());
    expect(await headBeforeEnd(store, state)).toMatchObject({ seq: target.head.seq, hash: target.head.hash });
    expect(await headBeforeEnd({ ...bound(store), read: async () => [] }, state)).toBeNull();
    expect(await headBeforeEnd(store, emptyState())).toBeNull();
  });

  it('says that the new place lost the fleet, rather than copying the old state over it', async () => {
    await moved();
    target = createMemoryLog();
    expect(await surveyMove(await move())).toMatchObject({
      code: 'NOT_SAFE',
      next: matching(/repair --force/),
    });
  });

  it('names the place that a fleet has moved to already, when another one is asked for', async () => {
    await moved();
    const { to, ...plan } = await move();
    const elsewhere = await surveyMove({ ...plan, to: { ...to, url: 'memory:third' } });
    expect(elsewhere).toMatchObject({ code: 'STORE_MOVED', details: { to: 'memory:to' } });
  });

  it('can be taken back by a new epoch, above everything that was seen anywhere', async () => {
    await moved();
    const store = await opened(rig.store());
    const { state, head } = (await rig.coordinator('late')).replica;
    expect(state.fleet?.moved).toBeDefined();
    const seen = { epoch: 3, seq: 3 * 2 ** 40 + 7, hash: 'f'.repeat(64) };
    const plan = {
      store,
      head: rig.log.head,
      at: 0,
      state,
      basis: head,
      seen,
      why: 'it is lost',
      rest: 'none',
    } as const;
    const parts = { batchId: 'b_back', placeId: 'p', wallAt: WALL_AT, hasher: nodeHasher };
    // Somebody else wrote since the log was looked at.
    const [first] = rig.log.batches;
    if (first === undefined) throw new Error('there is no log');
    expect(await startNewEpoch({ ...plan, ...parts, head: headAfter(first) })).toBeNull();
    expect((await startNewEpoch({ ...plan, ...parts }))?.epoch).toBe(4);
    expect(tokenOf(await ana.acquire('task:again'))).toBeGreaterThan(4 * 2 ** 40);
  });
});

const beginning =
  (store: EventStore): NonNullable<EventStore['beginBehind']> =>
  async (head) => {
    if (store.beginBehind === undefined) throw new Error('it can');
    return store.beginBehind(head);
  };

/** A log of these batches, as whatever they say. */
async function madeOf(batches: readonly StoredBatch[]) {
  const log = createMemoryLog();
  log.batches.push(...batches);
  const last = batches.at(-1);
  if (last !== undefined) log.head = headAfter(last);
  return { store: await opened(createMemoryStore(log, nodeHasher)), url: 'memory:from' };
}

/** Takes so many batches and is gone then. */
function failing(store: EventStore, batches: number): EventStore {
  let taken = 0;
  return {
    ...bound(store),
    append: async (expected, batch) => {
      taken += 1;
      if (taken > batches) throw new StoreFault('STORE_UNAVAILABLE', 'it is gone');
      return store.append(expected, batch);
    },
  };
}

function takesLess(): StoreFault {
  return new StoreFault('TOO_LARGE', 'A request has room for less.');
}

function bound(store: EventStore): EventStore {
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
