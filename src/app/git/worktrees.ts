// The worktrees of a repository, as git tells them, and what would be lost with each.

import type { Git } from '../../ports/git.ts';
import { answered } from './staged-changes.ts';

export interface GitWorktree {
  readonly path: string;
  /** Null: bare, or nothing was committed yet. */
  readonly head: string | null;
  /** Short name; null where it stands on a commit and no branch. */
  readonly branch: string | null;
  readonly isMain: boolean;
  readonly isBare: boolean;
  /** Git keeps it; the text is why, and may be empty. */
  readonly locked: string | null;
  /** Its folder is gone. */
  readonly isMissing: boolean;
}

/** The main one first, which is bare where there is none. */
export async function listWorktrees(git: Git): Promise<readonly GitWorktree[]> {
  const out = (await answered(git, ['worktree', 'list', '--porcelain', '-z'])).toString('utf8');
  return out
    .split('\0\0')
    .filter((text) => text !== '')
    .map((text, index) => worktreeIn(text, index === 0));
}

function worktreeIn(text: string, isMain: boolean): GitWorktree {
  const fields = new Map(
    text.split('\0').map((line) => {
      const space = line.indexOf(' ');
      return space === -1 ? ([line, ''] as const) : ([line.slice(0, space), line.slice(space + 1)] as const);
    }),
  );
  const head = fields.get('HEAD') ?? '';
  return {
    path: fields.get('worktree') ?? '',
    head: head === '' || /^0+$/.test(head) ? null : head,
    branch: fields.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
    isMain,
    isBare: fields.has('bare'),
    locked: fields.get('locked') ?? null,
    isMissing: fields.has('prunable'),
  };
}

export interface WorktreeState {
  /** Files that git knows and that are not as committed. */
  readonly changed: number;
  readonly untracked: number;
  /** What git ignores, as it sums it up; some of it may be wanted (`.env`). */
  readonly ignored: readonly string[];
  /** A rebase, merge, bisection or the like is not over. */
  readonly underWay: boolean;
}

/** What stands in its folder and in no commit. `git`: in the worktree. */
export async function worktreeState(git: Git): Promise<WorktreeState> {
  const args = [
    'status',
    '--porcelain',
    '-z',
    '--untracked-files=normal',
    '--ignored=traditional',
    '--ignore-submodules=none',
  ];
  const entries = (await answered(git, args)).toString('utf8').split('\0');
  const ignored: string[] = [];
  let changed = 0;
  let untracked = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] as string;
    const status = entry.slice(0, 2);
    if (entry === '') continue;
    if (status === '!!') ignored.push(entry.slice(3));
    else if (status === '??') untracked += 1;
    else changed += 1;
    // The name that it had before follows.
    if (/[RC]/.test(status)) index += 1;
  }
  return { changed, untracked, ignored, underWay: await underWay(git) };
}

/** A rebase, merge, bisection or the like that is not over. Git is asked in English. */
async function underWay(git: Git): Promise<boolean> {
  const text = (await answered(git, ['status', '--long', '--untracked-files=no'])).toString('utf8');
  return /^(?:You are (?:currently|in the middle of)|(?:interactive )?rebase in progress|All conflicts fixed|You have unmerged paths)/m.test(
    text,
  );
}

/** How many commits of `head` are not in `base`; 0: all of it is there. Null where it cannot be told. */
export async function aheadOf(git: Git, base: string, head: string): Promise<number | null> {
  const { code, out } = await git.ask(['rev-list', '--count', `${base}..${head}`, '--']);
  return code === 0 ? Number(out.toString('utf8').trim()) : null;
}
