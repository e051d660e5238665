// Names as the file system of this host knows them.
//
// On a file system that folds case, a name that is found need not be spelled as asked for. The directory is read for its
// own spelling only when the name in swapped case leads to the same file: so a file system that tells cases apart costs
// two `lstat` calls, and one that does not is recognised directory by directory (Linux decides it so).

import type { BigIntStats } from 'node:fs';
import { lstat, opendir, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { foldText } from '../../core/resource/case-folding.ts';
import type { AbsolutePath, PathEntry, PathProber } from '../../ports/path-prober.ts';

/** Errors that mean: nobody can reach anything of this name here. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EACCES',
  'EPERM',
  'EINVAL',
  'ELOOP',
]);
/** Entries looked at to find one with a letter; in practice the first few have one. */
const ENTRIES_TRIED = 64;

export const nodePathProber: PathProber = {
  backslashSeparates: sep === '\\',

  splitAbsolute(text) {
    if (!isAbsolute(text)) return null;
    const start = parse(text).root;
    return { volume: parse(resolve(start)).root, names: namesIn(text.slice(start.length)) };
  },

  splitRelative: namesIn,

  join: pathOf,

  async lookUp(directory, name) {
    const folder = pathOf(directory);
    const path = join(folder, name);
    // Asked together: this runs for each segment of each name that anybody claims.
    const [stats, swapped] = await Promise.all([statsOf(path), swappedStatsOf(folder, name)]);
    if (stats === null) return { kind: 'missing' };
    return entryOf(path, stats, isSameFile(stats, swapped) ? await spellingOf(folder, name) : name);
  },

  async foldsCase(directory) {
    for await (const entry of await opendir(pathOf(directory), { bufferSize: ENTRIES_TRIED })) {
      if (swapCase(entry.name) === entry.name) continue;
      const stats = await statsOf(join(pathOf(directory), entry.name));
      if (stats !== null) return isFoundSwapped(pathOf(directory), entry.name, stats);
    }
    const name = directory.names.at(-1);
    if (name === undefined) return false;
    const parent = { ...directory, names: directory.names.slice(0, -1) };
    const stats = swapCase(name) === name ? null : await statsOf(pathOf(directory));
    return stats === null ? nodePathProber.foldsCase(parent) : isFoundSwapped(pathOf(parent), name, stats);
  },
};

function namesIn(text: string): readonly string[] {
  return text.split(sep === '\\' ? /[\\/]+/ : /\/+/).filter((name) => name !== '');
}

function pathOf(path: AbsolutePath): string {
  return join(path.volume, ...path.names);
}

/** Null when nothing is there. A link is not followed. */
async function statsOf(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && UNREACHABLE.has(String(fault.code))) return null;
    throw fault;
  }
}

async function entryOf(path: string, stats: BigIntStats, name: string): Promise<PathEntry> {
  if (stats.isSymbolicLink()) return { kind: 'link', name, target: await readlink(path) };
  if (stats.isDirectory()) return { kind: 'directory', name };
  return { kind: stats.isFile() ? 'file' : 'other', name };
}

/** How `directory` spells what `name` led to. */
async function spellingOf(directory: string, name: string): Promise<string> {
  const names = await readdir(directory);
  if (names.includes(name)) return name;
  const folded = foldText(name.normalize('NFC'));
  const found = names.find((candidate) => foldText(candidate.normalize('NFC')) === folded);
  // What is left are short names of Windows and foldings that change the length.
  return found ?? basename(await realpath(join(directory, name)));
}

/** True when `name` in swapped case is the same file and not a second name of it. */
async function isFoundSwapped(directory: string, name: string, stats: BigIntStats): Promise<boolean> {
  if (!isSameFile(stats, await swappedStatsOf(directory, name))) return false;
  return !(await readdir(directory)).includes(swapCase(name));
}

/** Null when nothing has this name in swapped case, and when the name has no letter to swap. */
async function swappedStatsOf(directory: string, name: string): Promise<BigIntStats | null> {
  const swapped = swapCase(name);
  return swapped === name ? null : statsOf(join(directory, swapped));
}

function isSameFile(stats: BigIntStats, other: BigIntStats | null): boolean {
  return other !== null && other.ino === stats.ino && other.dev === stats.dev;
}

/** `name` with capital and small letters exchanged, where that keeps the length. */
function swapCase(name: string): string {
  let swapped = '';
  for (const character of name) {
    const upper = character.toUpperCase();
    const other = upper === character ? character.toLowerCase() : upper;
    swapped += other.length === character.length ? other : character;
  }
  return swapped;
}
