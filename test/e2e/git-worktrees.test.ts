// Worktrees for agents: made in the same fleet, listed with who is there, and removed only where nothing is lost.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { GuardedScratch } from '../support/guarded-scratch.ts';
import { atTerminal } from '../support/pty.ts';

let scratch: GuardedScratch;

beforeEach(() => {
  scratch = new GuardedScratch();
  scratch.put('.gitignore', '.env\nnode_modules/\n');
  scratch.git('add', '.');
  scratch.git('commit', '--quiet', '-m', 'ignored');
});
afterEach(() => scratch.close());

interface Listed {
  readonly path: string;
  readonly branch: string | null;
  readonly agents: readonly { readonly agentId: string }[];
  readonly locks: number;
  readonly changed: number | null;
  readonly untracked: number | null;
  readonly merged: boolean | null;
  readonly isHere: boolean;
  readonly isMain: boolean;
}

const path = (name: string) => join(scratch.folder, 'workspace.worktrees', name);

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await scratch.brigade([...args, '--json']);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const list = async () => (await json<{ worktrees: readonly Listed[] }>('worktree', 'list')).worktrees;

describe('a worktree that was made', () => {
  it('is beside the repository, on a branch of its own, and in the same fleet', async () => {
    const made = await json<Record<string, unknown>>('worktree', 'new', 'ana');
    expect(shapeOf(made)).toEqual(CLI_SHAPES.worktreeNew);
    expect(made).toMatchObject({ path: path('ana'), branch: 'ana', isNewBranch: true });
    expect(shapeOf(await json('worktree', 'list'))).toEqual(CLI_SHAPES.worktrees);
    const ana = scratch.shell('ana', { BRIGADE_AGENT: 'ana', BRIGADE_ROOT: path('ana') });
    await ana.json('acquire', 'src/a.ts');
    await ana.json('acquire', 'repo:src/b.ts');
    scratch.put('new.txt', 'x', path('ana'));
    scratch.put('.gitignore', 'changed', path('ana'));
    expect(await list()).toMatchObject([
      {
        path: scratch.root,
        branch: 'main',
        isMain: true,
        isHere: true,
        agents: [],
        locks: 0,
        changed: 0,
        untracked: 0,
      },
      {
        path: path('ana'),
        branch: 'ana',
        isHere: false,
        agents: [{ agentId: 'ana' }],
        locks: 1,
        changed: 1,
        untracked: 1,
        merged: true,
      },
    ]);
    const { stdout } = await scratch.brigade(['worktree', 'list']);
    expect(stdout).toMatch(/^\* .*workspace +main +clean +main$/m);
    expect(stdout).toMatch(/worktrees\/ana +ana +ana +1 +1 changed, 1 untracked +merged or empty$/m);
    // Its files are other files: the same name here is free.
    const bo = scratch.shell('bo', { BRIGADE_AGENT: 'bo' });
    expect(await bo.brigade('acquire', 'src/a.ts')).toMatchObject({ code: 0 });
    expect(await bo.brigade('acquire', 'src/b.ts')).toMatchObject({ code: 4 });
  });

  it('may take a branch that is there, begin elsewhere, or lie elsewhere', async () => {
    scratch.git('branch', 'known');
    const folder = join(scratch.folder, 'any where');
    expect(await json('worktree', 'new', 'known', '--folder', folder)).toMatchObject({
      path: folder,
      branch: 'known',
      isNewBranch: false,
    });
    const from = scratch.git('rev-parse', 'HEAD~1').trim();
    expect(await json('worktree', 'new', 'b', '--branch', 'feature/b', '--from', 'HEAD~1')).toMatchObject({
      branch: 'feature/b',
      commit: from,
    });
  });

  it('is refused with what to do instead', async () => {
    for (const args of [['../x'], ['a/b'], ['x.lock'], ['-x'], ['ok', '--from', 'nowhere'], ['main']]) {
      const { code, stderr } = await scratch.brigade(['worktree', 'new', ...args]);
      expect([args, code, stderr]).toEqual([args, 2, expect.stringMatching(/brigade: /)]);
    }
    await scratch.brigade(['worktree', 'new', 'twice']);
    expect((await scratch.brigade(['worktree', 'new', 'twice'])).stderr).toContain('already');
    scratch.git('checkout', '--quiet', '--orphan', 'fresh');
    expect((await scratch.brigade(['worktree', 'new', 'c'])).stderr).toContain('Nothing was committed yet');
    const outside = await scratch.brigade(['worktree', 'list', '--root', scratch.home]);
    expect(outside.stderr).toContain('is in no git repository');
  });
});

interface Pruned {
  readonly removed: readonly { readonly path: string; readonly branchRemoved: boolean }[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  readonly would: readonly { readonly path: string }[];
}

const prune = (...args: readonly string[]) => json<Pruned>('worktree', 'prune', ...args);

const UNDER_WAY = 'a rebase, merge or the like under way';

describe('pruning', () => {
  it('keeps whatever has something of its own, and says what', async () => {
    const names = ['changed', 'untracked', 'ahead', 'loose', 'lived', 'locked', 'merging', 'ignored', 'free'];
    for (const name of names) scratch.git('worktree', 'add', '--quiet', '-b', name, path(name));
    scratch.put('README.md', 'changed', path('changed'));
    scratch.put('new file', 'x', path('untracked'));
    for (const name of ['ahead', 'loose']) {
      if (name === 'loose') scratch.git('-C', path(name), 'checkout', '--quiet', '--detach');
      scratch.git('-C', path(name), 'commit', '--quiet', '--allow-empty', '-m', 'own');
    }
    scratch.git('worktree', 'lock', '--reason', 'on a stick', path('locked'));
    scratch.put('README.md', 'one\n');
    scratch.git('commit', '--quiet', '-a', '-m', 'one');
    scratch.git('-C', path('merging'), 'merge', '--quiet', '--no-commit', '--no-ff', 'main');
    scratch.put('.env', 'SECRET=1', path('ignored'));
    const lived = scratch.shell('lived', { BRIGADE_ROOT: path('lived'), BRIGADE_AGENT: 'lea' });
    await lived.json('acquire', 'task:any');
    const underWay = ['bisecting', 'rebasing', 'picking', 'reverting'];
    for (const name of underWay) scratch.git('worktree', 'add', '--quiet', '-b', name, path(name));
    scratch.git('-C', path('bisecting'), 'bisect', 'start');
    scratch.git('-C', path('rebasing'), '-c', 'sequence.editor=echo break >', 'rebase', '--quiet', '-i', 'HEAD');
    scratch.git('-C', path('picking'), 'update-ref', 'CHERRY_PICK_HEAD', 'main');
    scratch.git('-C', path('reverting'), 'update-ref', 'REVERT_HEAD', 'main');

    const pruned = await prune(...names, ...underWay, '--yes');
    expect(shapeOf(pruned)).toEqual(CLI_SHAPES.worktreePruned);
    const { removed, kept } = pruned;
    expect(Object.fromEntries(kept.map((each) => [each.path.split('/').at(-1), each.why]))).toEqual({
      changed: '1 changed',
      untracked: '1 untracked',
      ahead: '1 commit not merged',
      loose: '1 commit not merged and on no branch',
      lived: 'lea is there',
      locked: 'git keeps it locked: on a stick',
      merging: `1 changed, ${UNDER_WAY}`,
      ...Object.fromEntries(underWay.map((name) => [name, UNDER_WAY])),
      ignored: 'it has files that git ignores (.env); say --ignored',
    });
    expect(removed.map((each) => each.path)).toEqual([path('free')]);
    expect(existsSync(path('free'))).toBe(false);
    expect(names.filter((name) => !existsSync(path(name)))).toEqual(['free']);
    expect(await prune('ignored', '--yes', '--ignored', '--branches')).toMatchObject({
      removed: [{ branchRemoved: true }],
    });
    expect(await prune('ahead', '--yes', '--into', 'ahead')).toMatchObject({ removed: [{ path: path('ahead') }] });
    expect(scratch.git('branch', '--list', 'ahead')).toContain('ahead');
  });

  it('removes nothing unasked: not what is young, not where nobody can be asked, not on a no', async () => {
    await scratch.brigade(['worktree', 'new', 'young']);
    expect(await prune('--yes')).toMatchObject({
      removed: [],
      kept: [{ why: expect.stringContaining('name it') as string }],
    });
    const unasked = await scratch.brigade(['worktree', 'prune', 'young']);
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody can be asked here') as string });
    expect(await prune('young', '--dry-run')).toMatchObject({ removed: [], would: [{ path: path('young') }] });
    const no = await atTerminal(scratch, ['worktree', 'prune', 'young'], { answers: [['[y/N]', 'n\n']] });
    expect(no.code).toBe(0);
    expect(existsSync(path('young'))).toBe(true);
    const yes = await atTerminal(scratch, ['worktree', 'prune', 'young'], { answers: [['[y/N]', 'y\n']] });
    expect(yes.shown).toContain('Removed');
    expect(existsSync(path('young'))).toBe(false);
    expect((await scratch.brigade(['worktree', 'prune', 'young'])).stderr).toContain('no worktree');
  });

  it('keeps the one it is started in, and forgets one whose folder is gone', async () => {
    for (const name of ['here', 'gone']) scratch.git('worktree', 'add', '--quiet', '-b', name, path(name));
    rmSync(path('gone'), { recursive: true });
    const { stdout } = await scratch.brigade(['worktree', 'prune', '--yes', 'here', 'gone', '--json'], {
      cwd: path('here'),
    });
    expect(JSON.parse(stdout)).toMatchObject({
      removed: [{ path: path('gone') }],
      kept: [{ path: path('here'), why: 'you are in it' }],
    });
    expect(scratch.git('worktree', 'list')).not.toContain('gone');
  });
});

it('works in a repository without a main worktree', async () => {
  const bare = join(scratch.folder, 'bare.git');
  scratch.git('clone', '--quiet', '--bare', scratch.root, bare);
  const { stdout } = await scratch.brigade(['worktree', 'new', 'first', '--json'], { cwd: bare });
  const made = JSON.parse(stdout) as { path: string };
  expect(made.path).toBe(join(scratch.folder, 'bare.worktrees', 'first'));
  const listed = await scratch.brigade(['worktree', 'list', '--json'], { cwd: made.path });
  expect(JSON.parse(listed.stdout)).toMatchObject({
    worktrees: [{ isBare: true }, { isHere: true, merged: true, changed: 0 }],
  });
});
