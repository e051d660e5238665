// Where in the tree a key lies. Paths are relative to the root of a worktree; the root itself is the empty path.

import { literalFolderOf } from './glob.ts';
import { unescapeName } from './key-text.ts';
import type { PathKey, SymbolKey } from './parsed-key.ts';

/** The path of an exact key, symbol or tree; of a glob the folder that all it matches lies beneath. */
export function anchorPathOf(key: PathKey | SymbolKey): string {
  return key.form === 'glob' ? unescapeName(literalFolderOf(key.path)) : key.path;
}

/** True when `path` lies within `folder` and is not the folder itself. */
export function isBeneath(path: string, folder: string): boolean {
  return folder === '' ? path !== '' : path.startsWith(`${folder}/`);
}

/** The folders above `path`, from the root down: `'', 'src', 'src/core'` for `src/core/a.ts`. None for the root. */
export function ancestorsOf(path: string): readonly string[] {
  if (path === '') return [];
  const ancestors = [''];
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) ancestors.push(path.slice(0, end));
  return ancestors;
}
