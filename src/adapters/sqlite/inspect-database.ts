// What doctor wants to know of a log file.

import { statSync } from 'node:fs';
import type { SqliteConnection } from './sqlite-driver.ts';

export interface SqliteInspection {
  readonly file: string;
  readonly driver: string;
  readonly libraryVersion: string;
  readonly schemaVersion: number;
  readonly durability: 'host' | 'process';
  readonly fileBytes: number;
  readonly walBytes: number;
  /** Why the last checkpoint of this process failed; null when all is well. */
  readonly checkpointTrouble: string | null;
  /** Another process kept the write lock for as long as was tried: nobody writes. */
  readonly isWriteLocked: boolean;
  /** What SQLite's own quick check found; empty when the file is whole. */
  readonly findings: readonly string[];
}

/** By path, never by opening. 0 where there is no such file. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Reads the whole file and takes as long as that takes. */
export function quickCheck(connection: SqliteConnection): readonly string[] {
  const rows = connection.prepare('PRAGMA quick_check').iterate() as Iterable<{ readonly quick_check: string }>;
  const found = Array.from(rows, (row) => row.quick_check);
  return found.length === 1 && found[0] === 'ok' ? [] : found;
}
