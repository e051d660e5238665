// Would git take this file into a commit? Git itself is asked, because only it knows all that a user has it ignore.

import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';

const LONGEST_MS = 5_000;
/** A hook of git's may name another repository in these. */
const OF_HOOKS: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
]);

/** True where git knows the file already or does not ignore it; false also where it cannot be asked. */
export function couldCommit(path: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !OF_HOOKS.has(name)));
  const args = ['-C', dirname(path), 'check-ignore', '--quiet', '--', basename(path)];
  return new Promise((resolve) => {
    execFile('git', args, { env: clean, timeout: LONGEST_MS }, (error) => {
      // 1: nothing has it ignored; 128: no repository.
      resolve(error?.code === 1);
    });
  });
}
