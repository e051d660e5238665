// A write transaction that takes SQLite's write lock with its first change and holds it for microseconds. A process that is
// stopped in between blocks all other writers until it goes on or ends, so nothing is done in here that can be done
// outside, and what must be read inside is read before the lock: whoever wrote meanwhile makes the first change fail as
// busy (SQLITE_BUSY_SNAPSHOT), and then everything is read again.

import type { SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

export class Transaction {
  readonly #connection: SqliteConnection;
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  readonly #rollback: SqliteStatement;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#begin = connection.prepare('BEGIN DEFERRED');
    this.#commit = connection.prepare('COMMIT');
    this.#rollback = connection.prepare('ROLLBACK');
  }

  /** One attempt. Throws what `work` throws, and the library's error when the file is busy; then nothing was written. */
  run<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#connection.inTransaction) this.#rollback.run();
      throw error;
    }
  }
}
