// One checkpoint: moves what the WAL holds into the database, so that the WAL can be overwritten from its beginning.
// PASSIVE does the bulk and disturbs nobody. What was written meanwhile is then few, and RESTART moves it while writers
// wait: a moment with the disk, not the whole copy. The file keeps its size, because overwriting blocks that exist is
// twice as fast to sync as growing; only a file that grew far too large is cut.

import { pragmaNumber } from './schema.ts';
import type { SqliteConnection } from './sqlite-driver.ts';

export interface WalLimits {
  /** Above this much in use, a checkpoint is made. */
  readonly walLimitBytes: number;
  /** A file above this is truncated, once it is empty. */
  readonly walCutBytes: number;
}

/** One pass of each of these; the second takes what came in during the first. */
const bulkPasses = ['PASSIVE', 'PASSIVE'] as const;

/**
 * True when there was nothing to do, or all of it was done. False when somebody stood in the way: a writer, or a reader
 * of older pages. May block its thread for the connection's busy time, twice, and writers for one of them.
 */
export function checkpoint(connection: SqliteConnection, walFileBytes: number, limits: WalLimits): boolean {
  const usedBytes = run(connection, 'NOOP').frames * pragmaNumber(connection, 'page_size');
  if (usedBytes <= limits.walLimitBytes && walFileBytes <= limits.walCutBytes) return true;
  for (const mode of bulkPasses) run(connection, mode);
  const last = run(connection, walFileBytes > limits.walCutBytes ? 'TRUNCATE' : 'RESTART');
  if (last.isWhole) startOver(connection);
  return last.isWhole;
}

interface Pass {
  /** Frames of the WAL that are in use. */
  readonly frames: number;
  /** All of them are in the database and nobody reads them from the WAL. */
  readonly isWhole: boolean;
}

/** A library that does not know NOOP (before 3.51) makes it a PASSIVE, which is as good here. */
function run(connection: SqliteConnection, mode: 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE'): Pass {
  const row = connection.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as Record<
    'busy' | 'log' | 'checkpointed',
    number
  >;
  return { frames: Math.max(row.log, 0), isWhole: row.busy === 0 && row.log === row.checkpointed };
}

/**
 * The next commit starts the WAL over and syncs its new header inside the lock. Better that it is made here than in a
 * thread that serves.
 */
function startOver(connection: SqliteConnection): void {
  connection.exec('UPDATE log_base SET checkpoints = checkpoints + 1');
}
