// A file of somebody else as it is on the disk, and what keeps us from writing into it.

import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { shellWord } from '../../../core/view/shell-word.ts';

export interface TargetFile {
  /** As its client names it. */
  readonly path: string;
  /** With links followed: what is read and written. */
  readonly realPath: string;
  /** Null where nothing is there. */
  readonly found: {
    readonly bytes: Uint8Array;
    readonly mode: number;
    readonly names: number;
  } | null;
  /** Without a byte order mark; empty where nothing is there. */
  readonly text: string;
}

/** State files of clients grow to some megabytes. */
const BYTES_MAX = 32 * 1024 * 1024;
const BOM = '\uFEFF';
const NEW_MODE = 0o666;

export async function readTarget(path: string): Promise<TargetFile | Rejection> {
  try {
    const realPath = await followed(path);
    if (isRejection(realPath)) return realPath;
    const stats = await stat(realPath).catch(unlessMissing);
    if (stats === null) return { path, realPath, found: null, text: '' };
    if (!stats.isFile()) return refuse(path, 'is no file', 'Move it away, then run it again.');
    if (stats.size > BYTES_MAX) return refuse(path, `is longer than ${BYTES_MAX} bytes`, 'Write the entry by hand.');
    const bytes = await readFile(realPath);
    const text = textOf(bytes);
    if (text === null) return refuse(path, 'is no text in UTF-8', 'Save it as UTF-8, then run it again.');
    const { mode, nlink: names } = stats;
    return { path, realPath, found: { bytes, mode: mode & 0o7777, names }, text };
  } catch (error) {
    return refuse(path, `cannot be read (${codeOf(error)})`, 'Make it readable, then run it again.');
  }
}

/** The bytes of `text` in that file: with the byte order mark that it had. */
export function bytesFor({ found }: TargetFile, text: string): Uint8Array {
  const hasMark = found !== null && found.bytes[0] === 0xef && found.bytes[1] === 0xbb && found.bytes[2] === 0xbf;
  return Buffer.from(`${hasMark ? BOM : ''}${text}`, 'utf8');
}

/** The mode of a file that is made anew. */
export function modeFor({ found }: TargetFile): number {
  return found?.mode ?? NEW_MODE & ~process.umask();
}

/** Why we do not write into it, though we could. */
export function refuseToWrite({ path, realPath, found }: TargetFile): Rejection | null {
  if (found === null) return null;
  if ((found.mode & 0o200) === 0)
    return refuse(path, 'is read-only', `Somebody meant that. To let it be written: chmod u+w ${shellWord(realPath)}`);
  if (found.names > 1)
    return refuse(
      path,
      `is the same file under ${found.names} names`,
      'Written anew it would not be. Write the entry by hand.',
    );
  return null;
}

/** Whether the file has our name in it, as far as it can be read. */
export async function namesBrigade(path: string): Promise<boolean> {
  try {
    return (await readFile(path, 'latin1')).includes('brigade');
  } catch (error) {
    return codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EISDIR';
  }
}

/** Where `path` leads. What is not there yet lies where the nearest folder above that is there does. */
async function followed(path: string): Promise<string | Rejection> {
  const real = await realpath(path).catch(unlessMissing);
  if (real !== null) return real;
  const isLink = (await lstat(path).catch(unlessMissing))?.isSymbolicLink() === true;
  if (isLink)
    return refuse(path, 'is a link that leads nowhere', 'Make what it leads to, or remove it, then run it again.');
  const above = dirname(path);
  if (above === path) return path;
  const folder = await followed(above);
  return isRejection(folder) ? folder : join(folder, basename(path));
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function unlessMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function refuse(path: string, problem: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message: `${path} ${problem}. Nothing was written.`, next, details: { path } });
}
