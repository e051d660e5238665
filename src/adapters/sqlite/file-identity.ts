// Which file a path names now. Only `stat` by path: opening and closing the database with `fs` would drop the locks that
// SQLite holds in this process.

import { statSync } from 'node:fs';

export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** Null when the path names nothing. */
export function identify(path: string): FileIdentity | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : { device: found.dev, inode: found.ino };
}

export function isSameFile(a: FileIdentity | null, b: FileIdentity | null): boolean {
  return a !== null && b !== null && a.device === b.device && a.inode === b.inode;
}
