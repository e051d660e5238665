// Opening a log file, step by step, each of which may refuse: the path, the library, what the file is, its schema. Until
// the last step nothing is changed in a file that is not ours, and a damaged one is left as it is.

import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreFault } from '../../ports/event-store.ts';
import { setConnectionOptions } from './connection-options.ts';
import { copyDatabase } from './copy-database.ts';
import { type FileIdentity, identify, isSameFile } from './file-identity.ts';
import type { FileSystemType } from './file-system-check.ts';
import { expectSafeLibrary } from './library-version.ts';
import { claimForLibrary } from './one-library.ts';
import { prepareFile, syncFolder } from './prepare-file.ts';
import {
  createTables,
  currentSchema,
  type FileSchema,
  type Migration,
  migrate,
  readSchema,
  stepsFrom,
} from './schema.ts';
import { loadSqliteDriver, type SqliteConnection, type SqliteDriver, type SqliteDriverName } from './sqlite-driver.ts';
import { asStoreFault } from './sqlite-faults.ts';
import { type SyncFile, WalFile } from './wal-file.ts';

export interface OpenDatabaseOptions {
  readonly path: string;
  readonly driver: SqliteDriverName;
  readonly durability: 'host' | 'process';
  readonly syncFile: SyncFile;
  readonly fileSystemType: FileSystemType;
  readonly migrations: readonly Migration[];
  /** Repeats a short call while the file is busy, until a deadline. */
  readonly whileBusy: <T>(driver: SqliteDriver, attempt: () => T) => Promise<T>;
}

export interface OpenDatabase {
  readonly file: string;
  readonly identity: FileIdentity;
  readonly driver: SqliteDriver;
  readonly connection: SqliteConnection;
  readonly libraryVersion: string;
  /** `current`, or `newer`: then it may be read as far as that goes, and not written. */
  readonly schema: FileSchema;
  readonly wal: WalFile;
  close(): Promise<void>;
}

/** Throws STORE_UNSAFE, STORE_DAMAGED, STORE_VERSION or STORE_UNAVAILABLE; then nothing is left open. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  const driver = await loadSqliteDriver(options.driver);
  const file = await prepareFile(options.path, options.fileSystemType);
  const release = claimForLibrary(file, driver.name);
  let connection: SqliteConnection | null = null;
  try {
    const identity = identify(file);
    connection = driver.connect(file, { busyTimeoutMs: 0 });
    const opening = connection;
    // The first statement reads the file, which another process may just be making, or closing as the last one.
    const libraryVersion = await options.whileBusy(driver, () => expectSafeLibrary(opening));
    const schema = await settleSchema(options, driver, file, connection);
    if (options.durability === 'host') await syncFolder(dirname(file));
    const wal = await WalFile.open(`${file}-wal`, options.syncFile);
    if (identity === null || !isSameFile(identity, identify(file))) throw replacedMeanwhile(file);
    const opened = connection;
    return {
      file,
      identity,
      driver,
      connection,
      libraryVersion,
      schema,
      wal,
      close: () => close(opened, wal, release),
    };
  } catch (error) {
    connection?.close();
    release();
    throw asStoreFault(driver, file, error);
  }
}

async function close(connection: SqliteConnection, wal: WalFile, release: () => void): Promise<void> {
  await wal.close();
  connection.close();
  release();
}

/** Leaves the connection in WAL mode on a file of the current or a newer schema. */
async function settleSchema(
  options: OpenDatabaseOptions,
  driver: SqliteDriver,
  file: string,
  connection: SqliteConnection,
): Promise<FileSchema> {
  const found = await options.whileBusy(driver, () => readSchema(connection));
  if (found.kind === 'foreign') throw foreign(file);
  await options.whileBusy(driver, () => useWal(connection, file));
  setConnectionOptions(connection);
  if (found.kind === 'empty') await options.whileBusy(driver, () => createTables(connection));
  if (found.kind === 'older') {
    await copyBefore(options.migrations, driver, file, found.version);
    await options.whileBusy(driver, () => migrate(connection, options.migrations));
  }
  return options.whileBusy(driver, () => readSchema(connection));
}

function useWal(connection: SqliteConnection, file: string): void {
  const row = connection.prepare('PRAGMA journal_mode = WAL').get() as { readonly journal_mode: string };
  if (row.journal_mode === 'wal') return;
  throw new StoreFault(
    'STORE_UNSAFE',
    `SQLite cannot use a write-ahead log for ${file} (it answers "${row.journal_mode}"): the file system does not ` +
      'share memory between processes. Keep the log on a local disk, or use Redis.',
    { details: { file, journalMode: row.journal_mode } },
  );
}

/** Several stores of one process may copy at once. */
let drafts = 0;

/** The copy appears under its name only when it is whole; one of an attempt that was cut short is replaced. */
async function copyBefore(
  steps: readonly Migration[],
  driver: SqliteDriver,
  file: string,
  version: number,
): Promise<void> {
  stepsFrom(version, steps);
  const copy = `${file}.before-v${currentSchema}`;
  drafts += 1;
  const draft = `${copy}.${process.pid}-${drafts}`;
  await copyDatabase(driver, file, draft);
  await rename(draft, copy);
  await syncFolder(dirname(file));
}

function foreign(file: string): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `${file} is a SQLite database, but not a Brigade log. It was not changed. Name another file with --store sqlite:PATH.`,
    { details: { file } },
  );
}

function replacedMeanwhile(file: string): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', `${file} was replaced while it was being opened. Try again.`, {
    details: { file },
  });
}
