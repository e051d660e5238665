// The tables of a log file, and how an older file becomes a current one. Forward only: each migration moves
// `user_version` by one, all of them in one transaction, after a copy was put beside the file. An older process that
// still has the file open finds the new number inside its next write and stops writing.

import { EMPTY_HASH, StoreFault } from '../../ports/event-store.ts';
import type { SqliteConnection } from './sqlite-driver.ts';
import { Transaction } from './transaction.ts';

/** 'BRGD', in the header of the file. */
const applicationId = 0x42_52_47_44;
export const currentSchema = 1;

/** Makes a file of schema `to` from one of `to - 1`. */
export interface Migration {
  readonly to: number;
  readonly sql: string;
}

/** One for each schema after the first; none yet. */
export const migrations: readonly Migration[] = [];

// A batch is one row: all or nothing by construction. The head is the last row; `log_base` holds it for a log whose rows
// were all cut off, so an append touches one table only.
const firstSchema = `
CREATE TABLE batches (
  last_seq INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  format INTEGER NOT NULL,
  id TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE log_base (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 0),
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  format INTEGER NOT NULL,
  checkpoints INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE snapshots (
  seq INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  hash TEXT NOT NULL,
  format INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE beats (
  place_id TEXT PRIMARY KEY,
  boot_id TEXT NOT NULL,
  counter INTEGER NOT NULL,
  wall_at TEXT NOT NULL
) STRICT;
INSERT INTO log_base (only_row, epoch, seq, hash, format) VALUES (0, 0, 0, '${EMPTY_HASH}', 0);
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${currentSchema};
`;

/** What kind of file this is. `empty` has neither tables nor a mark; it may become a log. */
export type FileKind = 'empty' | 'foreign' | 'older' | 'current' | 'newer';

export interface FileSchema {
  readonly kind: FileKind;
  readonly version: number;
}

/** Looks without changing anything, at one moment: another process may be making the tables just now. */
export function readSchema(connection: SqliteConnection): FileSchema {
  return connection.inTransaction ? readHere(connection) : new Transaction(connection).run(() => readHere(connection));
}

function readHere(connection: SqliteConnection): FileSchema {
  const application = pragmaNumber(connection, 'application_id');
  const version = pragmaNumber(connection, 'user_version');
  if (application === applicationId) return { kind: compare(version), version };
  const { tables } = connection.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  return { kind: application === 0 && version === 0 && tables === 0 ? 'empty' : 'foreign', version };
}

function compare(version: number): FileKind {
  if (version === currentSchema) return 'current';
  return version < currentSchema ? 'older' : 'newer';
}

/** Makes an empty file a log, unless somebody else has done it meanwhile. One attempt; throws while the file is busy. */
export function createTables(connection: SqliteConnection): void {
  new Transaction(connection).run(() => {
    if (readSchema(connection).kind === 'empty') connection.exec(firstSchema);
  });
}

/** Brings an older file to the current schema, unless somebody else has done it meanwhile. One attempt, as above. */
export function migrate(connection: SqliteConnection, steps: readonly Migration[]): void {
  new Transaction(connection).run(() => {
    const { kind, version } = readSchema(connection);
    if (kind !== 'older') return;
    for (const step of stepsFrom(version, steps)) connection.exec(`${step.sql};\nPRAGMA user_version = ${step.to}`);
  });
}

/** One step for each schema from `version` to the current one. Throws STORE_VERSION when one is missing. */
export function stepsFrom(version: number, steps: readonly Migration[]): readonly Migration[] {
  const needed = steps.filter((step) => step.to > version).toSorted((a, b) => a.to - b.to);
  const isWhole =
    needed.length === currentSchema - version && needed.every((step, index) => step.to === version + index + 1);
  if (isWhole) return needed;
  throw new StoreFault(
    'STORE_VERSION',
    `This log has schema ${version}, which this version of Brigade cannot bring forward to ${currentSchema}. ` +
      'Start an older version once that can.',
    { details: { schema: version, ownSchema: currentSchema } },
  );
}

export function pragmaNumber(connection: SqliteConnection, name: string): number {
  const row = connection.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}

export function newerSchema(version: number): StoreFault {
  return new StoreFault(
    'STORE_VERSION',
    `This log has schema ${version} and this version of Brigade writes schema ${currentSchema}. It may be read as far ` +
      'as it can be; to write, start the version that made it or a later one.',
    { details: { schema: version, ownSchema: currentSchema } },
  );
}
