// What is asked of git itself, in real repositories: what is staged, what a push brings, what a file was called and who changed it,
// and which worktrees there are.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitIn } from '../../src/adapters/system/run-git.ts';
import { fileHistory, namesOf } from '../../src/app/git/file-history.ts';
import { type PushedRef, pushedChanges, pushedRefs } from '../../src/app/git/pushed-changes.ts';
import { changesBetween, commitOf, stagedChanges } from '../../src/app/git/staged-changes.ts';
import { aheadOf, listWorktrees, worktreeState } from '../../src/app/git/worktrees.ts';
import type { Git } from '../../src/ports/git.ts';
import { HookedRepository } from '../support/hooked-repository.ts';

let repo: HookedRepository;
let git: Git;

beforeEach(() => {
  repo = new HookedRepository();
  git = gitIn(repo.root, repo.env);
});
afterEach(() => repo.close());

const put = (path: string, text: string): void => repo.write(repo.path(path), text);

function commit(message: string): string {
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', message);
  return head();
}

const head = (name = 'HEAD'): string => repo.git('rev-parse', name).trim();
const words = (changes: readonly { readonly kind: string; readonly path: string }[]): readonly string[] =>
  changes.map(({ kind, path }) => `${kind} ${path}`);

describe('what a commit would change', () => {
  it('is everything that is staged, where there is no commit yet', async () => {
    put('a.ts', '1\n');
    put('not staged.ts', '1\n');
    repo.git('add', 'a.ts');
    expect(words(await stagedChanges(git))).toEqual(['added a.ts']);
    expect(await commitOf(git, 'HEAD')).toBeNull();
  });

  it('is told by name: a file that was renamed went from one and came to the other', async () => {
    for (const path of ['a.ts', 'b.ts', 'c.ts']) put(path, `${path}\n`);
    const first = commit('first');
    repo.git('mv', 'a.ts', 'src name.ts');
    put('b.ts', 'b\n');
    repo.git('rm', '--quiet', 'c.ts');
    repo.git('add', 'b.ts');
    const changes = ['removed a.ts', 'changed b.ts', 'removed c.ts', 'added src name.ts'];
    expect(words(await stagedChanges(git))).toEqual(changes);
    const second = commit('second');
    expect(words(await changesBetween(git, first, second))).toEqual(changes);
    expect(words(await changesBetween(git, null, first))).toEqual(['added a.ts', 'added b.ts', 'added c.ts']);
  });

  it('cannot be told where git says no, or is not there; and then why is said', async () => {
    await expect(changesBetween(git, null, 'f'.repeat(40))).rejects.toThrow(
      /^git diff-tree ended with 128: .*bad object/,
    );
    await expect(stagedChanges(gitIn(repo.root, { PATH: '/nowhere' }))).rejects.toThrow(
      /^git \S+ could not be run: .*ENOENT/,
    );
    const silent: Git = {
      ask: () => Promise.resolve({ code: 1, out: Buffer.alloc(0), err: '' }),
      at: () => silent,
    };
    await expect(changesBetween(silent, 'a', 'b')).rejects.toThrow(/^git diff-tree ended with 1$/);
  });
});

describe('what a push brings', () => {
  const NONE = '0'.repeat(40);
  let remote: string;

  beforeEach(() => {
    remote = join(repo.folder, 'remote.git');
    repo.git('init', '--quiet', '--bare', remote);
    repo.git('remote', 'add', 'origin', remote);
    put('a.ts', '1\n');
    commit('first');
    repo.git('push', '--quiet', 'origin', 'main');
  });

  const brings = async (...refs: readonly PushedRef[]): Promise<readonly string[]> =>
    (await pushedChanges(git, 'origin', refs)).map(({ path }) => path).toSorted();

  it('is read from what git tells its hook, a line for each ref; one that is deleted brings nothing', () => {
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
    const text = `refs/heads/main ${a} refs/heads/main ${b}\nHEAD ${a} refs/heads/new ${NONE}\n(delete) ${NONE} refs/heads/old ${b}\n\n`;
    expect(pushedRefs(text)).toEqual([
      { localRef: 'refs/heads/main', local: a, remote: b },
      { localRef: 'HEAD', local: a, remote: null },
    ]);
    expect(pushedRefs('')).toEqual([]);
    expect(pushedRefs('refs/heads/main\nrefs/heads/main x refs/heads/main\n')).toEqual([]);
  });

  it('is every file that a commit to come changes, each once, and none that is there already', async () => {
    const there = head();
    put('b.ts', '1\n');
    commit('second');
    put('b.ts', '2\n');
    put('dir/c d.ts', '1\n');
    put('.brigade/policy.json', '{}\n');
    const local = commit('third');
    expect(await brings({ localRef: 'main', local, remote: there })).toEqual(['b.ts', 'dir/c d.ts']);
    expect(await brings({ localRef: 'main', local, remote: null })).toEqual(['b.ts', 'dir/c d.ts']);
    expect(await brings({ localRef: 'main', local: there, remote: null })).toEqual([]);
  });

  it('is told as far as can be, where the other side has what was never fetched', async () => {
    put('b.ts', '1\n');
    const local = commit('second');
    expect(await brings({ localRef: 'main', local, remote: 'f'.repeat(40) })).toEqual(['b.ts']);
    // Pushed to an address, so that nothing is known of what stands there.
    expect((await pushedChanges(git, remote, [{ localRef: 'main', local, remote: null }])).length).toBe(2);
  });

  it('is what each side of a merge brings, and what the merge itself changes', async () => {
    repo.git('checkout', '--quiet', '-b', 'side');
    put('side.ts', '1\n');
    commit('side');
    repo.git('checkout', '--quiet', 'main');
    put('main.ts', '1\n');
    commit('main');
    repo.git('merge', '--quiet', '--no-edit', 'side');
    put('merged.ts', '1\n');
    repo.git('add', 'merged.ts');
    repo.git('commit', '--quiet', '--amend', '--no-edit');
    const ref = { localRef: 'main', local: head(), remote: null };
    expect(await brings(ref)).toEqual(['main.ts', 'merged.ts', 'side.ts']);
  });
});

describe('what git knows of a file', () => {
  it('is nothing where there is no commit, and of a file that it never had', async () => {
    expect(await fileHistory(git, 'a.ts')).toEqual([]);
    put('b.ts', '1\n');
    commit('first');
    expect(await fileHistory(git, 'a.ts')).toEqual([]);
    expect(namesOf('a.ts', [])).toEqual(['a.ts']);
  });

  it('is each commit that changed it, under every name that it had, with what its message says of agents', async () => {
    put('old name.ts', 'one\ntwo\nthree\n');
    commit('first');
    put('old name.ts', 'one\ntwo\nthree\nfour\n');
    commit('second\n\nBrigade-Agent: ana\nBrigade-Lease: file:a=7\nBrigade-Lease: file:b=8');
    repo.git('mv', 'old name.ts', 'new.ts');
    commit('third');
    repo.git('rm', '--quiet', 'new.ts');
    commit('fourth');
    const found = await fileHistory(git, 'new.ts');
    const shown = found.map(({ subject, change, path, renamedFrom, agents, leases }) => {
      return [subject, change, path, renamedFrom, ...agents, ...leases];
    });
    expect(shown).toEqual([
      ['fourth', 'removed', 'new.ts', null],
      ['third', 'renamed', 'new.ts', 'old name.ts'],
      ['second', 'changed', 'old name.ts', null, 'ana', 'file:a=7', 'file:b=8'],
      ['first', 'added', 'old name.ts', null],
    ]);
    expect(found[0]).toMatchObject({ commit: head(), author: 't', at: expect.stringMatching(/^\d{4}-/) as string });
    expect(namesOf('new.ts', found)).toEqual(['new.ts', 'old name.ts']);
  });

  it('leaves out a merge that changed nothing of it by itself', async () => {
    put('a.ts', '1\n');
    commit('first');
    repo.git('checkout', '--quiet', '-b', 'side');
    put('a.ts', '2\n');
    commit('side');
    repo.git('checkout', '--quiet', 'main');
    put('b.ts', '1\n');
    commit('main');
    repo.git('merge', '--quiet', '--no-edit', 'side');
    expect((await fileHistory(git, 'a.ts')).map(({ subject }) => subject)).toEqual(['side', 'first']);
  });
});

describe('the worktrees of a repository', () => {
  const add = (name: string, ...args: readonly string[]): string => {
    const path = join(repo.folder, name);
    repo.git('worktree', 'add', '--quiet', ...args, path);
    return path;
  };

  it('are told with the main one first: its branch, or that nothing was committed yet', async () => {
    expect(await listWorktrees(git)).toEqual([
      {
        path: repo.root,
        head: null,
        branch: 'main',
        isMain: true,
        isBare: false,
        locked: null,
        isMissing: false,
      },
    ]);
  });

  it('tell of a branch, or none; of what keeps them, with a reason or without; and of a folder that is gone', async () => {
    put('a.ts', '1\n');
    const first = commit('first');
    add('branch tree', '-b', 'feature/x');
    add('on a commit', '--detach');
    repo.git('worktree', 'lock', add('kept', '-b', 'kept'));
    repo.git('worktree', 'lock', '--reason', 'on a stick', add('kept for', '-b', 'kept-for'));
    rmSync(add('gone', '-b', 'gone'), { recursive: true });
    const shown = (await listWorktrees(git)).map(({ path, head: at, branch, isMain, locked, isMissing }) => {
      expect(at).toBe(first);
      return [path.slice(repo.folder.length + 1), branch, isMain, locked, isMissing];
    });
    expect(shown).toEqual([
      ['a repo', 'main', true, null, false],
      ['branch tree', 'feature/x', false, null, false],
      ['gone', 'gone', false, null, true],
      ['kept', 'kept', false, '', false],
      ['kept for', 'kept-for', false, 'on a stick', false],
      ['on a commit', null, false, null, false],
    ]);
  });

  it('begin with a bare one where there is no main worktree', async () => {
    put('a.ts', '1\n');
    commit('first');
    const bare = join(repo.folder, 'bare.git');
    repo.git('clone', '--quiet', '--bare', '.', bare);
    const [main] = await listWorktrees(git.at(bare));
    expect(main).toMatchObject({ path: bare, head: null, branch: null, isMain: true, isBare: true });
  });

  it('are not told where there is no repository', async () => {
    await expect(listWorktrees(git.at(repo.folder))).rejects.toThrow('not a git repository');
  });
});

describe('what would be lost with a worktree', () => {
  const CLEAN = { changed: 0, untracked: 0, ignored: [], underWay: false };

  beforeEach(() => {
    put('.gitignore', 'build/\n.env\n');
    put('a.ts', 'one\ntwo\nthree\n');
    put('b.ts', '1\n');
    commit('first');
  });

  it('is nothing where all of it is committed', async () => {
    expect(await worktreeState(git)).toEqual(CLEAN);
  });

  it('is what is changed, what git does not know, and what it ignores', async () => {
    repo.git('mv', 'a.ts', 'moved.ts');
    put('b.ts', '2\n');
    put('new/a.ts', '1\n');
    put('new.ts', '1\n');
    put('build/out.js', '1\n');
    put('.env', 'SECRET=1\n');
    const state = await worktreeState(git);
    expect(state).toMatchObject({ changed: 2, untracked: 2, underWay: false });
    expect(state.ignored.toSorted()).toEqual(['.env', 'build/']);
  });

  it.each([
    ['a merge', ['merge', '--quiet', 'side']],
    ['a rebase', ['rebase', '--quiet', 'side']],
    ['a cherry-pick', ['cherry-pick', 'side']],
    ['a bisection', ['bisect', 'start']],
  ])('may be %s that is not over', async (_, command) => {
    repo.git('checkout', '--quiet', '-b', 'side');
    put('b.ts', 'side\n');
    commit('side');
    repo.git('checkout', '--quiet', 'main');
    put('b.ts', 'main\n');
    commit('main');
    repo.run(command);
    expect((await worktreeState(git)).underWay).toBe(true);
  });

  it('is what no other branch has of its commits; which cannot be told of a branch that is gone', async () => {
    repo.git('checkout', '--quiet', '-b', 'side');
    put('b.ts', '2\n');
    commit('second');
    put('b.ts', '3\n');
    commit('third');
    expect(await aheadOf(git, 'main', 'side')).toBe(2);
    expect(await aheadOf(git, 'side', 'main')).toBe(0);
    expect(await aheadOf(git, 'gone', 'side')).toBeNull();
  });
});
