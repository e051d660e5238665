// The guard among the hooks of real repositories: it runs first, whatever ran before runs still, and taking it out leaves every
// byte as it was.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyFileChanges } from '../../src/adapters/system/file-changes.ts';
import { HookedRepository, otherHook } from '../support/hooked-repository.ts';

let repo: HookedRepository;

beforeEach(() => {
  repo = new HookedRepository();
});
afterEach(() => repo.close());

/** Every hook with its mode and bytes. */
function hooksIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => {
        const path = join(folder, name);
        const stats = lstatSync(path);
        if (stats.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`];
        if (stats.isDirectory()) return [name, 'folder'];
        return [name, `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}`];
      }),
  );
}

describe('a repository without hooks', () => {
  it('gets the guard, twice the same, and is as before when it is taken out', async () => {
    const before = hooksIn(repo.path('.git', 'hooks'));
    const plan = await repo.apply();
    expect(plan.changes.map(({ path, isShared }) => [path.split('/').at(-1), isShared])).toEqual([
      ['pre-commit', false],
      ['pre-merge-commit', false],
      ['commit-msg', false],
      ['post-commit', false],
      ['pre-push', false],
    ]);
    expect(repo.commit()).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'guard post-commit']);
    expect((await repo.apply()).changes).toEqual([]);

    await repo.apply({ remove: true });
    expect(hooksIn(repo.path('.git', 'hooks'))).toEqual(before);
    repo.commit();
    expect(repo.called()).toEqual([]);
    expect((await repo.plan({ remove: true })).changes).toEqual([]);
  });

  it('is refused what the guard refuses, with its exit code', async () => {
    await repo.apply();
    expect(repo.commit('a.txt', { refused: true })).toMatchObject({ code: 1 });
    expect(repo.called()).toEqual(['guard pre-commit']);
    expect(repo.run(['rev-parse', '--verify', 'HEAD']).code).not.toBe(0);
  });

  it('commits without a guard, and says so, where Node or Brigade is gone', async () => {
    await repo.apply({ command: ['/nowhere/node', "/no'where/brigade.js"] });
    const { code, stderr } = repo.run(['commit', '--allow-empty', '-m', 'x'], { env: { PATH: '/usr/bin:/bin' } });
    expect(code).toBe(0);
    expect(stderr).toContain('nothing was checked');
    // Another Brigade that is installed does as well.
    repo.commit();
    expect(repo.called()).toEqual(['guard pre-commit', 'guard post-commit']);
    // And what is told anew is written anew.
    expect((await repo.apply()).changes).toHaveLength(5);
  });

  it('runs the guard in every worktree of it, and asks only what is needed at a message', async () => {
    await repo.apply();
    repo.commit();
    repo.git('worktree', 'add', '--quiet', '-b', 'other', repo.path('..', 'other tree'));
    repo.called();
    const tree = join(repo.folder, 'other tree');
    const asked = ['rev-parse', '--path-format=absolute', '--git-path', 'brigade-guard'];
    repo.write(join(repo.run(asked, { cwd: tree }).stdout.trim(), 'trailers'), 'x');
    expect(repo.commit('b.txt', { cwd: tree })).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'guard commit-msg COMMIT_EDITMSG', 'guard post-commit']);
  });

  it('does not ask after a commit that a guard let pass', async () => {
    await repo.apply();
    repo.write(repo.path('a.txt'), 'x\n');
    repo.git('add', 'a.txt');
    repo.write(repo.path('.git', 'brigade-guard', 'passed'), `${repo.git('write-tree').trim()}\n`);
    expect(repo.run(['commit', '--no-verify', '-m', 'x'])).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual([]);
  });

  it('runs the guard where git merges by itself', async () => {
    repo.commit('a.txt');
    repo.git('checkout', '--quiet', '-b', 'side');
    repo.commit('b.txt');
    repo.git('checkout', '--quiet', 'main');
    repo.commit('c.txt');
    await repo.apply();
    expect(repo.run(['merge', '--no-edit', 'side'], { env: { GUARD_EXIT: '7' } }).code).not.toBe(0);
    expect(repo.called()).toEqual(['guard pre-commit']);
  });
});

describe('hooks that are there already', () => {
  it('run behind the guard, with their arguments, input and exit code, and come back byte for byte', async () => {
    const folder = repo.path('.git', 'hooks');
    repo.write(join(folder, 'pre-commit'), otherHook('pre-commit'), 0o755);
    repo.write(join(folder, 'pre-push'), otherHook('pre-push', 3), 0o755);
    repo.write(join(folder, 'commit-msg'), '#!/usr/bin/env node\nprocess.exitCode = 0;', 0o750);
    repo.write(join(folder, 'post-commit'), '#!/bin/sh\necho not run >>"$GUARD_LOG"\r\n', 0o644);
    repo.write(repo.path('scripts', 'merge.sh'), otherHook('merge'), 0o755);
    symlinkSync('../../scripts/merge.sh', join(folder, 'pre-merge-commit'));
    const before = hooksIn(folder);

    await repo.apply();
    expect((await repo.plan()).changes).toEqual([]);
    expect(repo.commit()).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'other pre-commit  0', 'guard post-commit']);

    const remote = join(repo.folder, 'remote.git');
    repo.git('init', '--quiet', '--bare', remote);
    repo.git('remote', 'add', 'origin', remote);
    const pushed = repo.run(['push', 'origin', 'main']);
    expect(pushed.code).not.toBe(0);
    expect(repo.called()).toEqual(['guard pre-push origin remote.git 4', 'other pre-push origin 4']);
    repo.run(['push', 'origin', 'main'], { env: { GUARD_EXIT: '7' } });
    expect(repo.called()).toEqual(['guard pre-push origin remote.git 4']);

    await repo.apply({ remove: true });
    expect(hooksIn(folder)).toEqual(before);
  });

  it('refuse a commit that the guard would let pass', async () => {
    repo.write(repo.path('.git', 'hooks', 'pre-commit'), otherHook('pre-commit', 9), 0o755);
    await repo.apply();
    expect(repo.commit().code).toBe(1);
    expect(repo.called()).toEqual(['guard pre-commit', 'other pre-commit  0']);
  });

  it('are run once where another program takes the guard into its own chain', async () => {
    const folder = repo.path('.git', 'hooks');
    // What pre-commit writes, in essence: it runs what it found and calls the rest itself.
    const framework = `#!/usr/bin/env bash
# File generated by pre-commit: https://pre-commit.com
here="$(cd "$(dirname "$0")" && pwd)"
if [ -x "$here/pre-commit.legacy" ]; then "$here/pre-commit.legacy" "$@" || exit $?; fi
echo framework >>"$GUARD_LOG"
`;
    repo.write(join(folder, 'pre-commit'), framework, 0o755);
    const { notes } = await repo.apply({ hooks: ['pre-commit'] });
    expect(notes.join()).toContain('pre-commit keeps');
    // Installed again: it moves what it finds aside.
    repo.write(join(folder, 'pre-commit.legacy'), readFileSync(join(folder, 'pre-commit'), 'utf8'), 0o755);
    expect(repo.commit()).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'framework']);
  });

  it('are not overwritten where somebody wrote over the guard', async () => {
    const folder = repo.path('.git', 'hooks');
    repo.write(join(folder, 'pre-commit'), otherHook('first'), 0o755);
    await repo.apply({ hooks: ['pre-commit'] });
    repo.write(join(folder, 'pre-commit'), otherHook('second'), 0o755);
    const before = hooksIn(folder);
    const again = await repo.plan({ hooks: ['pre-commit'] });
    expect(again).toMatchObject({ changes: [], refused: [{ message: expect.stringContaining('wrote') as string }] });
    expect(await repo.plan({ hooks: ['pre-commit'], remove: true })).toMatchObject({ changes: [] });
    expect(hooksIn(folder)).toEqual(before);
  });

  it('are refused where something else than a file stands, and where a hook was kept that is wanted no more', async () => {
    const folder = repo.path('.git', 'hooks');
    mkdirSync(join(folder, 'pre-commit'), { recursive: true });
    repo.write(join(folder, 'pre-push.before-brigade'), otherHook('pre-push'), 0o755);
    const before = hooksIn(folder);
    const { changes, refused } = await repo.plan({ hooks: ['pre-commit', 'pre-push'] });
    expect(changes).toEqual([]);
    expect(refused.map(({ where, message }) => [where, message])).toEqual([
      [join(folder, 'pre-commit'), `${join(folder, 'pre-commit')} is neither a file nor a link.`],
      [join(folder, 'pre-push.before-brigade'), expect.stringContaining('nothing stands in its place') as string],
    ]);
    expect((await repo.apply({ hooks: ['pre-commit', 'pre-push'], remove: true })).changes).toEqual([]);
    expect(hooksIn(folder)).toEqual(before);
    // Nor is the guard taken out where what it should give back is nothing that can be given back.
    await repo.apply({ hooks: ['commit-msg'] });
    mkdirSync(join(folder, 'commit-msg.before-brigade'));
    const out = await repo.plan({ hooks: ['commit-msg'], remove: true });
    expect(out).toMatchObject({ changes: [], refused: [{ where: join(folder, 'commit-msg.before-brigade') }] });
  });

  it('are refused where they changed between plan and change', async () => {
    const plan = await repo.plan();
    writeFileSync(repo.path('.git', 'hooks', 'pre-commit'), 'mine');
    await expect(applyFileChanges(plan.changes)).rejects.toThrow('changed by somebody else');
    expect(readFileSync(repo.path('.git', 'hooks', 'pre-commit'), 'utf8')).toBe('mine');
    expect(existsSync(repo.path('.git', 'hooks', 'pre-push'))).toBe(false);
  });
});

describe('hooks that git shares', () => {
  /** As husky 9 sets a repository up. */
  function husky(): void {
    repo.git('config', 'core.hooksPath', '.husky/_');
    repo.write(repo.path('.husky', '_', 'husky.sh'), 'echo deprecated\n');
    repo.write(repo.path('.husky', '_', '.gitignore'), '*\n');
    repo.write(
      repo.path('.husky', '_', 'h'),
      `#!/usr/bin/env sh
[ "$HUSKY" = "2" ] && set -x
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n
[ ! -f "$s" ] && exit 0
export PATH="node_modules/.bin:$PATH"
sh -e "$s" "$@"
c=$?
[ $c != 0 ] && echo "husky - $n script failed (code $c)"
exit $c
`,
      0o755,
    );
    for (const hook of ['pre-commit', 'pre-merge-commit', 'commit-msg', 'post-commit', 'pre-push'])
      repo.write(repo.path('.husky', '_', hook), '#!/usr/bin/env sh\n. "$(dirname "$0")/h"', 0o755);
  }

  it('of husky: the block goes where people write, names no path of this machine, and goes out again', async () => {
    husky();
    repo.write(repo.path('.husky', 'pre-commit'), 'echo lint >>"$GUARD_LOG"\n');
    repo.write(repo.path('.husky', 'pre-push'), 'cat | wc -w >>"$GUARD_LOG"\nexit 4\n');
    const before = hooksIn(repo.path('.husky'));
    const inner = hooksIn(repo.path('.husky', '_'));

    const { changes, notes } = await repo.apply();
    expect(changes.every(({ isShared }) => isShared)).toBe(true);
    expect(notes.join()).toContain('does nothing where Brigade is not installed');
    expect(readFileSync(repo.path('.husky', 'pre-commit'), 'utf8')).not.toContain(repo.folder);
    expect(hooksIn(repo.path('.husky', '_'))).toEqual(inner);
    expect((await repo.plan()).changes).toEqual([]);

    expect(repo.commit()).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'lint', 'guard post-commit']);
    expect(repo.commit('a.txt', { refused: true })).toMatchObject({ code: 1 });
    expect(repo.called()).toEqual(['guard pre-commit']);
    repo.git('init', '--quiet', '--bare', join(repo.folder, 'remote.git'));
    expect(repo.run(['push', join(repo.folder, 'remote.git'), 'main']).code).not.toBe(0);
    expect(repo.called()).toEqual(['guard pre-push remote.git remote.git 4', '4']);

    // Whoever has no Brigade commits as ever.
    const { code } = repo.run(['commit', '--allow-empty', '-m', 'x'], { env: { PATH: '/usr/bin:/bin' } });
    expect(code).toBe(0);
    expect(repo.called()).toEqual(['lint']);

    await repo.apply({ remove: true });
    expect(hooksIn(repo.path('.husky'))).toEqual(before);
  });

  it('of a folder that the repository names: every form of script keeps its bytes', async () => {
    repo.git('config', 'core.hooksPath', '.githooks');
    repo.write(repo.path('.githooks', 'pre-commit'), otherHook('pre-commit'), 0o755);
    repo.write(repo.path('.githooks', 'commit-msg'), '#!/bin/sh', 0o755);
    repo.write(repo.path('.githooks', 'post-commit'), '#!/bin/sh\nexit 0', 0o700);
    repo.write(repo.path('.githooks', 'pre-push'), '#!/usr/bin/env python3\nprint("x")\n', 0o755);
    repo.write(repo.path('.githooks', 'pre-merge-commit'), '#!/bin/sh\n', 0o755);
    const before = hooksIn(repo.path('.githooks'));
    const { refused } = await repo.apply();
    expect(refused.map(({ where, next }) => [where, next])).toEqual([
      [repo.path('.githooks', 'pre-push'), expect.stringContaining('brigade guard pre-push')],
    ]);
    expect(repo.commit()).toMatchObject({ code: 0 });
    expect(repo.called()).toEqual(['guard pre-commit', 'other pre-commit  0', 'guard post-commit']);
    expect((await repo.plan()).changes).toEqual([]);
    for (const name of readdirSync(repo.path('.githooks')))
      if (name !== 'pre-push') execFileSync('sh', ['-n', repo.path('.githooks', name)]);
    await repo.apply({ remove: true });
    expect(hooksIn(repo.path('.githooks'))).toEqual(before);
  });

  it('are left alone where no block can be put in or told apart: a link, a folder, a block without its end', async () => {
    repo.git('config', 'core.hooksPath', '.githooks');
    repo.write(repo.path('scripts', 'check.sh'), otherHook('check'), 0o755);
    mkdirSync(repo.path('.githooks', 'pre-push'), { recursive: true });
    symlinkSync('../scripts/check.sh', repo.path('.githooks', 'pre-commit'));
    const { changes, refused } = await repo.plan({ hooks: ['pre-commit', 'pre-push'] });
    expect(changes).toEqual([]);
    expect(refused.map(({ where }) => where)).toEqual([
      repo.path('.githooks', 'pre-commit'),
      repo.path('.githooks', 'pre-push'),
    ]);
    expect((await repo.plan({ remove: true })).changes).toEqual([]);

    await repo.apply({ hooks: ['commit-msg'] });
    const path = repo.path('.githooks', 'commit-msg');
    const torn = readFileSync(path, 'utf8').replace('# <<< brigade guard\n', '');
    writeFileSync(path, torn);
    expect((await repo.plan({ hooks: ['commit-msg'], remove: true })).changes).toEqual([]);
  });

  it('of the user, for all repositories, are only touched where that is said', async () => {
    repo.write(join(repo.folder, 'all', 'pre-commit'), otherHook('all'), 0o755);
    repo.git('config', '--global', 'core.hooksPath', join(repo.folder, 'all'));
    const { changes, refused } = await repo.plan();
    expect(changes).toEqual([]);
    expect(refused[0]?.message).toContain('all repositories');
    await repo.apply({ user: true });
    repo.commit();
    expect(repo.called()).toEqual(['guard pre-commit', 'other all  0', 'guard post-commit']);
  });
});

describe('lefthook', () => {
  const BASE = 'pre-commit:\n  commands:\n    lint:\n      run: echo lint\n';

  it('is told in its local file, which is as before when the guard is taken out', async () => {
    repo.write(repo.path('lefthook.yml'), BASE);
    repo.write(repo.path('.gitignore'), 'lefthook-local.yml\n');
    const { changes, notes } = await repo.apply();
    expect(changes.map(({ path }) => path)).toEqual([repo.path('lefthook-local.yml')]);
    expect(notes.join()).toContain('lefthook install');
    const text = readFileSync(repo.path('lefthook-local.yml'), 'utf8');
    expect(text).toContain('pre-push:\n  commands:\n    brigade-guard:\n');
    expect(text).toContain('use_stdin: true');
    expect((await repo.plan()).changes).toEqual([]);
    await repo.apply({ remove: true });
    expect(existsSync(repo.path('lefthook-local.yml'))).toBe(false);
  });

  it.each(['output: false\n', 'output:\n  - meta', '# só\r\nskip_output: [a]\r\n'])(
    'keeps %j in it, byte for byte',
    async (text) => {
      repo.write(repo.path('lefthook.yml'), BASE);
      repo.write(repo.path('lefthook-local.yml'), text, 0o600);
      await repo.apply();
      expect(readFileSync(repo.path('lefthook-local.yml'), 'utf8').startsWith(text)).toBe(true);
      await repo.apply({ remove: true });
      expect(readFileSync(repo.path('lefthook-local.yml'), 'utf8')).toBe(text);
      expect(lstatSync(repo.path('lefthook-local.yml')).mode & 0o777).toBe(0o600);
    },
  );

  it('says what to add where its local file is none that is written here', async () => {
    repo.write(repo.path('lefthook.yml'), BASE);
    expect((await repo.plan({ remove: true })).changes).toEqual([]);
    mkdirSync(repo.path('lefthook-local.yml'));
    const folder = await repo.plan();
    expect(folder).toMatchObject({ changes: [], refused: [{ where: repo.path('lefthook-local.yml') }] });
    expect((await repo.plan({ remove: true })).changes).toEqual([]);
    repo.write(repo.path('lefthook-local.toml'), 'output = false\n');
    const { changes, refused } = await repo.plan();
    expect(changes).toEqual([]);
    expect(refused[0]).toMatchObject({
      where: repo.path('lefthook-local.toml'),
      next: expect.stringContaining('brigade-guard:') as string,
    });
  });

  it.each([
    'pre-commit:\n  parallel: true\n',
    '- a\n',
    '{ a: b }\n',
    'a: b\n---\nc: d\n',
    '"pre-push":\n  follow: true\n',
  ])('says what to add where %j stands in it', async (text) => {
    repo.write(repo.path('lefthook.yml'), BASE);
    repo.write(repo.path('lefthook-local.yml'), text);
    const { changes, refused } = await repo.plan();
    expect(changes).toEqual([]);
    expect(refused[0]?.next).toContain('brigade-guard:');
  });
});

it('has nothing to say of a folder without git, and of a bare repository', async () => {
  const { readGitHookFacts } = await import('../../src/adapters/system/git-hook-files.ts');
  expect(await readGitHookFacts(repo.folder, repo.env)).toBeNull();
  const bare = join(repo.folder, 'bare.git');
  repo.git('init', '--quiet', '--bare', bare);
  expect(await readGitHookFacts(bare, repo.env)).toBeNull();
});
