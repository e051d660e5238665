// What git says has changed between two trees: names only, each as git has it. A file that was renamed is one that went and one
// that came, so both names are looked at.

import type { Git, GitAnswer } from '../../ports/git.ts';

export type ChangeKind = 'added' | 'changed' | 'removed';

export interface Change {
  /** From the root of the worktree. */
  readonly path: string;
  readonly kind: ChangeKind;
}

/** Git answered with something else than an answer. */
class GitFault extends Error {
  constructor(what: string, { code, err }: GitAnswer) {
    super(`git ${what} ${code === null ? 'could not be run' : `ended with ${code}`}${err === '' ? '' : `: ${err}`}`);
    this.name = 'GitFault';
  }
}

const NAMES = ['--name-status', '-z', '--no-renames', '--no-ext-diff', '--ignore-submodules=none'];

/** What a commit made now would change. Against nothing, where there is no commit yet. */
export async function stagedChanges(git: Git): Promise<readonly Change[]> {
  const head = (await commitOf(git, 'HEAD')) ?? (await emptyTree(git));
  return changesOf(await answered(git, ['diff-index', '--cached', ...NAMES, head, '--']));
}

/** What changed from one commit or tree to another; from nothing, where `from` is null. */
export async function changesBetween(git: Git, from: string | null, to: string): Promise<readonly Change[]> {
  const tree = from ?? (await emptyTree(git));
  return changesOf(await answered(git, ['diff-tree', '-r', ...NAMES, tree, to, '--']));
}

/** The commit that a name means; null where there is none. */
export async function commitOf(git: Git, name: string): Promise<string | null> {
  const { code, out } = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return code === 0 ? out.toString('utf8').trim() : null;
}

/** Its name depends on how the repository counts its objects. */
async function emptyTree(git: Git): Promise<string> {
  return (await answered(git, ['hash-object', '-t', 'tree', '--stdin'])).toString('utf8').trim();
}

export async function answered(git: Git, args: readonly string[]): Promise<Buffer> {
  const answer = await git.ask(args);
  if (answer.code !== 0) throw new GitFault(args[0] ?? '', answer);
  return answer.out;
}

const KINDS: Readonly<Record<string, ChangeKind>> = { A: 'added', D: 'removed' };

/** `A\0path\0M\0path\0`. A name that is no UTF-8 is shown with replacement characters; no lease can name it. */
function changesOf(out: Buffer): readonly Change[] {
  const fields = out.toString('utf8').split('\0');
  const changes: Change[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const status = fields[index] as string;
    changes.push({ path: fields[index + 1] as string, kind: KINDS[status.charAt(0)] ?? 'changed' });
  }
  return changes;
}
