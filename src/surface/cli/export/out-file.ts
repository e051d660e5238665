// A file that is there whole or not at all: written beside its place and moved there when it is complete. What stood there
// before is replaced only by somebody who asked for it.

import { type FileHandle, link, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';

export interface OutFile {
  readonly path: string;
  write(text: string): Promise<void>;
  /** Moves it to its place; refused when somebody put another one there meanwhile. */
  finish(): Promise<Rejection | null>;
  /** Leaves nothing behind. */
  giveUp(): Promise<void>;
}

/** Opens a file to be put at `path`; `mark` tells it from what others write there at the same time. */
export async function openOutFile(path: string, mark: string, force: boolean): Promise<OutFile | Rejection> {
  const standing = await whatStandsAt(path);
  if (standing === 'other') return refuse(path, 'is no file', 'Name a file.');
  if (standing === 'file' && !force) return taken(path);
  const part = join(dirname(path), `.${basename(path)}.${mark}.part`);
  // It may hold what agents wrote to each other: at first for its owner alone.
  const handle = await openNew(part, path);
  if (isRejection(handle)) return handle;
  const giveUp = async (): Promise<void> => {
    await handle.close();
    await unlink(part);
  };
  return {
    path,
    write: (text) => handle.appendFile(text),
    giveUp,
    finish: async () => {
      await handle.sync();
      await handle.close();
      if (force) await rename(part, path);
      else if (!(await placed(part, path))) return taken(path);
      return null;
    },
  };
}

async function openNew(part: string, path: string): Promise<FileHandle | Rejection> {
  try {
    return await open(part, 'wx', 0o600);
  } catch (error) {
    return refuse(path, `cannot be written (${codeOf(error)})`, 'Name a file in a folder that you may write.');
  }
}

/** Puts the file where nothing stands: a link never replaces anything, whoever is faster. */
async function placed(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      await unlink(part);
      return false;
    }
    // A file system without links: looked at once more, which leaves a moment.
    if ((await whatStandsAt(path)) !== 'nothing') return false;
    await rename(part, path);
    return true;
  }
  await unlink(part);
  return true;
}

async function whatStandsAt(path: string): Promise<'nothing' | 'file' | 'other'> {
  try {
    return (await stat(path)).isFile() ? 'file' : 'other';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'nothing' : 'other';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function taken(path: string): Rejection {
  return refuse(path, 'exists already and is not overwritten', 'Name another file, or add --force.');
}

function refuse(path: string, problem: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message: `${path} ${problem}.`, next, details: { path } });
}
