// What git knows of a file: the commits that changed it, under every name that it had.

import type { Git } from '../../ports/git.ts';
import { answered, type ChangeKind } from './staged-changes.ts';
import { AGENT_TRAILER, LEASE_TRAILER } from './trailers.ts';

export interface FileCommit {
  readonly commit: string;
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  readonly subject: string;
  /** What its message says of the agent that made it, and of its leases. */
  readonly agents: readonly string[];
  readonly leases: readonly string[];
  /** The name of the file in it. */
  readonly path: string;
  readonly change: ChangeKind | 'renamed';
  readonly renamedFrom: string | null;
}

/** More than anybody reads. */
const COMMITS = 1_000;
/** Between the fields of a commit: no text of git has it. */
const FIELD = '\u001f';
const START = '\u001e';

const FORMAT = [
  `${START}%H`,
  '%an',
  '%cI',
  '%s',
  `%(trailers:key=${AGENT_TRAILER},valueonly,separator=%x1d)`,
  `%(trailers:key=${LEASE_TRAILER},valueonly,separator=%x1d)`,
].join(FIELD);

/** Newest first; empty where git knows nothing of it, or has no commit. `path` from the root of the worktree. */
export async function fileHistory(git: Git, path: string): Promise<readonly FileCommit[]> {
  if ((await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD'])).code !== 0) return [];
  const how = ['--follow', '--name-status', '-z', '--no-ext-diff', `--max-count=${COMMITS}`, `--format=${FORMAT}`];
  const out = await answered(git, ['log', ...how, '--', `:(top,literal)${path}`]);
  return out
    .toString('utf8')
    .split(START)
    .flatMap((text) => commitIn(text) ?? []);
}

/** The fields, then NUL, then `M\0path\0` or `R100\0from\0to\0`. A merge that changed nothing by itself names none. */
function commitIn(text: string): FileCommit | null {
  const [head = '', ...rest] = text.split('\0');
  const [commit, author, at, subject = '', agents = '', leases = ''] = head.split(FIELD);
  const names = rest.map((field) => field.replace(/^\n/, '')).filter((field) => field !== '');
  const [status = '', first, second] = names;
  if (commit === undefined || author === undefined || at === undefined || first === undefined) return null;
  const isRenamed = second !== undefined && /^[RC]/.test(status);
  return {
    commit,
    author,
    at,
    subject,
    agents: valuesIn(agents),
    leases: valuesIn(leases),
    path: isRenamed ? second : first,
    change: isRenamed ? 'renamed' : (KINDS[status.charAt(0)] ?? 'changed'),
    renamedFrom: isRenamed ? first : null,
  };
}

const KINDS: Readonly<Record<string, ChangeKind>> = { A: 'added', D: 'removed' };

function valuesIn(text: string): readonly string[] {
  return text.split('\u001d').flatMap((value) => (value.trim() === '' ? [] : [value.trim()]));
}

/** Every name that the file had, the present one first. */
export function namesOf(path: string, commits: readonly FileCommit[]): readonly string[] {
  return [
    ...new Set([
      path,
      ...commits.flatMap((each) => [each.path, ...(each.renamedFrom === null ? [] : [each.renamedFrom])]),
    ]),
  ];
}
