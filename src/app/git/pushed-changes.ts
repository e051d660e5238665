// What a push would bring to where it goes, as git tells it to its hook: a line for each ref.

import type { Git } from '../../ports/git.ts';
import { isFleetPath } from './path-key.ts';
import { answered, type Change } from './staged-changes.ts';

export interface PushedRef {
  readonly localRef: string;
  readonly local: string;
  /** What is there already; null for a new ref. */
  readonly remote: string | null;
}

/** `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`; refs that are deleted bring nothing. */
export function pushedRefs(text: string): readonly PushedRef[] {
  return text.split('\n').flatMap((line) => {
    const [localRef, local, , remote] = line.trim().split(' ');
    if (localRef === undefined || local === undefined || remote === undefined || isNone(local)) return [];
    return [{ localRef, local, remote: isNone(remote) ? null : remote }];
  });
}

/** Every file that one of the commits to come changes, each once. */
export async function pushedChanges(
  git: Git,
  remoteName: string,
  refs: readonly PushedRef[],
): Promise<readonly Change[]> {
  const paths = new Set<string>();
  for (const { local, remote } of refs) {
    const known = remote !== null && (await isHere(git, remote)) ? [remote] : [];
    const names = ['log', '--format=', '--name-only', '-z', '--no-renames', '--no-ext-diff', '-m', local];
    const out = await answered(git, [...names, '--not', ...known, `--remotes=${remoteName}`, '--']);
    for (const path of out.toString('utf8').split('\0')) if (path !== '') paths.add(path.replace(/^\n/, ''));
  }
  // What of the fleet's folder is in a commit already was let pass there.
  return [...paths].filter((path) => !isFleetPath(path)).map((path) => ({ path, kind: 'changed' }));
}

/** What the other side has may not have been fetched. */
async function isHere(git: Git, commit: string): Promise<boolean> {
  return (await git.ask(['cat-file', '-e', `${commit}^{commit}`])).code === 0;
}

function isNone(id: string): boolean {
  return /^0+$/.test(id);
}
