// Which files of a worktree are leased: those that leases name, and of those that git knows or would take, the ones that a folder
// or a pattern covers. What git ignores counts only where a lease names it itself.

import { keysConflict } from '../../core/resource/conflict.ts';
import { EVERY_SPACE, type ParsedKey } from '../../core/resource/parsed-key.ts';
import { parseKey, type ResourceKey } from '../../core/resource/resource-key.ts';
import type { Git } from '../../ports/git.ts';
import { isFleetPath } from './path-key.ts';
import { answered } from './staged-changes.ts';

/** Files of one worktree that are looked at; beyond it the watch says that it looks at no more. */
export const FILES_MOST = 50_000;

export interface LeasedFiles {
  readonly paths: readonly string[];
  /** There were more. */
  readonly isCut: boolean;
}

/** `known`: what git has of files in the worktree; asked for only where a lease is of more than one file. */
export async function leasedFiles(
  leases: readonly string[],
  worktree: string,
  known: () => Promise<readonly string[]>,
): Promise<LeasedFiles> {
  const keys = leases.map((key) => parseKey(key as ResourceKey)).filter((key) => isHere(key, worktree));
  const paths = new Set(keys.flatMap((key) => (key.form === 'exact' || key.form === 'symbol' ? [key.path] : [])));
  const wide = keys.filter(({ form }) => form === 'tree' || form === 'glob');
  if (wide.length > 0)
    for (const path of await known())
      if (wide.some((key) => keysConflict(key, fileKey(path, worktree), false))) paths.add(path);
  const inTree = [...paths].filter((path) => !isFleetPath(path));
  return { paths: inTree.slice(0, FILES_MOST), isCut: inTree.length > FILES_MOST };
}

function isHere(key: ParsedKey, worktree: string): boolean {
  return key.form !== 'name' && (key.space === EVERY_SPACE || key.space === worktree);
}

function fileKey(path: string, worktree: string): ParsedKey {
  return { form: 'exact', kind: 'file', space: worktree, path: path.normalize('NFC') };
}

/** Files that git knows, and new ones that it does not ignore. */
export async function knownFiles(git: Git): Promise<readonly string[]> {
  const out = await answered(git, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
  return out
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}
