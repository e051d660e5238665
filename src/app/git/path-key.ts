// The key of a path as git has it: relative to the root of the worktree, with links of the path never followed, because git
// follows none.

import { isRejection } from '../../core/rejection.ts';
import { formatKey, makeKey, type ResourceKey } from '../../core/resource/resource-key.ts';

/** Where no lease can name the path itself, that of a path beside it, which every folder and pattern names alike. */
export function keyOfGitPath(path: string, worktree: string): ResourceKey {
  const name = path.normalize('NFC');
  const key = makeKey({ form: 'exact', kind: 'file', space: worktree, path: name });
  if (!isRejection(key)) return key;
  const printable = name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd').toWellFormed();
  return formatKey({ form: 'exact', kind: 'file', space: worktree, path: printable });
}

/** In the folder where the fleet keeps its own files. */
export function isFleetPath(path: string): boolean {
  return /^\.brigade(?:\/|$)/i.test(path);
}
