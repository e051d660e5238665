// The log as rows: head, a range, one more batch. Statements are prepared once and used again; each call is one short
// synchronous step.

import type { LogHead, StoredBatch } from '../../ports/event-store.ts';
import type { SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

interface HeadRow {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly format: number;
}

interface BatchRow {
  readonly last_seq: number;
  readonly count: number;
  readonly epoch: number;
  readonly format: number;
  readonly id: string;
  readonly prev_hash: string;
  readonly hash: string;
  readonly body: string;
}

/** Stops a step of reading, so that one step stays short. */
const stepBytes = 256 * 1024;
const stepBatches = 512;
/** Removed in one transaction at most. */
const cutBatches = 64;

export interface ReadStep {
  readonly batches: readonly StoredBatch[];
  /** False when the step stopped for its own sake: there may be more that fits. */
  readonly isComplete: boolean;
}

export class LogTable {
  readonly #base: SqliteStatement;
  readonly #last: SqliteStatement;
  readonly #after: SqliteStatement;
  readonly #insert: SqliteStatement;
  readonly #cut: SqliteStatement;
  readonly #endsAt: SqliteStatement;
  readonly #moveBase: SqliteStatement;
  readonly #first: SqliteStatement;
  readonly #boundary: SqliteStatement;

  constructor(connection: SqliteConnection) {
    const columns = 'last_seq, count, epoch, format, id, prev_hash, hash, body';
    this.#base = connection.prepare('SELECT epoch, seq, hash, format FROM log_base');
    this.#last = connection.prepare(
      'SELECT epoch, last_seq AS seq, hash, format FROM batches ORDER BY last_seq DESC LIMIT 1',
    );
    this.#after = connection.prepare(`SELECT ${columns} FROM batches WHERE last_seq > ? ORDER BY last_seq`);
    this.#insert = connection.prepare(`INSERT INTO batches (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#cut = connection.prepare('DELETE FROM batches WHERE last_seq <= ?');
    this.#endsAt = connection.prepare('SELECT epoch, last_seq AS seq, hash, format FROM batches WHERE last_seq = ?');
    this.#moveBase = connection.prepare('UPDATE log_base SET epoch = ?, seq = ?, hash = ?, format = ?');
    this.#first = connection.prepare('SELECT last_seq - count + 1 AS seq FROM batches ORDER BY last_seq LIMIT 1');
    this.#boundary = connection.prepare(
      `SELECT max(last_seq) AS seq FROM (SELECT last_seq FROM batches WHERE last_seq <= ? ORDER BY last_seq LIMIT ${cutBatches})`,
    );
  }

  head(): LogHead {
    const last = this.#last.get() as HeadRow | undefined;
    return last === undefined ? this.base() : toHead(last);
  }

  /** The head as it was before the first batch still kept. */
  base(): LogHead {
    return toHead(this.#base.get() as HeadRow);
  }

  /** The head as it was after the batch that ends at `seq`; null where none does. */
  headAt(seq: number): LogHead | null {
    const row = this.#endsAt.get(seq) as HeadRow | undefined;
    return row === undefined ? null : toHead(row);
  }

  firstSeq(): number {
    const row = this.#first.get() as { readonly seq: number } | undefined;
    return row === undefined ? this.base().seq + 1 : row.seq;
  }

  /** Whole batches after `after`, up to `limit` events; one at least, if there is any and `mayExceed`. */
  readStep(after: number, limit: number, mayExceed: boolean): ReadStep {
    const batches: StoredBatch[] = [];
    let events = 0;
    let characters = 0;
    for (const row of this.#after.iterate(after)) {
      if (batches.length >= stepBatches || characters >= stepBytes) return { batches, isComplete: false };
      const batch = toBatch(row as BatchRow);
      events += batch.count;
      if (events > limit && !(mayExceed && batches.length === 0)) return { batches, isComplete: true };
      // A damaged row may have none; whoever checks the chain says so.
      characters += typeof batch.body === 'string' ? batch.body.length : 0;
      batches.push(batch);
    }
    return { batches, isComplete: true };
  }

  insert(batch: StoredBatch): void {
    const { lastSeq, count, epoch, format, id, prevHash, hash, body } = batch;
    this.#insert.run(lastSeq, count, epoch, format, id, prevHash, hash, body);
  }

  /** Only for a log that is empty. */
  beginBehind({ epoch, seq, hash, format }: LogHead): void {
    this.#moveBase.run(epoch, seq, hash, format);
  }

  /** Removes the oldest batches that end at or before `seq`, a limited number of them. True when none is left. */
  cutSomeUpTo(seq: number): boolean {
    const boundary = this.#boundary.get(seq) as { readonly seq: number | null };
    const last = boundary.seq === null ? null : this.headAt(boundary.seq);
    if (last === null) return true;
    this.#moveBase.run(last.epoch, last.seq, last.hash, last.format);
    this.#cut.run(last.seq);
    return last.seq === seq;
  }
}

function toHead({ epoch, seq, hash, format }: HeadRow): LogHead {
  return { epoch, seq, hash, format };
}

function toBatch(row: BatchRow): StoredBatch {
  return {
    id: row.id,
    epoch: row.epoch,
    format: row.format,
    count: row.count,
    body: row.body,
    hash: row.hash,
    firstSeq: row.last_seq - row.count + 1,
    lastSeq: row.last_seq,
    prevHash: row.prev_hash,
  };
}
