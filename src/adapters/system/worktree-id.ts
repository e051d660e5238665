// A worktree is known by a random id in its git directory: it stays when the folder moves and differs between worktrees.
// Two processes that make it at once agree, because only the first file of that name is taken.

import { readFile } from 'node:fs/promises';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';
import { createPrivateFile } from './private-files.ts';
import { randomIds } from './random-ids.ts';

const ID = /^[a-z0-9]{8,40}$/;

/** The id kept in `file`; null when there is none yet. Refuses a file that holds anything else. */
export async function readWorktreeId(file: string): Promise<string | null> {
  try {
    return parse(file, await readFile(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/**
 * The id kept in `file`, made when there is none. The folder must exist. Where it cannot be written this is a refusal: an
 * id that another process would not find again could not keep two agents apart.
 */
export async function ensureWorktreeId(file: string): Promise<string> {
  const kept = await readWorktreeId(file);
  if (kept !== null) return kept;
  const fresh = randomIds.newId();
  try {
    if (await createPrivateFile(file, `${fresh}\n`)) return fresh;
  } catch (error) {
    throw cannotKeep(file, error);
  }
  const theirs = await readWorktreeId(file);
  if (theirs === null) throw cannotKeep(file, new Error('it was removed again'));
  return theirs;
}

function parse(file: string, text: string): string {
  const id = text.trim();
  if (ID.test(id)) return id;
  throw new SetupFault('STORE_DAMAGED', {
    message: `${file} does not hold the id of a worktree.`,
    next: 'When no agent works in this worktree, remove the file; a new id is made.',
    details: { path: file },
  });
}

function cannotKeep(file: string, cause: unknown): SetupFault {
  return new SetupFault(
    'STORE_UNAVAILABLE',
    {
      message: `The id of this worktree cannot be kept in ${file} (${errorCode(cause)}).`,
      next: 'Run Brigade once where that folder can be written, for example outside the sandbox.',
      details: { path: file },
    },
    cause,
  );
}
