// The guard in real repositories, run by git itself: whose commits it refuses, what it says, and what it finds afterwards.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { GuardedScratch } from '../support/guarded-scratch.ts';
import type { Shell } from '../support/shell.ts';

let scratch: GuardedScratch;
let ana: Shell;
let bo: Shell;

beforeEach(() => {
  scratch = new GuardedScratch();
});
afterEach(() => scratch.close());

/** Two agents in their terminals, and a repository with some files. */
async function twoAgents(policy?: unknown): Promise<void> {
  for (const path of ['src/a.ts', 'src/b.ts', 'lib/c.ts', 'lib/grüße und\nmehr.ts']) scratch.put(path, `${path}\n`);
  scratch.git('add', '.');
  scratch.git('commit', '--quiet', '--message=files');
  if (policy !== undefined) scratch.policy(policy);
  await scratch.guard();
  ana = scratch.shell('ana', { BRIGADE_AGENT: 'ana' });
  bo = scratch.shell('bo', { BRIGADE_AGENT: 'bo' });
  await ana.json('acquire', 'task:ana');
  await bo.json('acquire', 'task:bo');
}

const head = () => scratch.git('rev-parse', 'HEAD').trim();
/** Git's record is by the second. */
const nextSecond = () => {
  const second = Math.floor(Date.now() / 1_000);
  return expect.poll(() => Math.floor(Date.now() / 1_000), { interval: 10, timeout: 60_000 }).toBeGreaterThan(second);
};
const commit = (shell: Shell, ...args: string[]) => shell.line(['git commit --quiet -m x', ...args].join(' '));

describe('an agent that commits', () => {
  it('is refused what another one holds, whichever way, and hears who, since when, why and what to do', async () => {
    await twoAgents();
    await ana.json('acquire', 'src/', '--reason', 'sort the imports');
    const before = head();
    scratch.put('src/a.ts', 'changed\n');
    scratch.put('lib/c.ts', 'changed\n');
    scratch.git('rm', '--quiet', 'src/b.ts');
    scratch.git('mv', 'lib/grüße und\nmehr.ts', 'src/grüße und\nmehr.ts');
    scratch.git('add', '.');
    const { code, stderr } = await commit(bo);
    expect(code).toBe(1);
    expect(head()).toBe(before);
    expect(stderr).toMatch(/this commit is refused, because 3 of 5 changed files are held by others:/);
    expect(stderr).toMatch(/src\/a\.ts \(file:src\/\) {2}ana, since \d\d:\d\d \(\w+\): sort the imports/);
    expect(stderr).toContain("git restore --staged -- 'src/a.ts'");
    expect(stderr).not.toContain('no-verify');

    const told = await bo.json('guard', 'pre-commit');
    expect(shapeOf(told)).toEqual(CLI_SHAPES.guardRefused);
    expect(told).toMatchObject({
      verdict: 'refuse',
      by: { kind: 'agent', how: 'process', agents: [{ agentId: 'bo' }] },
      held: [
        { path: 'src/a.ts', change: 'changed', resource: 'file:src/', holder: { agentId: 'ana' } },
        { path: 'src/b.ts', change: 'removed' },
        { path: 'src/grüße und\nmehr.ts', change: 'added' },
      ],
    });

    // The one who holds it may, and what nobody holds may be committed by anybody.
    expect(await commit(ana)).toMatchObject({ code: 0, stderr: '' });
    scratch.put('lib/c.ts', 'again\n');
    expect(await commit(bo, '-a')).toMatchObject({ code: 0, stderr: '' });
    expect(await scratch.edits()).toEqual([]);
  });

  it('is looked at by what it commits: with -a, by path from an index of its own, amended, in a merge', async () => {
    await twoAgents();
    await ana.json('acquire', 'src/a.ts#parse');
    scratch.put('src/a.ts', 'changed\n');
    scratch.put('lib/c.ts', 'changed\n');
    expect((await commit(bo, '-a')).code).toBe(1);
    expect((await commit(bo, '-- src/a.ts')).code).toBe(1);
    // The index has the held file, and this commit does not.
    scratch.git('add', '.');
    expect(await commit(bo, '-- lib/c.ts')).toMatchObject({ code: 0, stderr: '' });
    expect((await commit(bo, '--amend')).code).toBe(1);
    scratch.git('stash', '--quiet');

    scratch.git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
    scratch.put('src/a.ts', 'side\n');
    expect((await commit(ana, '-a')).code).toBe(0);
    scratch.git('checkout', '--quiet', 'main');
    const merged = await bo.line('git merge --no-edit --quiet side');
    expect(merged.code).not.toBe(0);
    expect(merged.stderr).toContain('src/a.ts');
    expect(await ana.line('GIT_EDITOR=true git merge --continue')).toMatchObject({ code: 0 });
    expect(await scratch.edits()).toEqual([]);
  });

  it('is known by the session that it shows, before what is above it', async () => {
    await twoAgents();
    const shown = (await ana.json('acquire', 'src/a.ts')) as { acting: { sessionId: string } };
    const run = await ana.line(
      `${process.execPath} ${process.env.BRIGADE_TEST_BIN ?? join(import.meta.dirname, '../../bin/brigade.js')} run --lock task:x -- sh -c 'echo $BRIGADE_SESSION'`,
    );
    expect(shown.acting.sessionId).not.toBe('');
    scratch.put('src/a.ts', 'changed\n');
    scratch.git('add', '.');
    const told = await bo.line(
      `BRIGADE_SESSION=${run.stdout.trim()} ${process.execPath} ${process.env.BRIGADE_TEST_BIN ?? join(import.meta.dirname, '../../bin/brigade.js')} guard pre-commit --json`,
    );
    // That session has ended with its run: it is nobody's any more, and the terminal counts.
    expect(JSON.parse(told.stdout)).toMatchObject({ by: { how: 'process', agents: [{ agentId: 'bo' }] } });
  });

  it('is held apart by worktree, and not where a lock is of all worktrees', async () => {
    await twoAgents();
    const tree = join(scratch.folder, 'other tree');
    scratch.git('worktree', 'add', '--quiet', '-b', 'other', tree);
    await ana.json('acquire', 'src/a.ts');
    const inTree = (...args: string[]) => bo.line(`git -C '${tree}' ${args.join(' ')}`);
    scratch.put('src/a.ts', 'theirs\n', tree);
    expect(await inTree('commit --quiet -a -m x')).toMatchObject({ code: 0, stderr: '' });
    await ana.json('acquire', 'repo:src/b.ts');
    scratch.put('src/b.ts', 'theirs\n', tree);
    expect((await inTree('commit --quiet -a -m x')).code).toBe(1);
    // Without a branch too.
    await inTree('checkout --quiet --detach');
    expect((await inTree('commit --quiet -a -m x')).code).toBe(1);
  });

  it('may not commit what is in the folder of the fleet', async () => {
    await twoAgents();
    scratch.policy({});
    scratch.git('add', '--force', '.brigade/policy.json');
    const { code, stderr } = await commit(bo);
    expect(code).toBe(1);
    expect(stderr).toContain('.brigade/policy.json lies in the folder of the fleet');
    expect(await scratch.person(['commit', '-m', 'x'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('.brigade/') as string,
    });
  });

  it('goes ahead where the policy only warns, and it is noted', async () => {
    await twoAgents({ hooks: { git: { onHeld: 'warn', trailers: true } } });
    await ana.json('acquire', 'src/a.ts');
    scratch.put('src/a.ts', 'changed\n');
    const { code, stderr } = await commit(bo, '-a');
    expect(code).toBe(0);
    expect(stderr).toContain('hooks.git.onHeld: warn');
    expect(await scratch.edits()).toMatchObject([{ agentId: 'bo', via: 'git', tool: 'git commit' }]);
    expect(scratch.git('log', '-1', '--format=%B')).toContain('Brigade-Agent: bo');
  });
});

describe('a person who commits', () => {
  it('is warned, and the holder is told', async () => {
    await twoAgents();
    await ana.json('acquire', 'src/a.ts');
    scratch.put('src/a.ts', 'changed\n');
    const { code, stderr } = await scratch.person(['commit', '-a', '-m', 'x']);
    expect(code).toBe(0);
    expect(stderr).toContain('held by agents');
    const [edit] = await scratch.edits();
    expect(edit).toMatchObject({ via: 'git', tool: 'git commit', beside: expect.any(Number) as number });
    expect(edit).not.toHaveProperty('agentId');
    const alerts = await scratch.brigade(['alerts', '--json']);
    expect(alerts.stdout).toContain('lease_bypassed');
    expect(JSON.stringify(await ana.json('acquire', 'task:next'))).toContain('read it again before you go on');
    // It was seen by a guard, so nothing is found afterwards.
    await scratch.person(['commit', '--allow-empty', '-m', 'y']);
    expect(await scratch.edits()).toHaveLength(1);
  });

  it('is refused by policy', async () => {
    await twoAgents({ hooks: { git: { onPerson: 'refuse' } } });
    await ana.json('acquire', 'src/a.ts');
    scratch.put('src/a.ts', 'changed\n');
    const { code, stderr } = await scratch.person(['commit', '-a', '-m', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('hooks.git.onPerson');
  });
});

describe('a commit that no guard let pass', () => {
  it('is noted at once, with who made it, and once', async () => {
    await twoAgents();
    scratch.put('lib/c.ts', 'with the guard\n');
    expect((await commit(bo, '-a')).code).toBe(0);
    await ana.json('acquire', 'src/a.ts');
    scratch.put('src/a.ts', 'changed\n');
    scratch.put('lib/c.ts', 'changed\n');
    const { code, stderr } = await commit(bo, '-a --no-verify');
    expect(code).toBe(0);
    expect(stderr).toContain('no guard saw');
    const edits = await scratch.edits();
    expect(edits).toMatchObject([{ agentId: 'bo', via: 'git', tool: `git commit ${head().slice(0, 10)} (Kim)` }]);
    expect(edits[0]?.resource).toMatch(/src\/a\.ts$/);
    scratch.put('lib/c.ts', 'again\n');
    await Promise.all([bo.line('git commit -a --quiet -m y'), scratch.brigade(['guard', 'post-commit'])]);
    expect(await scratch.edits()).toHaveLength(1);
  });

  it('is noted by the next guard where nothing runs behind a commit, as it was then', async () => {
    await twoAgents();
    scratch.git('config', 'core.hooksPath', '/dev/null');
    const { leases } = (await ana.json('acquire', 'src/a.ts')) as { leases: { token: number }[] };
    scratch.put('src/a.ts', 'changed\n');
    await nextSecond();
    await bo.line('git commit -a --quiet -m x');
    // Its own commit without a guard is nobody's business; that it was its own, nobody can know.
    scratch.put('src/a.ts', 'changed again\n');
    await ana.line('git commit -a --quiet -m y');
    await ana.brigade('release', '--all');
    scratch.git('config', '--unset', 'core.hooksPath');
    const { stdout } = await scratch.brigade(['guard', 'post-commit', '--json']);
    expect(shapeOf(JSON.parse(stdout))).toEqual(CLI_SHAPES.guardAudited);
    const edits = await scratch.edits();
    expect(edits.map(({ beside }) => beside)).toEqual(edits.map(() => leases[0]?.token));
  });

  it('is found in a rebase and a cherry-pick too, and not in a checkout, a reset or a fast-forward', async () => {
    await twoAgents();
    scratch.git('checkout', '--quiet', '-b', 'side');
    scratch.put('src/a.ts', 'side\n');
    await commit(bo, '-a');
    scratch.git('checkout', '--quiet', 'main');
    scratch.put('lib/c.ts', 'main\n');
    await commit(bo, '-a');
    await ana.json('acquire', 'src/a.ts');
    scratch.git('checkout', '--quiet', 'side');
    scratch.git('reset', '--quiet', '--hard', 'HEAD~1');
    scratch.git('merge', '--quiet', '--ff-only', 'side@{1}');
    await scratch.brigade(['guard', 'post-commit']);
    expect(await scratch.edits()).toEqual([]);
    expect(await bo.line('git rebase --quiet main')).toMatchObject({ code: 0 });
    await scratch.brigade(['guard', 'post-commit']);
    expect(await scratch.edits()).toHaveLength(1);
    scratch.git('checkout', '--quiet', 'main');
    await bo.line('git cherry-pick side');
    await scratch.brigade(['guard', 'post-commit']);
    expect(await scratch.edits()).toHaveLength(2);
  });
});

describe('a fleet that cannot be asked', () => {
  const NOWHERE = { BRIGADE_STORE: 'redis://127.0.0.1:1' };

  it('holds no commit up, and it is said that nothing was checked', async () => {
    await twoAgents();
    scratch.put('src/a.ts', 'changed\n');
    const began = performance.now();
    const { code, stderr } = await scratch.person(['commit', '-a', '-m', 'x'], { env: NOWHERE });
    expect(code).toBe(0);
    expect(stderr).toContain('Nothing was checked, and it goes ahead');
    expect(performance.now() - began).toBeLessThan(45_000);
  });

  it('refuses it where the policy said so while it could be asked, or the call says so', async () => {
    await twoAgents({ hooks: { onFault: 'closed' } });
    scratch.put('src/a.ts', 'changed\n');
    await scratch.person(['commit', '-a', '-m', 'x']);
    scratch.put('src/a.ts', 'changed again\n');
    const { code, stderr } = await scratch.person(['commit', '-a', '-m', 'y'], { env: NOWHERE });
    expect(code).toBe(1);
    expect(stderr).toContain('it is refused (policy hooks.onFault: closed)');
    expect(await scratch.brigade(['guard', 'pre-commit', '--fail', 'open'], { env: NOWHERE })).toMatchObject({
      code: 0,
    });
    const refused = await scratch.brigade(['guard', 'pre-commit', '--fail', 'closed', '--json'], { env: NOWHERE });
    expect(refused.code).toBe(8);
    expect(shapeOf(JSON.parse(refused.stdout))).toEqual(CLI_SHAPES.guardFault);
  });
});

describe('repositories of every kind', () => {
  it('without a fleet: nothing is asked and nothing is made', async () => {
    await scratch.guard();
    scratch.put('a', 'a\n');
    scratch.git('add', '.');
    expect(await scratch.person(['commit', '--quiet', '-m', 'x'])).toMatchObject({ code: 0, stderr: '' });
    expect(scratch.git('status', '--porcelain', '--ignored')).toBe('');
  });

  it('without a commit', async () => {
    await twoAgents();
    scratch.git('checkout', '--quiet', '--orphan', 'fresh');
    await ana.json('acquire', 'src/a.ts');
    expect((await commit(bo)).code).toBe(1);
    expect((await commit(ana)).code).toBe(0);
  });

  it('within another: a submodule has a fleet of its own, and its commit is a change of one name above it', async () => {
    await twoAgents();
    const inner = join(scratch.folder, 'inner');
    mkdirSync(inner);
    scratch.git('init', '--quiet', inner);
    scratch.git('-C', inner, 'commit', '--quiet', '--allow-empty', '-m', 'x');
    scratch.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'vendor/inner');
    expect((await commit(bo)).code).toBe(0);
    await ana.json('acquire', 'vendor/');
    scratch.git('-C', join(scratch.root, 'vendor/inner'), 'commit', '--quiet', '--allow-empty', '-m', 'y');
    expect((await commit(bo, '-a')).code).toBe(1);
  });
});

describe('what is written into the message of a commit', () => {
  it('is the agent and its leases, once, and nothing where nobody wrote a message', async () => {
    await twoAgents({ hooks: { git: { trailers: true } } });
    const { leases } = (await bo.json('acquire', 'src/a.ts')) as { leases: { token: number }[] };
    scratch.put('src/a.ts', 'changed\n');
    await commit(bo, '-a');
    const message = `x\n\nBrigade-Agent: bo\nBrigade-Lease: file:src/a.ts=${leases[0]?.token}\n`;
    expect(scratch.git('log', '-1', '--format=%B').trim()).toBe(message.trim());
    await bo.line('git commit --quiet --amend --no-edit');
    expect(scratch.git('log', '-1', '--format=%B').trim()).toBe(message.trim());
    const before = head();
    expect((await bo.line('GIT_EDITOR=true git commit --quiet --allow-empty')).code).toBe(1);
    expect(head()).toBe(before);
    await scratch.person(['commit', '--allow-empty', '-m', 'mine']);
    expect(scratch.git('log', '-1', '--format=%B').trim()).toBe('mine');
  });
});

describe('a push', () => {
  it.each([
    { push: false, code: 0, says: '' },
    { push: true, code: 1, says: 'this push is refused, because 1 of 1 changed file is held by others' },
  ])('is looked at by policy alone, and only what it brings: $push', async ({ push, code, says }) => {
    await twoAgents({ hooks: { git: { push } } });
    const remote = join(scratch.folder, 'remote.git');
    scratch.git('init', '--quiet', '--bare', remote);
    scratch.git('remote', 'add', 'origin', remote);
    expect(await bo.line('git push --quiet origin main')).toMatchObject({ code: 0, stderr: '' });
    scratch.put('src/a.ts', 'changed\n');
    await commit(bo, '-a');
    await ana.json('acquire', 'src/b.ts');
    await ana.json('acquire', 'src/a.ts');
    const pushed = await bo.line('git push --quiet origin main');
    expect(pushed).toMatchObject({ code, stderr: expect.stringContaining(says) as string });
    expect((await ana.line('git push --quiet origin main')).code).toBe(0);
  });
});
