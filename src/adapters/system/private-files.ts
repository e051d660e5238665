// Files and folders for their owner alone: 0600 and 0700. A file appears whole or not at all, however many processes
// write it and whenever one of them dies. There are no lock files: creating is decided by `link`, replacing and taking
// by `rename`, both atomic.
//
// Windows has neither modes nor owners in this sense; there the user's profile folder is what protects, and the checks
// pass.

import { constants, type Stats } from 'node:fs';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shellWord } from '../../core/view/shell-word.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';
import { randomIds } from './random-ids.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
/** Far above anything kept here; a larger file is not ours. */
const FILE_BYTES_MAX = 64 * 1024;

/** Makes the folder and those above it. Refuses one that belongs to somebody else or is open to others. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const stats = await stat(path);
  refuseUnlessPrivate(path, stats, 'STORE_UNSAFE', `chmod 700 ${shellWord(path)}`);
}

/** The text of the file; null when there is none. Refuses a link, and a file that is not the owner's alone. */
export async function readPrivateFile(path: string): Promise<string | null> {
  const file = await openUnlessMissing(path);
  if (file === null) return null;
  try {
    const stats = await file.stat();
    refuseUnlessPrivate(path, stats, 'CREDENTIAL_WRONG', `chmod 600 ${shellWord(path)}`);
    if (!stats.isFile() || stats.size > FILE_BYTES_MAX) throw notOurs(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Writes the file in the place of whatever was there. The folder must exist. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Writes the file unless there is one. True for exactly one of the processes that try. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    const created = await placeUnlessTaken(draft, path);
    await syncFolder(dirname(path));
    return created;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes the file if `mayGo` says so of its text. It is moved aside and judged again before it goes, so what is judged is
 * what is removed: a newer one that another process puts there meanwhile stays.
 */
export async function removePrivateFile(path: string, mayGo: (text: string) => boolean): Promise<boolean> {
  const seen = await readPrivateFile(path);
  if (seen === null || !mayGo(seen)) return false;
  const aside = draftPath(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    const text = await readPrivateFile(aside);
    if (text !== null && mayGo(text)) return true;
    await placeUnlessTaken(aside, path);
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = draftPath(path);
  const file = await open(draft, 'wx', FILE_MODE);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

function draftPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomIds.newId('draft')}`);
}

/** `link` refuses a taken name, which `rename` does not. Where a file system has no links, a copy is made exclusively. */
async function placeUnlessTaken(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!LINKLESS.has(errorCode(error))) throw error;
  }
  return copyUnlessTaken(draft, path);
}

const LINKLESS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

async function copyUnlessTaken(draft: string, path: string): Promise<boolean> {
  const text = await readPrivateFile(draft);
  try {
    const file = await open(path, 'wx', FILE_MODE);
    try {
      await file.writeFile(text ?? '', 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function openUnlessMissing(path: string) {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    if (errorCode(error) === 'ELOOP') throw notOurs(path);
    throw error;
  }
}

function refuseUnlessPrivate(path: string, stats: Stats, code: 'STORE_UNSAFE' | 'CREDENTIAL_WRONG', fix: string): void {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (stats.uid !== uid) {
    throw new SetupFault(code, {
      message: `${path} belongs to user ${stats.uid}, and this process runs as user ${uid}.`,
      next: 'Run Brigade as the user it belongs to, or name a state folder of your own with XDG_STATE_HOME.',
      details: { path, owner: stats.uid, user: uid },
    });
  }
  if ((stats.mode & OTHERS) !== 0) {
    throw new SetupFault(code, {
      message: `${path} is open to other users (mode ${(stats.mode & 0o777).toString(8)}).`,
      next: `Run: ${fix}`,
      details: { path, mode: (stats.mode & 0o777).toString(8) },
    });
  }
}

function notOurs(path: string): SetupFault {
  return new SetupFault('CREDENTIAL_WRONG', {
    message: `${path} is not a file that Brigade wrote.`,
    next: 'Look at it, and move it away if you do not need it.',
    details: { path },
  });
}

/** Makes a new name survive a power loss. Windows cannot open a folder; its file system logs names by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
