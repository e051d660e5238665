// Commits that no guard let pass, as they are found afterwards in git's own record of a real repository.

import { appendFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditedCommit, auditCommits } from '../../src/app/git/audit-commits.ts';
import type { Committer } from '../../src/app/git/committer.ts';
import type { GuardNotes } from '../../src/ports/guard-notes.ts';
import { type Cook, tokenOf } from '../support/fleet-rig.ts';
import { GitFleet } from '../support/git-fleet.ts';

let git: GitFleet;
let notes: GuardNotes;
let ana: Cook;

beforeEach(async () => {
  git = await GitFleet.open();
  notes = await git.notes();
  ana = await git.seat('ana');
  await git.passes(60);
});
afterEach(() => git.close());

const audit = (newest: Committer | null = null): Promise<readonly AuditedCommit[]> =>
  auditCommits({ git: git.git, notes, fleet: git.fleet, wallMs: () => git.nowMs }, newest);

/** What was found: who did what to whose. */
async function audited(newest: Committer | null = null): Promise<readonly string[]> {
  return (await audit(newest)).map(({ who, what, held }) => {
    const files = held.map(({ change, lease }) => `${change.kind} ${change.path} of ${lease.agentId}`);
    return `${who.replace(/ <.*/, '')} ${what}: ${files.join(', ')}`;
  });
}

const agent = (...cooks: readonly Cook[]): Committer => ({
  kind: 'agent',
  sessions: cooks.map(({ agentId, sessionId }) => ({ agentId, sessionId, client: 'other', clientSession: null })),
  how: 'process',
});

const long = { ttlMs: 3_600_000 };

/** Ana holds src/, and everything that was committed up to now has been looked at. */
async function anaHolds(resource = 'file:@w1/src/'): Promise<number> {
  git.commits({ 'src/a.ts': '1\n', 'src/b.ts': '1\n', 'lib/c.ts': '1\n' }, 'first');
  const token = tokenOf(await ana.acquire(resource, long));
  await git.passes(60);
  await audit();
  return token;
}

describe('a commit past the guards', () => {
  it('is found and noted once, with what it changed of others', async () => {
    const token = await anaHolds();
    const commit = git.commits({ 'src/a.ts': '2\n', 'lib/c.ts': '2\n', 'src/new.ts': '1\n' }, 'in a hurry');
    await git.passes(10);
    const [found, ...more] = await audit();
    expect(more).toEqual([]);
    expect(found).toMatchObject({ commit, what: 'commit: in a hurry' });
    expect(found?.held.map(({ change }) => change)).toEqual([
      { path: 'src/a.ts', kind: 'changed' },
      { path: 'src/new.ts', kind: 'added' },
    ]);
    expect(git.noted).toEqual([
      {
        op: 'note_edits',
        resources: ['file:@w1/src/a.ts', 'file:@w1/src/new.ts'],
        tool: `git commit ${commit.slice(0, 10)} (t)`,
        label: null,
        via: 'git',
        beside: { 'file:@w1/src/a.ts': token, 'file:@w1/src/new.ts': token },
      },
    ]);
    expect(await audited()).toEqual([]);
    expect(git.noted).toHaveLength(1);
  });

  it('is nothing to tell where it changes what nobody else holds', async () => {
    await anaHolds();
    git.commits({ 'lib/c.ts': '2\n' });
    expect(await audited()).toEqual([]);
    git.run('commit', '--quiet', '--allow-empty', '-m', 'nothing');
    expect(await audited()).toEqual([]);
    git.commits({ 'src/a.ts': '2\n' });
    expect(await audited(agent(ana))).toEqual([]);
    expect(git.noted).toEqual([]);
  });

  it('counts for whoever held it in that second, though it has ended since', async () => {
    await anaHolds('file:@w1/src/a.ts');
    git.commits({ 'src/a.ts': '2\n', 'src/b.ts': '2\n' });
    await git.passes(0.5);
    await ana.release('all');
    const bo = await git.seat('bo');
    await bo.acquire('file:@w1/src/b.ts', long);
    await git.passes(30);
    await ana.acquire('file:@w1/src/a.ts', long);
    expect(await audited()).toEqual(['t commit: change: changed src/a.ts of ana, changed src/b.ts of bo']);
  });

  it('is told as that of the agent behind whose commit the guard runs, and of nobody where it may be one of several', async () => {
    await anaHolds();
    const [bo, cleo] = [await git.seat('bo'), await git.seat('cleo')];
    git.commits({ 'src/a.ts': '2\n' });
    git.commits({ 'src/a.ts': '3\n' });
    expect(await audited(agent(bo))).toHaveLength(2);
    // The one before it may be anybody's.
    expect(git.noted.map(({ sessionId }) => sessionId)).toEqual([undefined, bo.sessionId]);
    git.commits({ 'src/a.ts': '4\n' });
    expect(await audited(agent(bo, cleo))).toHaveLength(1);
    expect(git.noted.at(-1)?.sessionId).toBeUndefined();
  });
});

describe('what is no commit past the guards', () => {
  it('is one that a guard let pass, on the same commit and with no other files', async () => {
    await anaHolds();
    const pass = async (...paths: readonly string[]) => {
      const head = git.run('rev-parse', 'HEAD').trim();
      await notes.keepPass({ head, tree: 'tree', paths, at: '', agentId: null });
    };
    await pass('src/a.ts', 'src/b.ts');
    git.commits({ 'src/a.ts': '2\n' });
    expect(await audited()).toEqual([]);
    // That pass was for another commit.
    git.commits({ 'src/a.ts': '3\n' });
    expect(await audited()).toHaveLength(1);
    await pass('src/a.ts');
    git.commits({ 'src/a.ts': '4\n', 'src/b.ts': '4\n' });
    expect(await audited()).toHaveLength(1);
  });

  it('is a move of HEAD that makes none: checkout, reset, a merge that only goes forward', async () => {
    await anaHolds();
    git.run('checkout', '--quiet', '-b', 'side');
    git.commits({ 'src/a.ts': '2\n' });
    expect(await audited()).toHaveLength(1);
    git.run('checkout', '--quiet', 'main');
    git.run('merge', '--quiet', '--ff-only', 'side');
    git.run('reset', '--quiet', '--hard', 'HEAD~1');
    expect(await audited()).toEqual([]);
  });

  it('is what stands before the first guard; save the commit behind which that one runs', async () => {
    expect(await audited()).toEqual([]);
    await ana.acquire('file:@w1/src/', long);
    await git.passes(5);
    git.commits({ 'src/a.ts': '1\n' }, 'long ago');
    git.commits({ 'src/a.ts': '2\n' }, 'just now');
    expect(await audited({ kind: 'person' })).toEqual(['t commit: just now: changed src/a.ts of ana']);
    expect(await audited({ kind: 'person' })).toEqual([]);
  });

  it('is a commit of which git has nothing left', async () => {
    await anaHolds();
    const [gone, head] = ['1'.repeat(40), git.run('rev-parse', 'HEAD').trim()];
    const at = Math.floor(git.nowMs / 1_000);
    appendFileSync(git.repo.path('.git/logs/HEAD'), `${head} ${gone} t <t@example.org> ${at} +0000\tcommit: gone\n`);
    expect(await audited()).toEqual([]);
  });
});

describe('commands of git for which it runs no guard', () => {
  beforeEach(async () => {
    await anaHolds();
    git.run('checkout', '--quiet', '-b', 'side');
    git.commits({ 'src/a.ts': 'side\n' }, 'on the side');
    git.run('checkout', '--quiet', 'main');
    git.commits({ 'lib/c.ts': 'main\n' }, 'on main');
    await audit();
    await git.passes(5);
  });

  it.each([
    ['cherry-pick', ['cherry-pick', 'side']],
    ['rebase', ['rebase', '--quiet', 'main', 'side']],
    ['merge', ['merge', '--quiet', '--no-ff', '--no-verify', '--no-edit', 'side']],
    ['revert', ['revert', '--no-edit', 'side']],
    ['am', ['am', '--quiet', 'side.patch']],
    ['pull', ['pull', '--quiet', '--no-rebase', '--no-ff', '--no-edit', '.', 'side']],
  ])('are found: %s', async (name, command) => {
    if (name === 'revert') {
      git.run('checkout', '--quiet', 'side');
    }
    if (name === 'am') git.put('side.patch', git.run('format-patch', '--stdout', '-1', 'side'));
    git.run(...command);
    const found = await audited();
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('changed src/a.ts of ana');
    expect(found[0]?.startsWith(`t ${name}`)).toBe(true);
  });
});

describe('an audit', () => {
  it('is left to whoever is at it already', async () => {
    await anaHolds();
    git.commits({ 'src/a.ts': '2\n' });
    await notes.alone(async () => expect(await audited()).toEqual([]));
    expect(await audited()).toHaveLength(1);
  });

  it('goes on by the time, where git has forgotten the move that was seen last', async () => {
    await anaHolds();
    git.commits({ 'src/a.ts': '2\n' }, 'seen');
    const atSeconds = Math.floor(git.nowMs / 1_000);
    await notes.keepSeen({ from: null, to: '2'.repeat(40), who: 't <t@example.org>', atSeconds, what: 'commit: x' });
    await git.passes(2);
    git.commits({ 'src/a.ts': '3\n' }, 'not seen');
    expect(await audited()).toEqual(['t commit: not seen: changed src/a.ts of ana']);
  });

  it('looks at fifty moves in one go, and at the rest in the next', async () => {
    await anaHolds();
    const [from, to] = [git.run('rev-parse', 'HEAD').trim(), git.commits({ 'src/a.ts': '2\n' })];
    const at = Math.floor(git.nowMs / 1_000);
    const line = (index: number) =>
      `${from} ${to} t <t@example.org> ${at - 59 + index} +0000\tcommit: number ${index}\n`;
    appendFileSync(git.repo.path('.git/logs/HEAD'), Array.from({ length: 59 }, (_, index) => line(index)).join(''));
    expect(await audited()).toHaveLength(50);
    const rest = await audited();
    expect(rest).toHaveLength(10);
    expect(rest.at(-1)).toContain('number 58');
    expect(await audited()).toEqual([]);
  });

  it('tells what a commit of very many files changed, and nothing of a time of which the log is gone', async () => {
    await anaHolds('file:@w1/many/1200.ts');
    git.commits(Object.fromEntries(Array.from({ length: 1_300 }, (_, index) => [`many/${index}.ts`, '1\n'])));
    await git.passes(5);
    const { fleet } = git;
    const asked: number[] = [];
    const viewAt: typeof fleet.viewAt = (query, moment) => {
      asked.push(query.kind === 'held' ? query.resources.length : 0);
      return fleet.viewAt(query, moment);
    };
    const found = await auditCommits({ git: git.git, notes, fleet: { ...fleet, viewAt }, wallMs: () => git.nowMs });
    expect(found[0]?.held.map(({ change }) => change.path)).toEqual(['many/1200.ts']);
    expect(asked).toEqual([1_000, 300, 1_000, 300]);
    // Dated before the fleet was founded.
    git.put('src/a.ts', 'old\n');
    git.run('add', '--all');
    const date = '1000000000 +0000';
    git.repo.run(['commit', '--quiet', '-m', 'old'], { env: { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date } });
    await ana.acquire('file:@w1/src/', long);
    expect(await audited()).toEqual([]);
  });
});
