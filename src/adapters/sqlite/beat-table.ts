// Presence as rows, one for each place. A place is one boot of one host, so rows of earlier boots pile up slowly; only
// the latest are kept.

import type { Beat } from '../../ports/event-store.ts';
import type { SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

const keptPlaces = 256;

interface BeatRow {
  readonly place_id: string;
  readonly boot_id: string;
  readonly counter: number;
  readonly wall_at: string;
}

export class BeatTable {
  readonly #save: SqliteStatement;
  readonly #all: SqliteStatement;
  readonly #forget: SqliteStatement;

  constructor(connection: SqliteConnection) {
    // REPLACE gives the row a new rowid, so rowids tell which place beat last.
    this.#save = connection.prepare(
      'INSERT OR REPLACE INTO beats (place_id, boot_id, counter, wall_at) VALUES (?, ?, ?, ?)',
    );
    this.#all = connection.prepare('SELECT place_id, boot_id, counter, wall_at FROM beats ORDER BY rowid DESC');
    this.#forget = connection.prepare(
      `DELETE FROM beats WHERE rowid NOT IN (SELECT rowid FROM beats ORDER BY rowid DESC LIMIT ${keptPlaces})`,
    );
  }

  save({ placeId, bootId, counter, wallAt }: Beat): void {
    this.#save.run(placeId, bootId, counter, wallAt);
  }

  /** The place that beat last comes first. */
  all(): readonly Beat[] {
    return Array.from(this.#all.iterate() as Iterable<BeatRow>, (row) => ({
      placeId: row.place_id,
      bootId: row.boot_id,
      counter: row.counter,
      wallAt: row.wall_at,
    }));
  }

  forgetOldPlaces(): void {
    this.#forget.run();
  }
}
