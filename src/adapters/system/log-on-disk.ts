// What a log takes on the disk. Only `stat` by path: to open the database with `fs` would drop the locks that SQLite holds in
// this process.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';

export interface LogOnDisk {
  /** Null for a log that is not on this host. */
  readonly logBytes: number | null;
  /** The write-ahead log beside it; null where there is none now. */
  readonly walBytes: number | null;
  /** Null where nothing was ever archived. */
  readonly archives: { readonly count: number; readonly bytes: number } | null;
}

/** Of the log at `path`, null where it is elsewhere; what is not there takes nothing. */
export async function logOnDisk(path: string | null, archives: string): Promise<LogOnDisk> {
  if (path === null) return { logBytes: null, walBytes: null, archives: await archivesIn(archives) };
  const [log, wal] = await Promise.all([bytesOf(path), bytesOf(`${path}-wal`)]);
  return { logBytes: log ?? 0, walBytes: wal, archives: await archivesIn(archives) };
}

async function archivesIn(path: string): Promise<LogOnDisk['archives']> {
  const folders = await orNull(() => readdir(path));
  if (folders === null) return null;
  const found = { count: 0, bytes: 0 };
  for (const folder of folders) {
    for (const name of (await orNull(() => readdir(join(path, folder)))) ?? []) {
      if (!name.endsWith('.gz')) continue;
      found.count += 1;
      found.bytes += (await bytesOf(join(path, folder, name))) ?? 0;
    }
  }
  return found.count === 0 ? null : found;
}

async function bytesOf(path: string): Promise<number | null> {
  return (await orNull(() => stat(path)))?.size ?? null;
}

async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
