// Snapshots as rows, each with a checksum over all of it: one that does not match is as good as not there.

import type { Snapshot } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { isWhole, keptSnapshots, type SnapshotSize } from '../../ports/snapshot-rules.ts';
import type { SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

type SnapshotRow = Snapshot & { readonly checksum: string };

export class SnapshotTable {
  readonly #hasher: Hasher;
  readonly #numbers: SqliteStatement;
  readonly #sizes: SqliteStatement;
  readonly #load: SqliteStatement;
  readonly #save: SqliteStatement;
  readonly #remove: SqliteStatement;
  readonly #removeBefore: SqliteStatement;

  constructor(connection: SqliteConnection, hasher: Hasher) {
    this.#hasher = hasher;
    this.#numbers = connection.prepare('SELECT seq FROM snapshots ORDER BY seq DESC');
    // Of the length in characters all of a body would be read.
    this.#sizes = connection.prepare('SELECT seq, octet_length(body) AS bytes FROM snapshots');
    this.#load = connection.prepare('SELECT seq, epoch, hash, format, checksum, body FROM snapshots WHERE seq = ?');
    this.#save = connection.prepare(
      'INSERT OR REPLACE INTO snapshots (seq, epoch, hash, format, checksum, body) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#remove = connection.prepare('DELETE FROM snapshots WHERE seq = ?');
    this.#removeBefore = connection.prepare('DELETE FROM snapshots WHERE seq < ?');
  }

  /** Newest first, whole or not. */
  numbers(): readonly number[] {
    return Array.from(this.#numbers.iterate() as Iterable<{ readonly seq: number }>, (row) => row.seq);
  }

  /** Null when there is none at `seq`, or a torn one. */
  load(seq: number): Snapshot | null {
    const row = this.#load.get(seq) as SnapshotRow | undefined;
    if (row === undefined) return null;
    const snapshot = { epoch: row.epoch, seq: row.seq, hash: row.hash, format: row.format, body: row.body };
    return isWhole(this.#hasher, snapshot, row.checksum) ? snapshot : null;
  }

  /** Saves, and forgets old ones that nothing stands on. Belongs in a transaction; `checksum` is made outside of it. */
  save(snapshot: Snapshot, checksum: string, baseSeq: number): void {
    const { seq, epoch, hash, format, body } = snapshot;
    this.#save.run(seq, epoch, hash, format, checksum, body);
    const sizes = Array.from(this.#sizes.iterate() as Iterable<SnapshotSize>, (row) => ({ ...row }));
    const kept = keptSnapshots(sizes, baseSeq);
    for (const old of sizes) if (!kept.has(old.seq)) this.#remove.run(old.seq);
  }

  removeBefore(seq: number): void {
    this.#removeBefore.run(seq);
  }
}
