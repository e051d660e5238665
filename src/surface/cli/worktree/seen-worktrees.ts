// The worktrees of a repository as a command shows them: what git says of each, and who of the fleet is there.

import {
  aheadOf,
  type GitWorktree,
  listWorktrees,
  type WorktreeState,
  worktreeState,
} from '../../../app/git/worktrees.ts';
import * as compose from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { LockView, SessionView } from '../../../core/view/views.ts';
import type { Git } from '../../../ports/git.ts';
import type { Context } from '../context.ts';
import type { SeenFleet } from '../open-fleet.ts';

export interface SeenWorktree extends GitWorktree {
  /** Null: nobody of the fleet ever worked there. */
  readonly id: string | null;
  /** Live ones. */
  readonly sessions: readonly Pick<SessionView, 'agentId' | 'sessionId' | 'client' | 'idleForMs'>[];
  /** Files locked in it. */
  readonly locks: number;
  /** Null where there is nothing to look at: bare, or gone. */
  readonly state: WorktreeState | null;
  /** Commits that are not in what it is to be merged into; null where nobody can tell. */
  readonly ahead: number | null;
  /** Since its administrative files were made; null where that is not known. */
  readonly ageMs: number | null;
}

export interface Repository {
  readonly git: Git;
  readonly root: string;
  readonly commonDir: string;
  readonly mainWorktree: string | null;
}

/** The repository of this workspace; or why there is none. */
export async function repositoryOf(
  { cli }: Context,
  { host }: Pick<SeenFleet, 'host'>,
): Promise<Repository | Rejection> {
  const { repository, root } = host.workspace;
  if (repository === null)
    return reject('INVALID_ARGUMENT', {
      message: `${root} is in no git repository.`,
      next: 'Start in a repository, or name one with --root.',
    });
  const { commonDir, mainWorktree } = repository;
  return { git: await compose.gitIn(root, cli.env), root, commonDir, mainWorktree };
}

/** `into`: what a worktree is to be merged into. */
export async function seeWorktrees(
  fleet: SeenFleet,
  { git }: Repository,
  into: string,
): Promise<readonly SeenWorktree[]> {
  const [found, sessions, locks] = await Promise.all([listWorktrees(git), liveSessions(fleet), fileLocks(fleet)]);
  const seen: SeenWorktree[] = [];
  for (const each of found) {
    const isThere = !each.isBare && !each.isMissing;
    const id = isThere ? await compose.worktreeIdAt(each.path) : null;
    seen.push({
      ...each,
      id,
      sessions: id === null ? [] : sessions.filter(({ worktree }) => worktree === id),
      locks: id === null ? 0 : locks.filter(({ resource }) => resource.startsWith(`file:@${id}/`)).length,
      state: isThere ? await worktreeState(git.at(each.path)) : null,
      ahead: each.head === null ? null : await aheadOf(git, into, each.head),
      ageMs: isThere ? await compose.worktreeAgeMs(each.path) : null,
    });
  }
  return seen;
}

async function liveSessions({ coordinator }: SeenFleet): Promise<readonly SessionView[]> {
  return allPages((cursor) => coordinator.view({ kind: 'sessions', cursor, limit: PAGE }));
}

async function fileLocks({ coordinator }: SeenFleet): Promise<readonly LockView[]> {
  const locks = await allPages((cursor) => coordinator.view({ kind: 'locks', cursor, limit: PAGE }));
  return locks.filter(({ holder }) => holder !== null);
}

const PAGE = 1_000;

async function allPages<T>(
  page: (cursor: string) => Promise<{ readonly items: readonly T[]; readonly cursor: string | null }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, cursor: next }: { readonly items: readonly T[]; readonly cursor: string | null } =
      await page(cursor);
    all.push(...items);
    cursor = next;
  }
  return all;
}

/** The commit that worktrees are to be merged into: what was named, else where the main worktree stands. */
export async function baseOf({ git, mainWorktree }: Repository, into: string | undefined): Promise<string | Rejection> {
  const name = into ?? 'HEAD';
  const at = into === undefined && mainWorktree !== null ? git.at(mainWorktree) : git;
  const { code, out } = await at.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (code === 0) return out.toString('utf8').trim();
  return reject('INVALID_ARGUMENT', {
    message:
      into === undefined ? 'Nothing was committed yet.' : `Git knows no commit ${JSON.stringify(name.slice(0, 80))}.`,
    next: into === undefined ? 'Commit something first.' : 'Name a branch or a commit, as in --into main.',
  });
}
