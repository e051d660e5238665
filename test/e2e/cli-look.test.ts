// Looking at a fleet: the shapes that scripts rely on, what a person sees, and that looking changes nothing.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';
import { waitUntil } from '../support/wait-until.ts';

const LOOKING = [
  'status',
  'locks',
  'agents',
  'waits',
  'ps',
  'config',
  'doctor',
  'watch --once',
  'locks src/a.ts',
  'agents --all',
];

async function headOf(scratch: Scratch): Promise<string> {
  const { stdout } = await scratch.brigade(['doctor', '--json']);
  return JSON.stringify((JSON.parse(stdout) as { head: unknown }).head);
}

describe('an empty folder', () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = new Scratch();
  });
  afterAll(() => scratch.close());

  it.each([
    ['status', 'Nobody is here.'],
    ['locks', 'Nobody holds anything.'],
    ['agents', 'No agent is here.'],
    ['waits', 'Nobody waits.'],
    ['ps', 'No Brigade process is at work in this fleet.'],
  ])('is explained by `brigade %s`, which makes nothing there', async (command, says) => {
    const { code, stdout, stderr } = await scratch.brigade([command]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(says);
    expect(stdout).toMatch(/`brigade \w+/);
    expect(existsSync(join(scratch.root, '.brigade'))).toBe(false);
  });
});

describe('a fleet at work', () => {
  let scratch: Scratch;
  let ana: McpAgent;
  let bo: McpAgent;

  beforeAll(async () => {
    scratch = new Scratch();
    ana = await scratch.agent();
    bo = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    await bo.call('register', { id: 'bo' });
    await ana.call('acquire_lock', { resources: ['src/a.ts'], reason: 'moves the rule', ttlMs: 600_000 });
    await bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 10, ttlMs: 600_000 });
  });
  afterAll(() => scratch.close());

  it.each(['status', 'locks', 'agents', 'waits', 'ps', 'config'] as const)(
    'has a pinned JSON document of `%s`',
    async (command) => {
      const { code, stdout, stderr } = await scratch.brigade([command, '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.match(/\n/g)).toHaveLength(1);
      expect(shapeOf(JSON.parse(stdout))).toEqual(CLI_SHAPES[command]);
    },
  );

  it('takes the flags of every command also before its name', async () => {
    const { stdout } = await scratch.brigade(['--json', '--root', scratch.root, 'locks'], { cwd: scratch.home });
    expect(JSON.parse(stdout)).toMatchObject({ total: 1 });
  });

  it('shows who holds what, who is next and how long it lasts', async () => {
    const { stdout } = await scratch.brigade(['locks']);
    expect(stdout).toMatch(/^RESOURCE +HOLDER +TOKEN +HELD +IDLE +LEFT +NEXT +FENCE +REASON\n/);
    expect(stdout).toMatch(
      /\nfile:src\/a\.ts +ana +\d+ +\d+s +\d+s +12m\d\ds +bo \(away\) +advisory +moves the rule\n$/,
    );
    expect((await scratch.brigade(['locks', '--holder', 'bo'])).stdout).toBe('No lock like that is held.\n');
    expect((await scratch.brigade(['locks', 'src/'])).stdout).toContain('file:src/a.ts');
    expect((await scratch.brigade(['locks', './src/../src/a.ts'])).stdout).toContain('file:src/a.ts');
  });

  it('fits a terminal of 80 and of 50 columns, in colour unless NO_COLOR says otherwise', async () => {
    for (const columns of [80, 50]) {
      for (const command of ['status', 'locks', 'agents', 'waits', 'ps']) {
        const { shown } = await atTerminal(scratch, [command], { columns });
        expect(shown).toContain('\u001b[');
        for (const line of shown.split('\n')) {
          expect(Array.from(stripVTControlCharacters(line)).length, `${command}: ${line}`).toBeLessThanOrEqual(columns);
        }
      }
    }
    const plain = await atTerminal(scratch, ['locks'], { env: { NO_COLOR: '1' } });
    expect(plain.shown).not.toContain('\u001b[');
  });

  it('is looked at without a trace: no session, no event, the same head', async () => {
    const before = await headOf(scratch);
    for (const command of LOOKING) {
      expect(await scratch.brigade(command.split(' '))).toMatchObject({ code: 0 });
      expect(await scratch.brigade([...command.split(' '), '--json'])).toMatchObject({ code: 0 });
    }
    expect(await headOf(scratch)).toBe(before);
    const { stdout } = await scratch.brigade(['agents', '--all', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ total: 2 });
  });

  it('is told as sentences, or as facts with the hash of their batch', async () => {
    const told = await scratch.brigade(['watch', '--once']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^ +1 {2}\d\d:\d\d:\d\d {2}The fleet \S+ was founded\n/);
    expect(told.stdout).toMatch(/ ana was granted file:src\/a\.ts \(exclusive, token \d+\): "moves the rule"\n/);
    const events = await scratch.events();
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
    const granted = events.find((event) => event.type === 'lease.granted');
    expect(shapeOf(granted)).toEqual(CLI_SHAPES.grantedEvent);
    const { stdout } = await scratch.brigade(['watch', '--json', '--once', '--from', String(granted?.seq)]);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual(granted);
  });

  it('ends quietly when nobody reads any more', async () => {
    const shell = new Shell(scratch, 'pipe');
    const { stdout, stderr } = await shell.line(`{ ${process.execPath} ${brigadeBin} watch --once | head -1; }`);
    await shell.close();
    expect({ lines: stdout.split('\n').length, stderr }).toEqual({ lines: 2, stderr: '' });
  });
});

describe('watching', () => {
  let scratch: Scratch;
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await scratch.close();
  });

  /** Starts `brigade ARGS`, which goes on; what it has said so far, and how it ends. */
  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [brigadeBin, ...args], {
      cwd: scratch.root,
      env: { PATH: process.env.PATH ?? '', ...scratch.env },
    });
    children.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      said.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.err += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    return { child, said, ended };
  }

  it('tells what happens while it happens, and ends cleanly', async () => {
    scratch = new Scratch();
    const shell = new Shell(scratch, 'one');
    await shell.brigade('acquire', 'task:a');
    const { child, said, ended } = start('watch');
    await waitUntil('it watches', () => said.err.includes('Watching from number'));
    await shell.brigade('acquire', 'task:b');
    await waitUntil('it told', () => said.out.includes('was granted task:b'));
    expect(said.out).not.toContain('task:a');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await shell.close();
  });

  it('sees a log come that was not there when it began', async () => {
    scratch = new Scratch();
    const { child, said, ended } = start('watch');
    await waitUntil('it watches', () => said.err.includes('Watching from number'));
    await scratch.brigade(['acquire', 'task:a']);
    await waitUntil('it told', () => said.out.includes('was granted task:a'));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('survives the loss of the log, and says so', async () => {
    scratch = new Scratch();
    const shell = new Shell(scratch, 'one');
    await shell.brigade('acquire', 'task:a');
    const { child, said, ended } = start('watch');
    await waitUntil('it watches', () => said.err.includes('Watching from number'));
    rmSync(join(scratch.root, '.brigade'), { recursive: true });
    await waitUntil('it tells the loss', () => said.out.includes('a new epoch goes on from what was known'), {
      withinMs: 20_000,
    });
    await shell.brigade('release', '--all');
    await waitUntil('it goes on', () => said.out.includes('released task:a'));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await shell.close();
  });

  it.each(['status', 'locks', 'waits', 'agents'])('shows `%s` again after each change', async (command) => {
    scratch = new Scratch();
    const shell = new Shell(scratch, 'one');
    await shell.brigade('acquire', 'task:a');
    const { child, said, ended } = start(command, '--watch', '--json');
    await waitUntil('the first', () => said.out.endsWith('\n'));
    await shell.brigade('acquire', 'task:b');
    const lines = await waitUntil('the second', () => {
      const found = said.out.trimEnd().split('\n');
      return found.length > 1 ? found : null;
    });
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await shell.close();
  });
});
