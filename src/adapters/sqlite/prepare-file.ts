// From a path to a file that SQLite may open: the folder is there, the file belongs to its owner alone, and both lie on
// a disk of this machine.

import { closeSync, openSync, statSync } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreFault } from '../../ports/event-store.ts';
import { expectOneKernel, type FileSystemType } from './file-system-check.ts';

/** Answers the real path of the file, which exists then. An empty one is made where there was none. */
export async function prepareFile(path: string, typeOf: FileSystemType): Promise<string> {
  try {
    await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
    const file = await realFile(path);
    await expectOneKernel(dirname(file), typeOf);
    refuseOrphanedWal(file);
    createIfMissing(file);
    return file;
  } catch (error) {
    throw error instanceof StoreFault ? error : cannotPrepare(path, error);
  }
}

/** Makes new names in `folder` survive a power loss. Windows cannot open a folder; its file system logs names itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SQLite puts its WAL beside the real file, so everybody must agree which one that is. */
async function realFile(path: string): Promise<string> {
  const folder = await realpath(dirname(resolve(path)));
  const file = join(folder, basename(path));
  const isLink = await lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  return isLink ? realpath(file) : file;
}

/**
 * SQLite deletes the WAL of a database that is missing or empty, and a young log is all in there. So it is left alone.
 * The database is looked at again last: another process may be making it just now.
 */
function refuseOrphanedWal(file: string): void {
  if (sizeOf(file) > 0 || sizeOf(`${file}-wal`) === 0 || sizeOf(file) > 0) return;
  throw new StoreFault(
    'STORE_DAMAGED',
    `${file} was removed or emptied, and its write-ahead log ${file}-wal is still there. Nothing was changed. Put the ` +
      'database back, or move the write-ahead log away to begin an empty log.',
    { details: { file } },
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Exclusive creation is the one case where the database may be opened with `fs`: nobody can have it open yet. */
function createIfMissing(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function cannotPrepare(path: string, error: unknown): StoreFault {
  const code = codeOf(error);
  const why = reasons.get(code) ?? `the operating system says ${code || String(error)}`;
  return new StoreFault('STORE_UNAVAILABLE', `${path} cannot be opened: ${why}.`, {
    cause: error,
    details: { path, systemCode: code },
  });
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'this user may not write there'],
  ['EROFS', 'the file system is read-only'],
  ['ENOTDIR', 'a part of its path is a file, not a folder'],
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
