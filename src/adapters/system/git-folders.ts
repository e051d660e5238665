// Finds the repository of a folder by reading what git writes, without starting git. GIT_DIR and its relatives are
// ignored: hooks inherit them, and a fleet must not move because of who started the process.
//
// Where the main worktree is follows from the common directory alone, so that all worktrees of a repository come to the
// same answer:
//
//   core.bare                         none
//   core.worktree                     that folder (a submodule)
//   common directory called `.git`    its parent
//   anything else                     none (a git directory kept elsewhere has no way back)

import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import type { Repository } from '../../ports/workspace.ts';
import { parseGitLayout } from './git-config.ts';

/**
 * The repository that `folder` (a real path) itself is the top of; null when it is not. Refuses a `.git` file that
 * points nowhere, because taking the folder for something else would split a fleet in two.
 */
export function repositoryAt(folder: string): Repository | null {
  const dotGit = join(folder, '.git');
  if (isFile(dotGit)) return repositoryIn(folder, linkedGitDir(folder, dotGit));
  if (isGitDir(dotGit)) return repositoryIn(folder, realpathSync.native(dotGit));
  return isGitDir(folder) ? repositoryInside(folder) : null;
}

function repositoryIn(root: string, gitDir: string): Repository {
  const commonDir = commonDirOf(gitDir);
  return { root, gitDir, commonDir, mainWorktree: mainWorktreeOf(commonDir) };
}

/** Started inside a git directory: its worktree is meant, or the bare repository. */
function repositoryInside(gitDir: string): Repository {
  const commonDir = commonDirOf(gitDir);
  const mainWorktree = mainWorktreeOf(commonDir);
  return { root: mainWorktree ?? gitDir, gitDir, commonDir, mainWorktree };
}

/** What a `.git` file points to: a linked worktree's, a submodule's or a separate git directory. */
function linkedGitDir(folder: string, dotGit: string): string {
  const target = gitDirIn(readFileSync(dotGit, 'utf8').slice(0, 8192));
  const gitDir = target === undefined ? null : realPathOf(resolve(folder, target));
  if (gitDir !== null && isFile(join(gitDir, 'HEAD'))) return gitDir;
  throw new SetupFault('INVALID_ARGUMENT', {
    message: `${dotGit} points to ${target ?? 'nothing'}, and there is no git directory.`,
    next: `Run git worktree repair in the repository, or say --root ${folder} to use the folder without git.`,
    details: { path: dotGit, target: target ?? null },
  });
}

/** Of one line, `gitdir: PATH`. Whoever may write a repository writes this, so it is read in one pass. */
function gitDirIn(text: string): string | undefined {
  const path = text.startsWith('gitdir:') ? text.slice('gitdir:'.length).trim() : '';
  return path === '' || path.includes('\n') ? undefined : path;
}

function commonDirOf(gitDir: string): string {
  const written = textOf(join(gitDir, 'commondir'))?.trim();
  if (written === undefined || written === '') return gitDir;
  return realPathOf(resolve(gitDir, written)) ?? gitDir;
}

function mainWorktreeOf(commonDir: string): string | null {
  const config = textOf(join(commonDir, 'config')) ?? '';
  const shared = parseGitLayout(config);
  const extra = shared.hasWorktreeFile ? (textOf(join(commonDir, 'config.worktree')) ?? '') : '';
  const layout = parseGitLayout(config, extra);
  if (layout.bare) return null;
  if (layout.worktree !== null) return folderOf(resolve(commonDir, layout.worktree));
  return basename(commonDir) === '.git' ? dirname(commonDir) : null;
}

/** What git itself asks for: a HEAD, and objects and refs of its own or of its common directory. */
function isGitDir(path: string): boolean {
  if (!isFile(join(path, 'HEAD'))) return false;
  return (isFolder(join(path, 'objects')) && isFolder(join(path, 'refs'))) || isFile(join(path, 'commondir'));
}

function folderOf(path: string): string | null {
  const real = realPathOf(path);
  return real !== null && isFolder(real) ? real : null;
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

/** What cannot be looked at is not a repository of ours. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
