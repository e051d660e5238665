// Makes planned changes of files: each only while the file is still what the plan saw, each whole or not at all.

import type { FileHandle } from 'node:fs/promises';
import { lstat, mkdir, open, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { FileChange, FileState, FoundState } from '../../ports/git-hooks.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';
import { randomIds } from './random-ids.ts';

/** What is at `path`, links not followed. */
export async function fileStateAt(path: string): Promise<FoundState> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return { kind: 'link', target: await readlink(path) };
    if (!stats.isFile()) return { kind: 'other' };
    return { kind: 'file', bytes: await readFile(path), mode: stats.mode & 0o7777 };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** Milliseconds since the file was last written; null where there is none. */
export async function fileAgeMs(path: string, clock: Pick<Clock, 'wallAt'>): Promise<number | null> {
  try {
    return Math.max(0, Date.parse(clock.wallAt()) - (await lstat(path)).mtimeMs);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** Makes them in order. Throws `SetupFault` at the first file that is no longer what the plan saw; those before it are made. */
export async function applyFileChanges(changes: readonly FileChange[]): Promise<void> {
  for (const { path, before } of changes) if (!isSame(await fileStateAt(path), before)) throw changed(path);
  for (const change of changes) {
    if (!isSame(await fileStateAt(change.path), change.before)) throw changed(change.path);
    await make(change);
  }
}

async function make({ path, before, after }: FileChange): Promise<void> {
  if (after === null) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomIds.newId()}.tmp`;
  try {
    if (after.kind === 'link') await symlink(after.target, draft);
    else await writeDraft(draft, after, before === null ? null : path);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** On the disk before it takes the place of `instead`, whose owner it keeps. */
async function writeDraft(
  draft: string,
  { bytes, mode }: Extract<FileState, { kind: 'file' }>,
  instead: string | null,
): Promise<void> {
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(bytes);
    if (instead !== null) await keepOwner(file, instead);
    // Whatever the umask of this process takes away, and a new owner.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function keepOwner(file: FileHandle, path: string): Promise<void> {
  const [own, before] = await Promise.all([file.stat(), lstat(path)]);
  if (own.uid === before.uid && own.gid === before.gid) return;
  try {
    await file.chown(before.uid, before.gid);
  } catch (error) {
    throw new SetupFault(
      'INVALID_ARGUMENT',
      {
        message: `${path} belongs to another user or group and would not any more; nothing more was written.`,
        next: 'Run the command as the owner of the file.',
        details: { path },
      },
      error,
    );
  }
}

function isSame(found: FoundState, seen: FileState | null): boolean {
  if (found === null || seen === null) return found === seen;
  if (found.kind === 'link') return seen.kind === 'link' && found.target === seen.target;
  if (found.kind !== 'file' || seen.kind !== 'file') return false;
  return found.mode === seen.mode && Buffer.compare(found.bytes, seen.bytes) === 0;
}

function changed(path: string): SetupFault {
  return new SetupFault('INVALID_ARGUMENT', {
    message: `${path} was changed by somebody else in the meantime; nothing more was written.`,
    next: 'Run the command again; it looks at the file anew.',
    details: { path },
  });
}
