// Where a path that a caller wrote leads, and where it stops to be a path and becomes a pattern.
//
// Relative names are relative to the root of the worktree, whatever folder the caller is in, so that agents who talk
// about a file mean the same one. Only `./` and `../` at the beginning mean the caller's folder, where it is known and
// lies within the worktree. Literal names come from programs that mean the file system, so all of theirs are relative to
// the folder.
//
// A leading segment that exists in exactly this spelling is literal, whatever characters it has. From the first other
// one with `* ? [ {` on it is a pattern. Absolute and literal names are never patterns.

import { hasPattern, unescapeName } from '../../core/resource/key-text.ts';
import type { AbsolutePath, PathProber } from '../../ports/path-prober.ts';
import { type EntryKind, entryAt, follow, kindOf, knownDirectory, namesOf, type RealPath } from './real-path.ts';

export interface NamingContext {
  /** The worktree of the session, and its root as `realDirectory` answers it. */
  readonly worktree: string;
  readonly root: string;
  /** The folder the caller is in; absolute. */
  readonly cwd?: string;
  /** The request comes from a program: a path as the file system knows it, with or without `file:` before it. */
  readonly isLiteral?: boolean;
  /** Tells other worktrees of the fleet, so that their stored keys are understood. Without it, only the caller's own is. */
  readonly isWorktree?: (id: string) => boolean;
}

export interface FoundPath {
  /** From the root of the worktree, as far as no pattern begins; null when the path leads out of the worktree. */
  readonly names: readonly string[] | null;
  /** What is there now. */
  readonly kind: EntryKind;
  /** What is left from the first pattern on, as written; null where there is none. */
  readonly pattern: string | null;
}

/** Where `path`, its names separated by `/`, leads; null when links lead round and round. */
export async function findPath(path: string, context: NamingContext, prober: PathProber): Promise<FoundPath | null> {
  const root = rootOf(context, prober);
  const found = await find(path, { context, root, prober });
  if (found === null) return null;
  return { names: namesWithin(root, found.place), kind: kindOf(found.place), pattern: found.pattern };
}

interface Search {
  readonly context: NamingContext;
  readonly root: RealPath;
  readonly prober: PathProber;
}

interface Found {
  readonly place: RealPath;
  /** What is left of the path from its first pattern on. */
  readonly pattern: string | null;
}

async function find(path: string, search: Search): Promise<Found | null> {
  const { context, root, prober } = search;
  const literal = context.isLiteral === true ? path : unescapeName(path);
  const absolute = prober.splitAbsolute(literal);
  if (absolute !== null) return withoutPattern(await followAbsolute(prober, root, absolute));
  const start = await startOf(path, search);
  if (start === null) return null;
  if (context.isLiteral !== true && hasPattern(path)) return findPattern(path, start, prober);
  return withoutPattern(await follow(prober, start, literal.split('/')));
}

/** The folder a relative path starts from. */
async function startOf(path: string, { context, root, prober }: Search): Promise<RealPath | null> {
  const isFromFolder = context.isLiteral === true || /^\.\.?(?:\/|$)/.test(path);
  const cwd = context.cwd === undefined || !isFromFolder ? null : prober.splitAbsolute(context.cwd);
  if (cwd === null) return root;
  const place = await followAbsolute(prober, root, cwd);
  if (place === null || context.isLiteral === true) return place;
  return namesWithin(root, place) === null ? root : place;
}

async function findPattern(path: string, start: RealPath, prober: PathProber): Promise<Found | null> {
  const segments = path.split('/');
  let place = start;
  for (const [index, segment] of segments.entries()) {
    const name = unescapeName(segment);
    if (hasPattern(segment) && !(await isThere(prober, place, name))) {
      return { place, pattern: segments.slice(index).join('/') };
    }
    const next = await follow(prober, place, [name]);
    if (next === null) return null;
    place = next;
  }
  return { place, pattern: null };
}

/** True when `name` exists at `place` in exactly this spelling. */
async function isThere(prober: PathProber, place: RealPath, name: string): Promise<boolean> {
  const entry = await entryAt(prober, place, name);
  return entry.kind !== 'missing' && isSameName(entry.name, name);
}

/** Names that begin with the root's start there: it has no links, so nothing above it needs a look. */
function followAbsolute(prober: PathProber, root: RealPath, path: AbsolutePath): Promise<RealPath | null> {
  const rootNames = namesOf(root);
  if (path.volume === root.volume && rootNames.every((name, index) => name === path.names[index])) {
    return follow(prober, root, path.names.slice(rootNames.length));
  }
  return follow(prober, { volume: path.volume, steps: [] }, path.names);
}

/** Names from the root to `place`; null when it lies outside. */
function namesWithin(root: RealPath, place: RealPath): readonly string[] | null {
  const rootNames = namesOf(root);
  const names = namesOf(place);
  const isWithin =
    root.volume === place.volume && rootNames.every((name, index) => isSameName(name, names[index] ?? ''));
  return isWithin ? names.slice(rootNames.length) : null;
}

/** File systems differ in which form of a letter with an accent they keep. */
function isSameName(left: string, right: string): boolean {
  return left === right || left.normalize('NFC') === right.normalize('NFC');
}

function withoutPattern(place: RealPath | null): Found | null {
  return place === null ? null : { place, pattern: null };
}

function rootOf(context: NamingContext, prober: PathProber): RealPath {
  const root = prober.splitAbsolute(context.root);
  if (root === null) throw new Error(`the root of a worktree is an absolute path, not ${context.root}`);
  return knownDirectory(root);
}
