// The contract of the store port, clause by clause, for every store. A store that cannot keep a clause says so as data,
// with its reason; the suite names the exception instead of passing over it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Beat,
  EMPTY_HEAD,
  EPOCH_STRIDE,
  type EventStore,
  type LogHead,
  type Snapshot,
  type StoredBatch,
  StoreFault,
} from '../../src/ports/event-store.ts';
import { WAYMARK_EVENTS } from '../../src/ports/snapshot-rules.ts';
import { appendAll, batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { faultyStore, noFaults } from '../support/faulty-store.ts';
import { expectWholeAfterKills } from './killed-writers.ts';
import type { RemoteStore } from './remote-store.ts';

export type Clause = `S${number}`;

export interface DeclaredException {
  readonly clause: Clause;
  readonly reason: string;
}

/** A fresh, empty log, and what a test may do to it. */
export interface LogUnderTest {
  /** One more handle, not open yet. `deadlineMs` bounds each of its calls where a test makes the store unreachable. */
  connect(options?: { readonly deadlineMs?: number }): EventStore;
  /**
   * A handle in a process of its own, not open yet. With `isHasty` it waits for no disk and promises less, so that it
   * spends most of its time inside an append.
   */
  connectElsewhere?(options?: { readonly isHasty?: boolean }): RemoteStore;
  readonly damage: {
    tearSnapshot(seq: number): Promise<void>;
    changeBody(lastSeq: number): Promise<void>;
    rollBack(seq: number): Promise<void>;
    wipe(): Promise<void>;
  };
  /** Makes writing impossible until the answer is called; reading goes on. What writers of one file can do to each other. */
  readonly block?: () => Promise<() => Promise<void>>;
  /** Has a server answer nothing at all until the answer is called, though connections to it seem to stand. */
  readonly silence?: () => Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

export interface ContractOptions {
  readonly name: string;
  readonly create: () => Promise<LogUnderTest>;
  readonly exceptions: readonly DeclaredException[];
}

const clauses: readonly Clause[] = Array.from({ length: 17 }, (_, index) => `S${index + 1}` as const);

export function exerciseEventStore({ name, create, exceptions }: ContractOptions): void {
  describe(`event store contract: ${name}`, () => {
    let log: LogUnderTest;
    let opened: EventStore[];

    beforeEach(async () => {
      log = await create();
      opened = [];
    });

    afterEach(async () => {
      await Promise.allSettled(opened.map((store) => store.close()));
      await log.remove();
    });

    function track<T extends EventStore>(store: T): T {
      opened.push(store);
      return store;
    }

    async function open(options?: { readonly deadlineMs?: number }): Promise<EventStore> {
      const store = track(log.connect(options));
      await store.open();
      return store;
    }

    async function openElsewhere(options?: { readonly isHasty?: boolean }): Promise<RemoteStore> {
      if (log.connectElsewhere === undefined) throw new Error(`${name} declares no exception and opens nowhere else`);
      const store = track(log.connectElsewhere(options));
      await store.open();
      return store;
    }

    /** Where the log ends, as a handle sees it that was never there before. */
    async function freshHead(): Promise<LogHead> {
      const store = track(log.connect());
      return store.open();
    }

    function clause(number: Clause, title: string, run: () => Promise<void>): void {
      const exception = exceptions.find((declared) => declared.clause === number);
      const kept = exception === undefined ? title : `${title} [not kept here: ${exception.reason}]`;
      // oxlint-disable-next-line vitest/expect-expect -- each clause asserts for itself, below
      it(`${number} ${kept}`, exception === undefined ? run : () => expectReason(exception));
    }

    /** The part of a clause that needs a second process; a store within one process has it in its exceptions. */
    function elsewhere(number: Clause, title: string, run: () => Promise<void>): void {
      const isLocal = exceptions.some((declared) => declared.clause === 'S8');
      if (!isLocal) clause(number, `${title}, from separate processes`, run);
    }

    it('declares exceptions to clauses that exist', () => {
      expect(exceptions.filter((declared) => !clauses.includes(declared.clause))).toEqual([]);
    });

    clause('S1', 'an empty log has head 0 and reads nothing', async () => {
      const store = track(log.connect());
      expect(await store.open()).toEqual(EMPTY_HEAD);
      expect(await store.read(0, 100)).toEqual([]);
      expect(await store.loadSnapshot()).toBeNull();
      expect(await store.beats()).toEqual([]);
      expect(await store.truncate(1)).toBe(1);
    });

    clause('S2', 'an append at the head numbers its events consecutively', async () => {
      const store = await open();
      await appendAll(store, EMPTY_HEAD, [{ count: 1 }, { count: 5 }, { count: 2, format: 3 }]);
      const batches = await store.read(0, 100);
      expect(batches.map((batch) => [batch.firstSeq, batch.lastSeq])).toEqual([
        [1, 1],
        [2, 6],
        [7, 8],
      ]);
      expect(await freshHead()).toEqual({ epoch: 0, seq: 8, hash: batches.at(-1)?.hash, format: 3 });
    });

    clause('S2', 'a new epoch starts at its own number', async () => {
      const store = await open();
      const head = await mustAppend(store, EMPTY_HEAD, { count: 3 });
      const next = await mustAppend(store, head, { count: 2, epoch: 4 });
      await mustAppend(store, next, { count: 1 });
      const start = 4 * EPOCH_STRIDE;
      const numbers = (await readAll(store)).map((batch) => [batch.epoch, batch.firstSeq, batch.lastSeq]);
      expect(numbers).toEqual([
        [0, 1, 3],
        [4, start, start + 1],
        [4, start + 2, start + 2],
      ]);
      expect(await freshHead()).toMatchObject({ epoch: 4, seq: start + 2 });
      const current = await freshHead();
      const older = store.append(current, batchAfter(current, { epoch: 3 }));
      await expect(older).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    });

    clause('S3', 'an append with a stale head changes nothing and reports the true head', async () => {
      const store = await open();
      const head = await mustAppend(store, EMPTY_HEAD);
      const strangers: LogHead[] = [
        EMPTY_HEAD,
        { ...head, hash: 'f'.repeat(64) },
        { ...head, seq: head.seq + 1 },
        { ...head, epoch: 1 },
        { ...head, format: 0 },
      ];
      for (const stale of strangers) {
        expect(await store.append(stale, batchAfter(stale))).toMatchObject({ appended: false, head });
      }
      expect(await freshHead()).toEqual(head);
      expect(await readAll(store)).toHaveLength(1);
    });

    clause('S3', 'what a conflict brings along is what reading brings', async () => {
      const [writer, other] = await Promise.all([open(), open()]);
      const heads = await appendAll(writer, EMPTY_HEAD, [
        { count: 2 },
        { count: 3 },
        { body: 'x'.repeat(300_000) },
        {},
      ]);
      for (const stale of heads.slice(0, -1)) {
        const answer = await other.append(stale, batchAfter(stale));
        const missed = 'missed' in answer ? (answer.missed ?? []) : [];
        expect(missed).toEqual((await writer.read(stale.seq, 100)).slice(0, missed.length));
      }
      const stranger = { ...EMPTY_HEAD, seq: 2, hash: 'e'.repeat(64) };
      const answer = await other.append(stranger, batchAfter(stranger));
      expect(answer).toEqual({ appended: false, head: heads.at(-1) });
    });

    clause('S4', 'of many appends at one head exactly one wins', async () => {
      const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
      await expectOneWinnerEachRound(stores, 20);
    });

    elsewhere('S4', 'of many appends at one head exactly one wins', async () => {
      const stores = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere(), open()]);
      await expectOneWinnerEachRound(stores, 40);
    });

    async function expectOneWinnerEachRound(stores: readonly EventStore[], rounds: number): Promise<void> {
      let head: LogHead = EMPTY_HEAD;
      const winners: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const at = head;
        const batches = stores.map((_, index) => batchAfter(at, { count: 2, id: `round-${round}-store-${index}` }));
        const answers = await Promise.all(
          stores.map((store, index) => store.append(at, batches[index] ?? batchAfter(at))),
        );
        const won = answers.flatMap((answer, index) => (answer.appended ? [index] : []));
        expect(won).toHaveLength(1);
        head = answers[won[0] ?? 0]?.head ?? at;
        expect(new Set(answers.map((answer) => answer.head.hash))).toEqual(new Set([head.hash]));
        winners.push(batches[won[0] ?? 0]?.id ?? '');
      }
      const reader = await open();
      expect((await readAll(reader)).map((batch) => batch.id)).toEqual(winners);
    }

    clause('S5', 'a batch is all or nothing, one value under one key', async () => {
      const store = await open();
      const body = JSON.stringify(Array.from({ length: 512 }, (_, index) => ({ index, text: 'ü'.repeat(50) })));
      await mustAppend(store, EMPTY_HEAD, { count: 512, body });
      const reader = await open();
      const found = await reader.read(0, 1);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ body, count: 512, firstSeq: 1, lastSeq: 512 });
      expect(await reader.read(511, 1)).toEqual(found);
    });

    elsewhere('S5', 'a batch is all or nothing when its writer is killed half-way', () =>
      expectWholeAfterKills({ rounds: 6, open, openElsewhere }),
    );

    clause('S6', 'read returns batches in order, without gaps, never more than the limit', async () => {
      const store = await open();
      await appendAll(store, EMPTY_HEAD, [
        { count: 4 },
        { count: 3 },
        { count: 3 },
        { count: 1, epoch: 2 },
        { count: 9 },
      ]);
      const reader = await open();
      const sizes = async (after: number, limit: number): Promise<number[]> =>
        (await reader.read(after, limit)).map((batch) => batch.count);
      expect(await sizes(0, 100)).toEqual([4, 3, 3, 1, 9]);
      expect(await sizes(0, 10)).toEqual([4, 3, 3]);
      expect(await sizes(0, 9)).toEqual([4, 3]);
      expect(await sizes(0, 1)).toEqual([4]);
      expect(await sizes(3, 1)).toEqual([4]);
      expect(await sizes(4, 6)).toEqual([3, 3]);
      expect(await sizes(10, 100)).toEqual([1, 9]);
      expect(await sizes((await freshHead()).seq, 100)).toEqual([]);
    });

    clause('S6', 'a long range comes whole, whatever the pieces', async () => {
      const store = await open();
      const bodies = Array.from({ length: 700 }, (_, index) => ({
        body: `${index}`.repeat(index === 300 ? 90_000 : 40),
      }));
      await appendAll(store, EMPTY_HEAD, bodies);
      const reader = await open();
      const expected = bodies.map(({ body }) => body);
      for (const limit of [10_000, 700, 13]) {
        expect((await readAll(reader, 0, limit)).map((batch) => batch.body)).toEqual(expected);
      }
      expect(await reader.read(0, 600)).toHaveLength(600);
    });

    clause('S7', 'what a reader has seen it never un-sees, and nothing appears behind it', async () => {
      const reader = await open();
      const writers = await Promise.all([open(), open()]);
      const seen: string[] = [];
      let head: LogHead = EMPTY_HEAD;
      for (let round = 0; round < 30; round += 1) {
        const at = head;
        const [answer] = await Promise.all([
          writers[round % 2]?.append(at, batchAfter(at, { count: 2 })),
          writers[(round + 1) % 2]?.append(at, batchAfter(at, { count: 3 })),
        ]);
        head = answer?.head ?? at;
        const again = (await reader.read(0, 10_000)).map((batch) => batch.id);
        expect(again.slice(0, seen.length)).toEqual(seen);
        seen.splice(0, seen.length, ...again);
      }
      expect(seen).toHaveLength(30);
    });

    elsewhere('S8', 'an acknowledged append survives the death of its writer', async () => {
      const writer = await openElsewhere();
      writer.flood(EMPTY_HEAD, 2_000);
      for (let count = 0; count < 20; count += 1) await writer.nextAcknowledged();
      await writer.kill();
      const ids = new Set((await readAll(await open())).map((batch) => batch.id));
      expect(writer.acknowledged.length).toBeGreaterThanOrEqual(20);
      expect(writer.acknowledged.filter(({ batchId }) => !ids.has(batchId))).toEqual([]);
    });
    if (exceptions.some((declared) => declared.clause === 'S8')) {
      clause('S8', 'an acknowledged append survives what the store claims', () => Promise.resolve());
    }

    clause('S9', 'when a reply is lost, re-reading finds the batch by its id', async () => {
      const inner = await open();
      const store = faultyStore(inner, {
        rates: { ...noFaults, lostReply: 1 },
        random: () => 0.5,
        later: () => undefined,
      });
      const before = await mustAppend(inner, EMPTY_HEAD);
      const batch = batchAfter(before);
      await expect(store.append(before, batch)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const found = await inner.read(before.seq, 100);
      expect(found.map(({ id }) => id)).toEqual([batch.id]);
      expect(await inner.append(before, batch)).toMatchObject({ appended: false, head: { hash: batch.hash } });
    });

    elsewhere('S9', 'when a reply is lost, re-reading finds the batch by its id', async () => {
      const before = await mustAppend(await open(), EMPTY_HEAD);
      const writer = await openElsewhere();
      const batch = batchAfter(before);
      const reply = writer.append(before, batch).catch((error: unknown) => error);
      const reader = await open();
      await until(async () => (await reader.read(before.seq, 100)).length > 0);
      await writer.kill();
      await reply;
      expect((await reader.read(before.seq, 100)).map(({ id }) => id)).toEqual([batch.id]);
    });

    clause('S10', 'another handle learns of an append', async () => {
      const [writer, reader] = await Promise.all([open(), open()]);
      let head: LogHead = EMPTY_HEAD;
      for (let round = 0; round < 5; round += 1) {
        const hinted = nextHint(reader);
        head = await mustAppend(writer, head);
        await hinted;
        await until(async () => (await reader.read(head.seq - 1, 10)).length === 1);
      }
    });

    elsewhere('S10', 'another handle learns of an append', async () => {
      const [here, there] = await Promise.all([open(), openElsewhere()]);
      const hintedHere = nextHint(here);
      const head = await mustAppend(there, EMPTY_HEAD);
      await hintedHere;
      // Reading answers only after the process there has begun to listen.
      const hintedThere = nextHint(there);
      await there.read(0, 1);
      await mustAppend(here, head);
      await hintedThere;
    });

    clause('S10', 'a hint that brings a batch brings what reading brings', async () => {
      const [writer, reader] = await Promise.all([open(), open()]);
      const brought: StoredBatch[] = [];
      let hints = 0;
      reader.onAppended((batch) => {
        hints += 1;
        if (batch !== undefined) brought.push(batch);
      });
      let head: LogHead = EMPTY_HEAD;
      for (let round = 0; round < 5; round += 1) {
        const before = hints;
        head = await mustAppend(writer, head, { count: 2 });
        await until(async () => hints > before);
      }
      const read = await writer.read(0, 100);
      for (const batch of brought) expect(read).toContainEqual(batch);
    });

    clause('S10', 'a hint taken back is not given', async () => {
      const [writer, reader] = await Promise.all([open(), open()]);
      let unwanted = 0;
      reader.onAppended(() => {
        unwanted += 1;
      })();
      const hinted = nextHint(reader);
      await mustAppend(writer, EMPTY_HEAD);
      await hinted;
      expect(unwanted).toBe(0);
    });

    clause('S11', 'takes a group of 512 events and 512 KiB; a larger batch is refused whole', async () => {
      const store = await open();
      const { maxBatchEvents, maxBatchBytes } = store.traits;
      expect(maxBatchEvents).toBeGreaterThanOrEqual(512);
      expect(maxBatchBytes).toBeGreaterThanOrEqual(512 * 1024);
      const head = await mustAppend(store, EMPTY_HEAD, { count: 512, body: 'x'.repeat(512 * 1024) });
      const tooMany = batchAfter(head, { count: maxBatchEvents + 1 });
      // Two bytes a character: the limit is in bytes.
      const tooLong = batchAfter(head, { body: 'ü'.repeat(maxBatchBytes / 2 + 1) });
      for (const batch of [tooMany, tooLong]) {
        await expect(store.append(head, batch)).rejects.toMatchObject({ code: 'TOO_LARGE' });
      }
      expect(await freshHead()).toEqual(head);
      await mustAppend(store, head, { count: maxBatchEvents, body: 'x'.repeat(maxBatchBytes) });
    });

    clause('S12', 'a snapshot comes back byte for byte, by number', async () => {
      const store = await open();
      const [, first, second] = await appendAll(store, EMPTY_HEAD, [{ count: 2 }, { count: 3 }, { count: 1 }]);
      const early = snapshotAt(first, 'early: Grüße\r\n\t"\\" 厨房 👩‍🍳');
      const late = snapshotAt(second, `late ${'x'.repeat(2_000_000)}`);
      await store.saveSnapshot(late);
      await store.saveSnapshot(early);
      const reader = await open();
      expect(await reader.loadSnapshot()).toEqual(late);
      expect(await reader.loadSnapshot(5)).toEqual(late);
      expect(await reader.loadSnapshot(4)).toEqual(early);
      expect(await reader.loadSnapshot(2)).toEqual(early);
      expect(await reader.loadSnapshot(1)).toBeNull();
    });

    clause('S12', 'the newest snapshots are kept, and of older ones the first of each stretch of the log', async () => {
      const store = await open();
      const counts = Array.from({ length: 12 }, () => ({ count: WAYMARK_EVENTS / 4 }));
      const heads = (await appendAll(store, EMPTY_HEAD, counts)).slice(1);
      for (const head of heads) await store.saveSnapshot(snapshotAt(head, `at ${head.seq}`));
      const kept = [1, 4, 8, 9, 10, 11, 12].map((quarters) => (quarters * WAYMARK_EVENTS) / 4);
      expect(await snapshotsOf(await open())).toEqual(kept);
      // One that is made later for a stretch that had begun without one.
      await store.saveSnapshot(snapshotAt(heads[1], 'too late'));
      expect(await snapshotsOf(store)).toEqual(kept);
      await store.truncate((WAYMARK_EVENTS / 4) * 8);
      await store.saveSnapshot(snapshotAt(heads[4], 'in a stretch whose first one was cut away'));
      expect((await snapshotsOf(store))[0]).toBe((WAYMARK_EVENTS / 4) * 4);
    });

    clause('S12', 'a torn snapshot is never loaded', async () => {
      const store = await open();
      const [, first, second] = await appendAll(store, EMPTY_HEAD, [{}, {}]);
      const whole = snapshotAt(first, 'whole');
      await store.saveSnapshot(whole);
      await store.saveSnapshot(snapshotAt(second, 'this one will be torn'));
      await log.damage.tearSnapshot(second?.seq ?? 0);
      expect(await (await open()).loadSnapshot()).toEqual(whole);
      await store.saveSnapshot(snapshotAt(second, 'made again'));
      expect((await store.loadSnapshot())?.body).toBe('made again');
    });

    clause('S13', 'truncate removes what a snapshot covers, and nothing else', async () => {
      const store = await open();
      const heads = await appendAll(
        store,
        EMPTY_HEAD,
        Array.from({ length: 10 }, () => ({ count: 2 })),
      );
      expect(await store.truncate(1_000)).toBe(1);
      expect(await readAll(store)).toHaveLength(10);
      await store.saveSnapshot(snapshotAt(heads[3], 'at 6'));
      await store.saveSnapshot(snapshotAt(heads[6], 'at 12'));
      expect(await store.truncate(6)).toBe(1);
      expect(await store.truncate(11)).toBe(7);
      await expect(store.read(5, 10)).rejects.toMatchObject({ code: 'HISTORY_TRUNCATED' });
      expect((await readAll(store, 6)).map((batch) => batch.firstSeq)).toEqual([7, 9, 11, 13, 15, 17, 19]);
      expect((await store.loadSnapshot(8))?.body).toBe('at 6');
      expect(await freshHead()).toEqual(heads[10]);
      expect(await store.truncate(1_000)).toBe(13);
      expect((await store.loadSnapshot())?.body).toBe('at 12');
      await mustAppend(store, heads[10] ?? EMPTY_HEAD);
    });

    clause('S13', 'neither a torn snapshot nor one of another log covers anything', async () => {
      const store = await open();
      const heads = await appendAll(store, EMPTY_HEAD, [{}, {}, {}, {}]);
      await store.saveSnapshot({ ...snapshotAt(heads[1], 'of another log'), hash: 'e'.repeat(64) });
      await store.saveSnapshot(snapshotAt(heads[2], 'this one will be torn'));
      await log.damage.tearSnapshot(2);
      expect(await store.truncate(4)).toBe(1);
      expect(await readAll(store)).toHaveLength(4);
    });

    clause('S13', 'a log that was cut to its end keeps its head', async () => {
      const store = await open();
      const heads = await appendAll(
        store,
        EMPTY_HEAD,
        Array.from({ length: 150 }, () => ({ epoch: 2 })),
      );
      const head = heads.at(-1) ?? EMPTY_HEAD;
      await store.saveSnapshot(snapshotAt(head, 'all of it'));
      expect(await store.truncate(head.seq + 1)).toBe(head.seq + 1);
      expect(await freshHead()).toEqual(head);
      expect(await store.read(head.seq, 10)).toEqual([]);
      const next = await mustAppend(await open(), head);
      expect((await store.read(head.seq, 10)).map((batch) => batch.lastSeq)).toEqual([next.seq]);
    });

    clause('S13', 'an empty log can begin behind a base, as if it had been cut there', async () => {
      const store = await open();
      const base: LogHead = { epoch: 2, seq: 2 * EPOCH_STRIDE + 40, hash: 'b'.repeat(64), format: 3 };
      expect(await store.beginBehind?.(base)).toEqual({ appended: true, head: base });
      expect(await freshHead()).toEqual(base);
      await expect(store.read(0, 10)).rejects.toMatchObject({
        code: 'HISTORY_TRUNCATED',
        details: { removedUpTo: base.seq },
      });
      expect(await store.read(base.seq, 10)).toEqual([]);
      const head = await mustAppend(store, base, { epoch: 2, format: 3 });
      expect((await readAll(await open(), base.seq)).map(({ firstSeq }) => firstSeq)).toEqual([base.seq + 1]);
      const another = await open();
      expect(await another.beginBehind?.({ ...base, seq: base.seq + 7 })).toEqual({ appended: false, head });
      expect(await freshHead()).toEqual(head);
    });

    clause('S14', 'an append that does not continue the chain is refused', async () => {
      const store = await open();
      const [, first, second] = await appendAll(store, EMPTY_HEAD, [{}, {}]);
      const head = second ?? EMPTY_HEAD;
      const good = batchAfter(head);
      const strangers = [
        { ...good, hash: 'a'.repeat(64) },
        { ...good, body: `${good.body} ` },
        batchAfter(first ?? EMPTY_HEAD),
      ];
      for (const batch of strangers) {
        await expect(store.append(head, batch)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
      }
      await expect(store.append(head, { ...good, format: 0 })).rejects.toMatchObject({ code: 'STORE_VERSION' });
      expect(await freshHead()).toEqual(head);
      expect(await store.append(head, good)).toMatchObject({ appended: true });
    });

    clause('S14', 'a reader notices a batch that was changed', async () => {
      const store = await open();
      await appendAll(store, EMPTY_HEAD, [{}, {}, {}]);
      await log.damage.changeBody(2);
      const reader = await open();
      await expect(reader.read(0, 100)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
      await expect(reader.read(1, 1)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    });

    clause('S15', 'an unreachable store answers within its deadline and never blocks the event loop', async () => {
      if (log.block === undefined && log.silence === undefined) {
        throw new Error(`${name} declares no exception and cannot be made unreachable`);
      }
      if (log.block !== undefined) await expectReadsWhileBlocked(log.block);
      if (log.silence !== undefined) await expectAnswersInSilence(log.silence);
    });

    async function expectReadsWhileBlocked(block: Required<LogUnderTest>['block']): Promise<void> {
      const store = await open({ deadlineMs: 600 });
      const head = await mustAppend(store, EMPTY_HEAD);
      const unblock = await block();
      const ticks = countTicks();
      await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(store.beat(beatOf('a', 1))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      // A free loop fires a 1 ms timer hundreds of times in 1.2 s; one that waited inside a call, a handful of times.
      expect(ticks.stop()).toBeGreaterThan(50);
      expect(await store.read(0, 10)).toHaveLength(1);
      expect(await store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD))).toEqual({ appended: false, head });
      await unblock();
      expect(await store.append(head, batchAfter(head))).toMatchObject({ appended: true });
    }

    /** Reading too needs the server. What was asked of it meanwhile may still be done when it speaks again. */
    async function expectAnswersInSilence(silence: Required<LogUnderTest>['silence']): Promise<void> {
      const store = await open({ deadlineMs: 600 });
      const head = await mustAppend(store, EMPTY_HEAD);
      const speak = await silence();
      const fresh = track(log.connect({ deadlineMs: 600 }));
      const lost = batchAfter(head);
      for (const call of [
        () => store.append(head, lost),
        () => store.read(0, 10),
        () => store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD)),
        () => store.loadSnapshot(),
        () => store.saveSnapshot(snapshotAt(head, 'in silence')),
        () => store.truncate(1),
        () => store.beat(beatOf('a', 1)),
        () => store.beats(),
        () => fresh.open(),
      ]) {
        const [startedMs, ticks] = [performance.now(), countTicks()];
        await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        // As above; a connection that was given up is told of at once.
        expect(ticks.stop()).toBeGreaterThan((performance.now() - startedMs) / 24 - 5);
      }
      await speak();
      await until(() => isReachable(store));
      await until(async () => {
        const now = await fresh.open();
        return (await store.append(now, batchAfter(now, { id: 'after silence' }))).appended;
      });
      const ids = (await readAll(fresh)).map(({ id }) => id);
      expect(ids.slice(1)).toEqual(ids.length === 3 ? [lost.id, 'after silence'] : ['after silence']);
    }

    clause('S16', 'a wiped log is noticed', async () => {
      const [store, other] = await Promise.all([open(), open()]);
      const head = (await appendAll(store, EMPTY_HEAD, [{}, {}])).at(-1) ?? EMPTY_HEAD;
      await other.read(0, 10);
      await other.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD));
      await log.damage.wipe();
      await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
      await expect(other.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
      // A fresh process compares what it opens with its witness.
      expect(await freshHead()).toEqual(EMPTY_HEAD);
    });

    clause('S16', 'a log that was rolled back is noticed', async () => {
      const store = await open();
      const heads = await appendAll(store, EMPTY_HEAD, [{}, {}, {}]);
      const head = heads[3] ?? EMPTY_HEAD;
      await log.damage.rollBack(1);
      await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
      await expect(store.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
      expect(await freshHead()).toEqual(heads[1]);
    });

    clause('S16', 'a log that was forked is noticed, as long as before or longer', async () => {
      for (const length of [1, 2]) {
        const store = await open();
        const start = await freshHead();
        const heads = await appendAll(store, start, [{}, {}, {}]);
        const head = heads[3] ?? EMPTY_HEAD;
        await log.damage.rollBack(heads[2]?.seq ?? 0);
        const fork = await appendAll(
          await open(),
          heads[2] ?? EMPTY_HEAD,
          Array.from({ length }, () => ({})),
        );
        expect(fork[1]?.seq).toBe(head.seq);
        expect(fork[1]?.hash).not.toBe(head.hash);
        const answer = await store.append(head, batchAfter(head)).catch((error: unknown) => error);
        if (length === 1) expect(answer).toMatchObject({ code: 'STORE_REGRESSED' });
        else expect(answer).toEqual({ appended: false, head: fork[2] });
        await expect(store.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
        await expect(store.read(start.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
        expect(await freshHead()).toEqual(fork.at(-1));
      }
    });

    clause('S17', 'a beat is seen by other handles, overwritten, and never logged', async () => {
      const [store, other] = await Promise.all([open(), open()]);
      await store.beat(beatOf('a', 1));
      expect(await other.beats()).toEqual([beatOf('a', 1)]);
      await other.beat(beatOf('b', 7));
      await store.beat(beatOf('a', 2));
      const beats = (await other.beats()).toSorted((x, y) => x.placeId.localeCompare(y.placeId));
      expect(beats).toEqual([beatOf('a', 2), beatOf('b', 7)]);
      expect(await freshHead()).toEqual(EMPTY_HEAD);
    });

    elsewhere('S17', 'each beat is seen by handles that have read the one before', async () => {
      const [here, there] = await Promise.all([open(), openElsewhere()]);
      for (let counter = 1; counter <= 5; counter += 1) {
        await there.beat(beatOf('a', counter));
        expect(await here.beats()).toEqual([beatOf('a', counter)]);
      }
    });

    it('answers STORE_UNAVAILABLE before it is opened and after it is closed', async () => {
      const store = track(log.connect());
      await expect(store.read(0, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await store.open();
      await store.close();
      await store.close();
      for (const call of [
        () => store.open(),
        () => store.read(0, 1),
        () => store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD)),
        () => store.beats(),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      }
    });
  });
}

async function expectReason({ reason }: DeclaredException): Promise<void> {
  expect(reason).not.toBe('');
}

/** Numbers of the snapshots that can be loaded, the oldest first. */
async function snapshotsOf(store: EventStore): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (let snapshot = await store.loadSnapshot(); snapshot !== null; ) {
    numbers.unshift(snapshot.seq);
    snapshot = await store.loadSnapshot(snapshot.seq - 1);
  }
  return numbers;
}

function snapshotAt(head: LogHead | undefined, body: string): Snapshot {
  const { epoch, seq, hash, format } = head ?? EMPTY_HEAD;
  return { epoch, seq, hash, format, body };
}

export function beatOf(placeId: string, counter: number, bootId = 'boot-of-this-machine'): Beat {
  return { placeId, bootId, counter, wallAt: '2025-11-19T23:25:00.000Z' };
}

function nextHint(store: EventStore): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = store.onAppended(() => {
      unsubscribe();
      resolve();
    });
  });
}

async function isReachable(store: EventStore): Promise<boolean> {
  try {
    await store.read(0, 1);
    return true;
  } catch (error) {
    if (error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE') return false;
    throw error;
  }
}

/** Asks again until it is so; the test's own timeout ends what never comes. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function countTicks(): { stop(): number } {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return ticks;
    },
  };
}
