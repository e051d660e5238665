// The shape of a SQLite library, as much of it as the store needs. Two libraries have it: better-sqlite3 and node:sqlite.
// All calls are synchronous and meant to take microseconds; waiting is never left to the library.

export type SqliteDriverName = 'better-sqlite3' | 'node:sqlite';

export type SqliteValue = string | number | null;

export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqliteValue[]): unknown;
  iterate(...values: readonly SqliteValue[]): Iterable<unknown>;
}

export interface SqliteConnection {
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  /** Copies the database into `file` by SQLite's backup call, a few pages at a time. */
  backup(file: string): Promise<void>;
  close(): void;
}

export interface SqliteDriver {
  readonly name: SqliteDriverName;
  /** Opens `file`. `busyTimeoutMs` is how long a call may block its thread for a lock: 0 everywhere but in a worker. */
  connect(file: string, options: { readonly busyTimeoutMs: number }): SqliteConnection;
  /** Name of SQLite's result code, extended where the library tells (`SQLITE_BUSY_SNAPSHOT`); null for other errors. */
  resultCode(error: unknown): string | null;
}

/** Loads a driver when it is first needed, so that a process without a SQLite store never pays for one. */
export async function loadSqliteDriver(name: SqliteDriverName): Promise<SqliteDriver> {
  if (name === 'better-sqlite3') return (await import('./better-sqlite3-driver.ts')).betterSqlite3Driver;
  return (await import('./node-sqlite-driver.ts')).nodeSqliteDriver;
}
