// An open log file, step by step. Each step is synchronous and short; it throws SQLite's own error when the file is
// busy, and may then be tried again. Waiting, durability and hints are the store's.
//
// A file that was removed or replaced is noticed before each step that counts: a grant on a deleted log would be seen by
// nobody. The WAL cannot go away by itself while it is open, so it is watched in the same way.

import { headAfter, verifyChain } from '../../ports/chain.ts';
import {
  type Appended,
  type Beat,
  type Conflict,
  type LogHead,
  type Snapshot,
  type StoredBatch,
  StoreFault,
} from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { historyTruncated, isNext, isSameHead } from '../../ports/log-range.ts';
import { regressedBehind, SeenHead } from '../../ports/seen-head.ts';
import { truncationPoint } from '../../ports/snapshot-rules.ts';
import { BeatTable } from './beat-table.ts';
import { identify, isSameFile } from './file-identity.ts';
import { LogTable, type ReadStep } from './log-table.ts';
import type { OpenDatabase } from './open-database.ts';
import { currentSchema, newerSchema } from './schema.ts';
import { SnapshotTable } from './snapshot-table.ts';
import type { SqliteStatement } from './sqlite-driver.ts';
import { Transaction } from './transaction.ts';

export class LogFile {
  readonly #database: OpenDatabase;
  readonly #hasher: Hasher;
  readonly #log: LogTable;
  readonly #snapshots: SnapshotTable;
  readonly #beats: BeatTable;
  readonly #transaction: Transaction;
  readonly #schemaVersion: SqliteStatement;
  readonly #dataVersion: SqliteStatement;
  readonly #seen = new SeenHead();
  #damage: StoreFault | null = null;
  #hasBeaten = false;
  #lastDataVersion: number;

  constructor(database: OpenDatabase, hasher: Hasher) {
    const { connection } = database;
    this.#database = database;
    this.#hasher = hasher;
    this.#log = new LogTable(connection);
    this.#snapshots = new SnapshotTable(connection, hasher);
    this.#beats = new BeatTable(connection);
    this.#transaction = new Transaction(connection);
    this.#schemaVersion = connection.prepare('PRAGMA user_version');
    this.#dataVersion = connection.prepare('PRAGMA data_version');
    this.#lastDataVersion = this.#readDataVersion();
  }

  head(): LogHead {
    this.expectInPlace();
    const head = this.#log.head();
    this.#seen.expectNotBehind(head);
    return head;
  }

  /** Takes note of where the log ends now. Throws STORE_DAMAGED when the last batch is checked and does not match its own hash. */
  begin({ checksEnd }: { readonly checksEnd: boolean }): void {
    const head = this.head();
    if (checksEnd) this.#expectChain(null, this.#log.readStep(head.seq - 1, 1, true).batches);
    this.#seen.follow(head);
  }

  /** Compares without a lock first: a stale writer hears its conflict even while the file is busy. */
  append(expected: LogHead, batch: StoredBatch): Appended | Conflict {
    if (this.#damage !== null) throw this.#damage;
    const head = this.head();
    if (!isSameHead(expected, head)) return { appended: false, head };
    const answer = this.#write(() => this.#insertAt(expected, batch));
    if (answer.appended) this.#seen.follow(answer.head);
    return answer;
  }

  /** `previous` is the batch before, where the caller has just read it. */
  read(after: number, limit: number, previous: StoredBatch | null): ReadStep {
    this.expectInPlace();
    const step = this.#log.readStep(after, limit, previous === null);
    if (this.#mayLackSome(after, step)) {
      // Looked at last: whatever is cut off meanwhile moves it.
      const base = this.#log.base();
      if (after < base.seq) {
        if (previous !== null) return { batches: [], isComplete: true };
        throw historyTruncated(after, base);
      }
      this.#expectNext(after, step);
    }
    this.#expectChain(previous === null ? null : headAfter(previous), step.batches);
    this.#seen.expectContinues(after, step.batches);
    return step;
  }

  /** The same of a file that was removed or replaced, for as long as it is open here; nothing is granted on it any more. */
  readRemains(after: number, limit: number): readonly StoredBatch[] {
    return this.#log.readStep(after, limit, true).batches;
  }

  /** True when another connection has committed something since the last time this was asked. */
  hasChanged(): boolean {
    const now = this.#readDataVersion();
    const changed = now !== this.#lastDataVersion;
    this.#lastDataVersion = now;
    return changed;
  }

  /** False when the file was removed or replaced; then this object reads and writes what nobody else sees. */
  isInPlace(): boolean {
    return isSameFile(this.#database.identity, identify(this.#database.file)) && this.#database.wal.isInPlace();
  }

  /** Throws STORE_REGRESSED where `isInPlace` is false. */
  expectInPlace(): void {
    if (this.isInPlace()) return;
    const { file } = this.#database;
    throw new StoreFault(
      'STORE_REGRESSED',
      `${file} was removed or replaced while it was open. Nothing is granted on what is left of it; what is at the path ` +
        'now is opened next.',
      { details: { file } },
    );
  }

  newestSnapshot(atOrBefore: number): Snapshot | null {
    this.expectInPlace();
    for (const seq of this.#snapshots.numbers()) {
      const snapshot = seq <= atOrBefore ? this.#snapshots.load(seq) : null;
      if (snapshot !== null) return snapshot;
    }
    return null;
  }

  saveSnapshot(snapshot: Snapshot, checksum: string): void {
    this.expectInPlace();
    this.#write(() => this.#snapshots.save(snapshot, checksum, this.#log.base().seq));
  }

  /** Number up to which a snapshot of this log allows cutting; null when none does. */
  truncationPoint(before: number): number | null {
    this.expectInPlace();
    return truncationPoint(this.#snapshots.numbers(), before, (seq) => {
      const snapshot = this.#snapshots.load(seq);
      return snapshot !== null && this.#log.headAt(seq)?.hash === snapshot.hash;
    });
  }

  /** Removes some of what ends at or before `point`, oldest first. True when nothing of it is left. */
  truncateSome(point: number): boolean {
    this.expectInPlace();
    return this.#write(() => {
      const isDone = this.#log.cutSomeUpTo(point);
      if (isDone) this.#snapshots.removeBefore(point);
      return isDone;
    });
  }

  beginBehind(base: LogHead): Appended | Conflict {
    this.expectInPlace();
    const answer = this.#write((): Appended | Conflict => {
      const head = this.#log.head();
      if (head.seq > 0) return { appended: false, head };
      this.#log.beginBehind(base);
      return { appended: true, head: base };
    });
    if (answer.appended) this.#seen.follow(base);
    return answer;
  }

  firstSeq(): number {
    this.expectInPlace();
    return this.#log.firstSeq();
  }

  beat(beat: Beat): void {
    this.expectInPlace();
    this.#write(() => {
      this.#beats.save(beat);
      if (!this.#hasBeaten) this.#beats.forgetOldPlaces();
    });
    this.#hasBeaten = true;
  }

  beats(): readonly Beat[] {
    this.expectInPlace();
    return this.#beats.all();
  }

  #insertAt(expected: LogHead, batch: StoredBatch): Appended | Conflict {
    const head = this.#log.head();
    if (!isSameHead(expected, head)) return { appended: false, head };
    this.#log.insert(batch);
    return { appended: true, head: headAfter(batch) };
  }

  /** Another process may have brought the file to a newer schema; this version must not write into that one. */
  #write<T>(work: () => T): T {
    return this.#transaction.run(() => {
      const { user_version: version } = this.#schemaVersion.get() as { readonly user_version: number };
      if (version !== currentSchema) throw newerSchema(version);
      return work();
    });
  }

  /** Batches that came after `after` were perhaps cut off. Throws STORE_REGRESSED when the log ends before it. */
  #mayLackSome(after: number, { batches: [first] }: ReadStep): boolean {
    if (first !== undefined) return first.firstSeq !== after + 1;
    const head = this.#log.head();
    this.#seen.expectNotBehind(head);
    if (after > head.seq) throw regressedBehind(after, head);
    return after < head.seq;
  }

  /** A page of the file that lost its rows says nothing; what comes behind them says that it does not follow. */
  #expectNext(after: number, { batches: [first] }: ReadStep): void {
    // Without any, somebody may just have appended what is there by now.
    if (first === undefined || isNext(first, after)) return;
    throw this.#damaged(after + 1, first.id, 'what should come before it is not there');
  }

  #expectChain(before: LogHead | null, batches: readonly StoredBatch[]): void {
    const found = verifyChain(this.#hasher, before, batches);
    if (found !== null) throw this.#damaged(found.seq, found.batchId, found.problem);
  }

  #damaged(seq: number, batchId: string, problem: string): StoreFault {
    const { file } = this.#database;
    this.#damage = new StoreFault(
      'STORE_DAMAGED',
      `${file} is damaged at event ${seq}: batch ${batchId} does not fit, ${problem}. ` +
        'Nothing more is written; `brigade doctor` explains what can be saved.',
      { details: { file, seq, batchId, problem } },
    );
    return this.#damage;
  }

  #readDataVersion(): number {
    return (this.#dataVersion.get() as { readonly data_version: number }).data_version;
  }
}
