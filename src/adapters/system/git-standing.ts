// How git stands to a file of a worktree, which need not be there yet.

import { isAbsolute, relative } from 'node:path';
import { gitIn } from './run-git.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `kept`: in its index. `ignored`: by some rule. `open`: whoever adds everything commits it. `none`: git has nothing to say. */
export type GitStanding = 'kept' | 'ignored' | 'open' | 'none';

export async function gitStanding(root: string, path: string, env: Environment): Promise<GitStanding> {
  const name = relative(root, path);
  if (name === '' || name.startsWith('..') || isAbsolute(name)) return 'none';
  const git = gitIn(root, env);
  const kept = await git.ask(['ls-files', '--error-unmatch', '--', name]);
  if (kept.code === 0) return 'kept';
  const ignored = await git.ask(['check-ignore', '--quiet', '--', name]);
  if (ignored.code === 0) return 'ignored';
  return ignored.code === 1 ? 'open' : 'none';
}
