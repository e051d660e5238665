// From what a caller writes to the one key of what is meant. `src/a.ts`, `./src/a.ts`, `src/../src/a.ts`, a link to it
// and, where the file system folds case, `SRC/a.ts` are one resource.

import { isRejection, type Rejection } from '../../core/rejection.ts';
import { keyOfPath, type RequestedPath, readRequest, refusalOfOutside } from '../../core/resource/canonical-name.ts';
import { invalidResource } from '../../core/resource/key-rules.ts';
import { quote } from '../../core/resource/key-text.ts';
import { checkKey, type ResourceKey, worktreeIn } from '../../core/resource/resource-key.ts';
import type { PathProber } from '../../ports/path-prober.ts';
import { findPath, type NamingContext } from './find-path.ts';
import { follow, kindOf, namesOf } from './real-path.ts';

/** The key of `request`, or INVALID_RESOURCE or PATH_OUTSIDE_WORKSPACE saying what to write instead. */
export async function canonicalResource(
  request: string,
  context: NamingContext,
  prober: PathProber,
): Promise<ResourceKey | Rejection> {
  // A drive letter is no kind.
  const text = prober.splitAbsolute(request) === null ? request : `file:${request}`;
  const read = readRequest(text, context.isLiteral === true);
  if (typeof read === 'string' || isRejection(read)) return read;
  const worktree = context.isLiteral === true ? null : worktreeIn(text);
  if (worktree === context.worktree) return keyOf(withoutWorktree(read), { ...context, cwd: context.root }, prober);
  if (worktree !== null && context.isWorktree?.(worktree) === true) return checkKey(text);
  return keyOf(read, context, prober);
}

/** The real path of a directory, with links resolved and every name as it is on disk; null when it is none. */
export async function realDirectory(path: string, prober: PathProber): Promise<string | null> {
  const split = prober.splitAbsolute(path);
  if (split === null) return null;
  const place = await follow(prober, { volume: split.volume, steps: [] }, split.names);
  if (place === null || kindOf(place) !== 'directory') return null;
  return prober.join({ volume: place.volume, names: namesOf(place) });
}

/** A stored key of the caller's own worktree, said back: its path starts at the root. */
function withoutWorktree(read: RequestedPath): RequestedPath {
  return { ...read, path: read.path.slice(read.path.indexOf('/') + 1) || '.' };
}

async function keyOf(
  read: RequestedPath,
  context: NamingContext,
  prober: PathProber,
): Promise<ResourceKey | Rejection> {
  const path = prober.backslashSeparates ? read.path.replaceAll('\\', '/') : read.path;
  if (context.isLiteral !== true && path.includes('\\')) return refusalOfBackslash(path);
  const found = await findPath(path, context, prober);
  if (found === null)
    return invalidResource(`Links lead round and round at ${quote(read.path)}.`, 'Name the file itself.');
  if (found.names === null) return refusalOfOutside(read.path, context.root);
  return keyOfPath({
    kind: read.kind,
    worktree: context.worktree,
    names: found.names,
    isFolder: found.kind === 'directory' || (found.kind === 'missing' && /(?:^|\/)\.{0,2}$/.test(path)),
    pattern: found.pattern,
    symbol: read.symbol,
  });
}

function refusalOfBackslash(path: string): Rejection {
  return invalidResource(`${quote(path)} has a backslash.`, 'Separate folders with /; write %5C for a \\ in a name.');
}
