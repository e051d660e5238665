// The settings that every connection to a log has, the one that serves and the one that makes checkpoints.

import type { SqliteConnection } from './sqlite-driver.ts';

/**
 * No checkpoints inside COMMIT (they sync there) and no sync at COMMIT: durability is made outside the lock, see
 * `wal-file.ts`. NORMAL still syncs at checkpoints, which is what keeps the file whole; on macOS it takes a full sync to
 * reach the disk.
 */
export function setConnectionOptions(connection: SqliteConnection): void {
  for (const pragma of [
    'synchronous = NORMAL',
    'wal_autocheckpoint = 0',
    'checkpoint_fullfsync = 1',
    'trusted_schema = 0',
  ]) {
    connection.exec(`PRAGMA ${pragma}`);
  }
}
