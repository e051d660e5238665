// `brigade worktree new`: a folder with a branch of its own, in which an agent of the same fleet works.

import { basename, dirname, join, resolve } from 'node:path';
import { commitOf } from '../../../app/git/staged-changes.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type Repository, repositoryOf } from './seen-worktrees.ts';

export interface NewWorktree {
  readonly branch?: string;
  readonly from?: string;
  readonly folder?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export async function newWorktree(context: Context, name: string, options: NewWorktree): Promise<number> {
  if (!NAME.test(name) || name.endsWith('.lock')) return context.refuse(badName(name));
  const fleet = await context.enter();
  const repository = await repositoryOf(context, fleet);
  if (isRejection(repository)) return context.refuse(repository);
  const path = options.folder === undefined ? besideOf(repository, name) : resolve(context.cli.folder, options.folder);
  const made = await make(repository, path, { ...options, branch: options.branch ?? name });
  if (isRejection(made)) return context.refuse(made);
  const worktree = await fleet.fleet.seatPorts.worktreeAt(path);
  if (isRejection(worktree)) return context.refuse(worktree);
  const { branch, commit, isNew } = made;
  context.tell({ path: worktree.root, branch, commit, isNewBranch: isNew, worktree: worktree.id }, ({ paint }) => [
    `${paint.good('Made')} ${paint.strong(oneLine(worktree.root))}`,
    `  branch ${oneLine(branch)}${isNew ? ', new' : ''}, at ${commit.slice(0, 10)}; in the fleet of ${oneLine(fleet.host.workspace.fleetRoot)}`,
    paint.faint(
      '  What git does not know is not there: settings of clients, .env, installed packages. `brigade init` in it connects clients there.',
    ),
  ]);
  return EXIT.done;
}

/** Never within the repository, where every search would find its files twice. */
function besideOf({ commonDir, mainWorktree }: Repository, name: string): string {
  const main = mainWorktree ?? commonDir.replace(/\.git$/, '');
  return join(dirname(main), `${basename(main)}.worktrees`, name);
}

interface Made {
  readonly branch: string;
  readonly commit: string;
  readonly isNew: boolean;
}

async function make(
  { git }: Repository,
  path: string,
  { branch, from }: { readonly branch: string; readonly from?: string },
): Promise<Made | Rejection> {
  const isKnown = (await commitOf(git, `refs/heads/${branch}`)) !== null;
  if (isKnown && from !== undefined) return knownBranch(branch);
  if (!isKnown && (await commitOf(git, from ?? 'HEAD')) === null) return noCommit(from);
  const where = isKnown ? [path, branch] : ['-b', branch, '--no-track', path, from ?? 'HEAD'];
  const { code, err } = await git.ask(['worktree', 'add', '--quiet', ...where], { withinMs: 600_000 });
  if (code !== 0) return gitRefused(err);
  return { branch, commit: (await commitOf(git.at(path), 'HEAD')) ?? '', isNew: !isKnown };
}

function badName(name: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${JSON.stringify(name.slice(0, 80))} is no name for a worktree.`,
    next: 'Use up to 63 of a-z, A-Z, 0-9, `.`, `_` and `-`; --branch takes any name of a branch.',
  });
}

function knownBranch(branch: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is a branch ${JSON.stringify(branch)} already, so --from has no meaning.`,
    next: 'Leave --from out to work on that branch, or name another one with --branch.',
  });
}

function noCommit(from: string | undefined): Rejection {
  return reject('INVALID_ARGUMENT', {
    message:
      from === undefined
        ? 'Nothing was committed yet, so a worktree would have nothing in it.'
        : `Git knows no commit ${JSON.stringify(from.slice(0, 80))}.`,
    next: from === undefined ? 'Commit something first.' : 'Name a branch or a commit with --from.',
  });
}

function gitRefused(err: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `Git made no worktree: ${oneLine(err.replace(/^fatal: /, ''), 500)}`,
    next: 'Look at `brigade worktree list`; another --branch or --folder may do.',
  });
}
