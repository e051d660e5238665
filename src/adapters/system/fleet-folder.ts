// Makes the fleet folder: 0700, and ignored by git through a `.gitignore` of its own, so that no file of the user's is
// touched.

import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';

const FOLDER_MODE = 0o700;
const IGNORE = '.gitignore';

/** Makes the folder and its `.gitignore` where they are missing, and closes it to other users where it is ours. */
export async function ensureFleetFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw cannotMake(path, error);
  }
  await closeToOthers(path);
  await writeUnlessThere(join(path, IGNORE), '*\n');
}

/** Removes the folder where it holds nothing but what was made with it. */
export async function removeUnusedFleetFolder(path: string): Promise<void> {
  if (!existsSync(path) || (await readdir(path)).some((name) => name !== IGNORE)) return;
  await rm(join(path, IGNORE), { force: true });
  try {
    await rmdir(path);
  } catch {
    // Somebody began a fleet in this very moment: it stays, ignored by git as ever.
    await writeUnlessThere(join(path, IGNORE), '*\n');
  }
}

/** A checkout or a copy may have made it with wider modes. */
async function closeToOthers(path: string): Promise<void> {
  const stats = await stat(path);
  if (!stats.isDirectory()) throw cannotMake(path, new Error('it is not a folder'));
  const isOurs = process.getuid !== undefined && stats.uid === process.getuid();
  if (isOurs && (stats.mode & 0o777) !== FOLDER_MODE) await chmod(path, FOLDER_MODE);
}

async function writeUnlessThere(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!LEFT_ALONE.has(errorCode(error))) throw error;
  }
}

/** There already, or a folder that may only be read. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['EEXIST', 'EACCES', 'EPERM', 'EROFS']);

function cannotMake(path: string, cause: unknown): SetupFault {
  return new SetupFault(
    'STORE_UNAVAILABLE',
    {
      message: `The fleet folder ${path} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: 'Check the permissions of the folder above it, or name another workspace with --root.',
      details: { path },
    },
    cause,
  );
}
