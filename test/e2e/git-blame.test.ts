// Which agent held and changed a file: from the log and from git, under every name that it had.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { GuardedScratch } from '../support/guarded-scratch.ts';

let scratch: GuardedScratch;

beforeEach(() => {
  scratch = new GuardedScratch();
});
afterEach(() => scratch.close());

interface Blamed {
  readonly path: string;
  readonly names: readonly string[];
  readonly holds: readonly Record<string, unknown>[];
  readonly edits: readonly Record<string, unknown>[];
  readonly commits: readonly Record<string, unknown>[];
}

async function blame(...args: readonly string[]): Promise<Blamed> {
  const { stdout, stderr } = await scratch.brigade(['blame-agent', ...args, '--json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Blamed;
}

describe('blame-agent', () => {
  it('tells leases, edits and commits of a file that was renamed, to a program and to a person', async () => {
    scratch.put('src/old name.ts', 'one\ntwo\nthree\n');
    scratch.git('add', '.');
    scratch.git('commit', '--quiet', '-m', 'first');
    scratch.policy({ hooks: { git: { trailers: true } } });
    await scratch.guard();
    const ana = scratch.shell('ana', { BRIGADE_AGENT: 'ana' });
    await ana.json('acquire', 'src/', '--reason', 'tidy up');
    scratch.git('mv', 'src/old name.ts', 'src/new.ts');
    await ana.line("git commit --quiet -m 'Rename | it'");
    await ana.brigade('release', '--all');
    const bo = scratch.shell('bo', { BRIGADE_AGENT: 'bo' });
    await bo.json('acquire', 'src/new.ts');
    scratch.put('src/new.ts', 'one\ntwo\n');
    await scratch.person(['commit', '--quiet', '-a', '-m', 'Shorten it']);

    const told = await blame('src/new.ts');
    expect(shapeOf(told)).toEqual(CLI_SHAPES.blame);
    expect(told).toMatchObject({
      path: 'src/new.ts',
      names: ['src/new.ts', 'src/old name.ts'],
      holds: [
        { agentId: 'ana', resource: 'file:src/', reason: 'tidy up', end: { how: 'released' }, isHeld: false },
        { agentId: 'bo', resource: 'file:src/new.ts', end: null, isHeld: true },
      ],
      edits: [{ agentId: null, via: 'git', tool: 'git commit' }],
      commits: [
        { subject: 'Shorten it', agents: [], change: 'changed' },
        { subject: 'Rename | it', agents: ['ana'], change: 'renamed', renamedFrom: 'src/old name.ts' },
        { subject: 'first', change: 'added', path: 'src/old name.ts' },
      ],
    });
    expect(told.commits[1]?.leases).toEqual([expect.stringMatching(/^file:src\/=\d+$/)]);

    const { stdout } = await scratch.brigade(['blame-agent', 'src/new.ts']);
    expect(stdout).toContain('src/new.ts  earlier src/old name.ts');
    expect(stdout).toMatch(/ana +held +file:src\/ exclusive \d+; \w+, released; tidy up/);
    expect(stdout).toMatch(/not known +edited +git commit; seen in git; beside lease \d+/);
    expect(stdout).toMatch(/Kim +committed +\w{10} Shorten it/);

    expect(await blame('src/new.ts', '--since', '1h')).toMatchObject({ holds: { length: 2 }, commits: { length: 3 } });
    expect(await blame('src/new.ts', '--until', '1h')).toMatchObject({ holds: [], edits: [], commits: [] });
  });

  it('says that nothing is known, and what is no file', async () => {
    const { code, stdout } = await scratch.brigade(['blame-agent', 'never/was.ts']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing is known of never/was.ts');
    expect(await blame('never/was.ts')).toEqual({
      path: 'never/was.ts',
      names: ['never/was.ts'],
      holds: [],
      edits: [],
      commits: [],
      cutOff: null,
    });
    expect(await scratch.brigade(['blame-agent', '.'])).toMatchObject({ code: 2 });
    expect(await scratch.brigade(['blame-agent', '../outside'])).toMatchObject({ code: 2 });
    expect((await scratch.brigade(['blame-agent', 'a', '--since', 'nonsense'])).code).toBe(2);
  });
});
