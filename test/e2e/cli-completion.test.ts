// Tab in real shells: what they make of commands, options, agents and locks; that a name which an agent chose is never run; and
// that nothing is said where there is no fleet.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brigadeBin } from '../support/brigade-bin.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { TypedLine } from '../support/typed-line.ts';

function expectInstalled(shell: string): void {
  if (spawnSync(shell, ['--version'], { stdio: 'ignore' }).status === 0) return;
  throw new Error(`This test needs ${shell}. Run \`apt-get update && apt-get install -y ${shell}\` as root.`);
}

let scratch: Scratch;
let path: string;
let ana: McpAgent;
let token: number | undefined;

beforeAll(async () => {
  scratch = new Scratch();
  path = join(scratch.folder, 'bin');
  mkdirSync(path);
  writeFileSync(join(path, 'brigade'), `#!/bin/sh\nexec '${process.execPath}' '${brigadeBin}' "$@"\n`);
  chmodSync(join(path, 'brigade'), 0o755);
  scratch.write('notes/plan one.md', '');
  ana = await scratch.agent();
  await ana.call('register', { id: 'ana' });
  ({ token } = await ana.acquire('src/a.ts'));
  // Where a shell evaluated it, it would make this file.
  await ana.call('acquire_lock', { resources: ['zz:$(touch evaluated)`touch evaluated`'] });
});
afterAll(() => scratch.close());

const notEvaluated = (): void => expect(existsSync(join(scratch.root, 'evaluated'))).toBe(false);

describe('bash', () => {
  let line: TypedLine;
  beforeAll(async () => {
    line = await TypedLine.start('bash', scratch, { path, setUp: ['source <(brigade completion bash)'] });
  });
  afterAll(() => line.close());

  it.each([
    ['brigade rev\t', 'brigade revoke '],
    ['brigade alerts si\t', 'brigade alerts silence '],
    ['brigade locks --wai\t', 'brigade locks --waiting '],
    ['brigade locks --holder an\t', 'brigade locks --holder ana '],
    ['brigade locks --holder=an\t', 'brigade locks --holder=ana '],
    ['brigade revoke sr\t', 'brigade revoke src/a.ts '],
    ['brigade revoke file:s\t', 'brigade revoke file:src/a.ts '],
    ['brigade acquire notes/pl\t', 'brigade acquire notes/plan\\ one.md '],
    ['brigade run --lock "notes/pl\t', 'brigade run --lock "notes/plan one.md" '],
    ['FOO=1 brigade init --fail cl\t', 'FOO=1 brigade init --fail closed '],
  ])('%j becomes %j', async (typed, expected) => {
    expect((await line.after(typed)).line).toBe(expected);
  });

  it('gives a lock with its token, through the colons and equal signs at which bash cuts words', async () => {
    expect((await line.after('brigade release src/a.ts=\t')).line).toBe(`brigade release src/a.ts=${token} `);
    expect((await line.after('brigade release file:src/\t')).line).toBe(`brigade release file:src/a.ts=${token} `);
  });

  it('shows the choice, all of it', async () => {
    expect((await line.after('brigade policy \u001bX')).line.trim().split(' ')).toEqual([
      'brigade',
      'policy',
      'apply',
      'check',
      'explain',
      'show',
    ]);
  });

  it('quotes what an agent called a lock, and does not run it', async () => {
    const { line: completed } = await line.after('brigade revoke zz\t');
    expect(completed).toContain(String.raw`zz:\$\(touch\ evaluated\)\`touch\ evaluated\``);
    notEvaluated();
  });
});

describe('zsh', () => {
  let line: TypedLine;
  beforeAll(async () => {
    expectInstalled('zsh');
    line = await TypedLine.start('zsh', scratch, { path, setUp: ['source <(brigade completion zsh)'] });
  });
  afterAll(() => line.close());

  it.each([
    ['brigade rev\t', 'brigade revoke '],
    ['brigade locks --holder an\t', 'brigade locks --holder ana '],
    ['brigade locks --holder=an\t', 'brigade locks --holder=ana '],
    ['brigade revoke file:s\t', 'brigade revoke file:src/a.ts '],
    ['brigade acquire notes/pl\t', 'brigade acquire notes/plan\\ one.md '],
  ])('%j becomes %j', async (typed, expected) => {
    expect((await line.after(typed)).line).toBe(expected);
  });

  it('shows what each is, and a lock with its token', async () => {
    expect((await line.after('brigade alerts \t')).shown).toMatch(/silence\s+-- hear nothing of its cause/);
    expect((await line.after('brigade release src/a.ts=\t')).line).toBe(`brigade release src/a.ts=${token} `);
  });

  it('quotes what an agent called a lock, and does not run it', async () => {
    expect((await line.after('brigade revoke zz\t')).line).toContain(String.raw`zz:\$\(touch\ evaluated\)`);
    notEvaluated();
  });
});

describe('fish', () => {
  beforeAll(() => expectInstalled('fish'));
  const completed = (typed: string): readonly string[] => {
    const script = `brigade completion fish | source; complete -C ${JSON.stringify(typed)}`;
    const env = { ...scratch.env, PATH: `${path}:${process.env.PATH ?? ''}` };
    const text = execFileSync('fish', ['--no-config', '-c', script], { cwd: scratch.root, env, encoding: 'utf8' });
    return text.split('\n').filter((each) => each !== '');
  };

  it.each([
    ['brigade rev', ['revoke\tTake a lock back, with a reason']],
    ['brigade locks --holder an', ['ana\tcli, active']],
    ['brigade locks --holder=an', ['--holder=ana\tcli, active']],
    ['brigade revoke file:s', ['file:src/a.ts']],
    ['brigade acquire notes/pl', ['notes/plan one.md']],
  ])('%j: %j', (typed, expected) => {
    const values = completed(typed).map((each) => each.split('\t')[0]);
    expect(values).toEqual(expected.map((each) => each.split('\t')[0]));
  });

  it('shows what each is, and a lock with its token; a name is not run', () => {
    expect(completed('brigade alerts sil')).toEqual(['silence\thear nothing of its cause for a while']);
    expect(completed('brigade release src/a')[0]).toMatch(new RegExp(`^src/a\\.ts=${token}\tana, for `));
    expect(completed('brigade revoke zz')[0]).toMatch(/^zz:\$\(touch evaluated\)/);
    notEvaluated();
  });
});

describe('where there is no fleet', () => {
  it.each([
    [['pause', ''], {}],
    [['locks', '--root', '/', '--holder', ''], {}],
    [['locks', '--store', 'redis://127.0.0.1:1', ''], {}],
    [['locks', ''], { BRIGADE_STORE: 'nonsense' }],
  ])('%j with %j: nothing is said, and nothing made', async (words, env) => {
    const empty = new Scratch();
    try {
      const answer = await empty.brigade(['__complete', 'bash', ...words], { env });
      expect(answer).toEqual({ code: 0, stdout: 'nothing\n', stderr: '' });
      expect(existsSync(join(empty.root, '.brigade'))).toBe(false);
      expect((await empty.brigade(['__complete', 'bash', 'lo'], { env })).stdout).toMatch(/^nothing\nlocks\t/);
    } finally {
      await empty.close();
    }
  });
});
