// Finds the workspace of this process and the folder of its fleet.
//
// Start: `--root`, BRIGADE_ROOT, CLAUDE_PROJECT_DIR where Claude Code is the client, the current folder. From there up: the
// repository; without one the nearest folder that has `.brigade/`; else the start itself. All worktrees of a repository
// share the fleet folder of its main worktree, or `<common directory>/brigade` where there is none.
//
// A home folder or a root folder is taken only when it is named itself: a fleet there would catch every project below it.

import { realpathSync, type Stats, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import type { Repository, Workspace, WorkspaceStart } from '../../ports/workspace.ts';
import { repositoryAt } from './git-folders.ts';

const FLEET_FOLDER = '.brigade';

/** Refuses, by INVALID_ARGUMENT, a start that is no folder, a broken `.git` file, and a home or root folder not named itself. */
export function findWorkspace(start: WorkspaceStart): Workspace {
  const folder = realFolder(start);
  const repository = start.explicit ? explicitRepository(folder) : nearest(folder, repositoryAt);
  if (repository !== null) return workspaceOf(start, repository.root, repository);
  const withFleet = nearest(folder, (candidate) => (hasFleetFolder(candidate) ? candidate : null));
  if (withFleet === null || (start.explicit && isTooWide(withFleet))) return workspaceOf(start, folder, null);
  return workspaceOf(start, withFleet, null);
}

/**
 * Naming a folder is also the way around a repository that cannot be used: one in the home folder above it (dotfiles), or
 * a `.git` file of its own that points nowhere.
 */
function explicitRepository(folder: string): Repository | null {
  try {
    const repository = nearest(folder, repositoryAt);
    return repository !== null && repository.root !== folder && isTooWide(repository.root) ? null : repository;
  } catch (error) {
    if (error instanceof SetupFault && error.rejection.details.path === join(folder, '.git')) return null;
    throw error;
  }
}

function workspaceOf(start: WorkspaceStart, root: string, repository: Repository | null): Workspace {
  if (!start.explicit && isTooWide(root)) throw tooWide(root, start.where);
  const fleetFolder = fleetFolderOf(root, repository);
  const worktreeIdFile =
    repository === null ? join(fleetFolder, 'worktree-id') : join(repository.gitDir, 'brigade-worktree-id');
  return { root, repository, fleetFolder, fleetRoot: dirname(fleetFolder), worktreeIdFile, where: start.where };
}

function fleetFolderOf(root: string, repository: Repository | null): string {
  if (repository === null) return join(root, FLEET_FOLDER);
  if (repository.mainWorktree !== null) return join(repository.mainWorktree, FLEET_FOLDER);
  return join(repository.commonDir, 'brigade');
}

/** The first answer from `folder` upwards. */
function nearest<T>(folder: string, answer: (candidate: string) => T | null): T | null {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    const found = answer(candidate);
    if (found !== null) return found;
    if (candidate === dirname(candidate)) return null;
  }
}

function realFolder(start: WorkspaceStart): string {
  try {
    const real = realpathSync.native(start.folder);
    if (folderStats(real) !== null) return real;
  } catch (error) {
    throw noFolder(start, error);
  }
  throw noFolder(start);
}

function noFolder(start: WorkspaceStart, cause?: unknown): SetupFault {
  return new SetupFault(
    'INVALID_ARGUMENT',
    {
      message: `${start.where} names ${start.folder}, which is not a folder that can be used.`,
      next: 'Name an existing folder with --root or BRIGADE_ROOT.',
      details: { path: start.folder, where: start.where },
    },
    cause,
  );
}

function tooWide(root: string, where: string): SetupFault {
  return new SetupFault('INVALID_ARGUMENT', {
    message: `The workspace would be ${root}, found from ${where}: a home or root folder, with every project below it.`,
    next: `Start in a project, or name the folder you mean: --root FOLDER (also --root ${root}).`,
    details: { path: root, where },
  });
}

function isTooWide(folder: string): boolean {
  return folder === parse(folder).root || homeFolders().includes(folder);
}

/** HOME may be set to anything, so the home of the user's account counts too. */
function homeFolders(): readonly string[] {
  return [homedir(), accountHome()].flatMap((home) => (home === null ? [] : [realOr(home)]));
}

function accountHome(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // A container may run under a number that has no account.
    return null;
  }
}

function realOr(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** A fleet folder of another user, say in a shared temporary folder, is not one to join. */
function hasFleetFolder(folder: string): boolean {
  const stats = folderStats(join(folder, FLEET_FOLDER));
  const uid = process.getuid?.();
  return stats !== null && (uid === undefined || uid === 0 || stats.uid === uid);
}

/** Null for what is no folder or cannot be looked at. */
function folderStats(path: string): Stats | null {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? stats : null;
  } catch {
    return null;
  }
}
