// `brigade guard watch` on real files: what it tells of, what it takes for the holder's own, and what it leaves to others.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as compose from '../../src/compose.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { GuardedScratch } from '../support/guarded-scratch.ts';
import type { Shell } from '../support/shell.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: GuardedScratch;
let ana: Shell;
let session: string;
let watching: ChildProcessWithoutNullStreams | null = null;

beforeEach(() => {
  scratch = new GuardedScratch();
});
afterEach(async () => {
  watching?.kill('SIGKILL');
  watching = null;
  await scratch.close();
});

/** Ana holds src/, and her client tells of edits. */
async function anaWithHooks(policy?: unknown): Promise<void> {
  for (const path of ['src/a.ts', 'src/b.ts', 'lib/c.ts']) scratch.put(path, 'first\n');
  scratch.put('.gitignore', 'build/\n');
  scratch.git('add', '.');
  scratch.git('commit', '--quiet', '-m', 'files');
  if (policy !== undefined) scratch.policy(policy);
  ana = scratch.shell('ana', { BRIGADE_AGENT: 'ana' });
  const { acting } = (await ana.json('acquire', 'src/', '--ttl', '1h')) as { acting: { sessionId: string } };
  session = acting.sessionId;
  await told('lib/c.ts');
}

/** What the hook of a client tells after an edit. */
async function told(path: string): Promise<void> {
  const env = { ...process.env, ...scratch.env };
  const host = await compose.prepareHost({ flags: {}, env, folder: scratch.root, stays: false });
  const fleet = await compose.openFleet(host);
  try {
    const { id } = await fleet.worktree();
    const edit = {
      resources: [`file:@${id}/${path}`],
      tool: 'Edit',
      label: null,
      via: 'hook',
      sessionId: session,
    } as const;
    const by = { kind: 'system', name: 'test' } as const;
    await fleet.coordinator.submit({
      op: 'note_edits',
      ...edit,
      by,
      requestId: compose.ids.newId('req'),
      bodyHash: '',
    });
  } finally {
    await fleet.close();
  }
}

const once = () => scratch.brigade(['guard', 'watch', '--once', '--json']);
const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a look', () => {
  it('tells of a change that the client of the holder told nothing of, once, and notes it', async () => {
    await anaWithHooks();
    scratch.put('src/a.ts', 'somebody else\n');
    scratch.put('lib/c.ts', 'nobody holds this\n');
    const { code, stdout } = await once();
    expect(code).toBe(1);
    expect(shapeOf(lines(stdout)[0])).toEqual(CLI_SHAPES.guardWatched);
    expect(lines(stdout)).toMatchObject([
      { kind: 'edit', found: 'unexplained', path: 'src/a.ts', resource: 'file:src/', holder: { agentId: 'ana' } },
    ]);
    const [edit, ...others] = (await scratch.edits()).filter(({ via }) => via === 'watch');
    expect(others).toEqual([]);
    expect(edit).toMatchObject({ tool: 'an unknown program', beside: expect.any(Number) as number });
    expect((await scratch.brigade(['alerts', '--json'])).stdout).not.toContain('lease_bypassed');
    expect(await once()).toMatchObject({ code: 0, stdout: '' });
    const shown = await scratch.brigade(['blame-agent', 'src/a.ts']);
    expect(shown.stdout).toMatch(/not known +edited +an unknown program; seen by guard watch; beside lease \d+/);
  });

  it("takes for the holder's what its client told of, and what it may have done where it tells of nothing", async () => {
    await anaWithHooks();
    scratch.put('src/a.ts', 'ana\n');
    await told('src/a.ts');
    const bo = scratch.shell('bo', { BRIGADE_AGENT: 'bo' });
    await bo.json('acquire', 'lib/c.ts');
    scratch.put('lib/c.ts', 'bo, or somebody\n');
    expect(await once()).toMatchObject({ code: 0, stdout: '' });
  });

  it('finds a commit that no guard saw', async () => {
    await anaWithHooks();
    await once();
    scratch.put('src/a.ts', 'kim\n');
    scratch.git('commit', '--quiet', '-a', '-m', 'past the guard');
    const found = lines((await once()).stdout);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['commit', 'edit']));
  });

  it('is refused where there is no repository', async () => {
    const { code, stderr } = await scratch.brigade(['guard', 'watch', '--once', '--root', scratch.home]);
    expect(code).toBe(2);
    expect(stderr).toContain('in no git repository');
  });
});

describe('a watch', () => {
  it('tells of each change as it comes, of no ignored file, and ends when it is asked to', async () => {
    await anaWithHooks({ hooks: { git: { watch: 'alert' } } });
    watching = spawn(process.execPath, [brigadeBin, 'guard', 'watch', '--json'], {
      cwd: scratch.root,
      env: { PATH: process.env.PATH ?? '', ...scratch.env },
    });
    let out = '';
    watching.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const found = () =>
      lines(out).map(({ path, change, found: how }) => `${String(change)} ${String(path)} ${String(how)}`);
    // It is at work as soon as it has told of something.
    scratch.put('src/a.ts', 'one\n');
    await waitUntil('the first change is told', () => found().length === 1);
    scratch.put('src/build/out.js', 'ignored\n');
    scratch.put('src/made here.ts', 'new\n');
    rmSync(join(scratch.root, 'src/b.ts'));
    await waitUntil('two more are told', () => found().length === 3);
    expect(found().toSorted()).toEqual([
      'changed src/a.ts unexplained',
      'changed src/made here.ts unexplained',
      'removed src/b.ts unexplained',
    ]);
    // Put there from elsewhere with its old time.
    renameSync(join(scratch.root, 'lib/c.ts'), join(scratch.root, 'src/a.ts'));
    await waitUntil('the fourth is told', () => found().length === 4);
    expect((await scratch.brigade(['alerts', '--json'])).stdout).toContain('lease_bypassed');
    const ended = new Promise((resolve) => watching?.once('exit', resolve));
    watching.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});
