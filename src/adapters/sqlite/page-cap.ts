// A log that cannot grow, as on a full disk: SQLite itself refuses the next page (`max_page_count`, which counts for one
// connection and is kept in no file). Only a drill does this, to connections of its own processes.

import type { SqliteConnection } from './sqlite-driver.ts';

/** What SQLite allows at most. */
const ALL = 4_294_967_294;

export class PageCap {
  readonly #connections = new Set<SqliteConnection>();
  #pages = ALL;

  /** For `seams.onConnect` of a store. */
  readonly onConnect = (connection: SqliteConnection): void => {
    this.#connections.add(connection);
    if (this.#pages !== ALL) this.#apply(connection);
  };

  /** Full: no log grows beyond the pages it has. To be said again and again, for a connection may be busy. */
  set(isFull: boolean): void {
    // Fewer pages than there are is taken for as many as there are.
    this.#pages = isFull ? 1 : ALL;
    for (const connection of this.#connections) this.#apply(connection);
  }

  #apply(connection: SqliteConnection): void {
    try {
      connection.exec(`PRAGMA max_page_count = ${this.#pages}`);
    } catch {
      // Closed by now, or busy for a moment.
    }
  }
}
