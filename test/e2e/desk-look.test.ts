// The desk as a person sees it: who is at it, who is not, and what `doctor` says when something is in its way.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostProcess } from '../../src/app/host-processes.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
/** What was started past the scratch. */
const started: number[] = [];
afterEach(async () => {
  for (const pid of started.splice(0)) endIfThere(pid);
  await scratch.close();
});

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

async function ps(...args: readonly string[]): Promise<readonly HostProcess[]> {
  const { code, stdout, stderr } = await scratch.brigade(['ps', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { readonly processes: readonly HostProcess[] }).processes;
}

async function processOf(pid: number): Promise<HostProcess | undefined> {
  return (await ps()).find((each) => each.pid === pid);
}

describe('brigade ps', () => {
  it('shows the desk, its clients, who stopped and who writes directly, and not itself', async () => {
    const ana = await scratch.agent({ args: ['--client', 'claude-code'] });
    await ana.call('register', { id: 'ana' });
    const bo = await scratch.agent();
    await bo.call('register', { id: 'bo' });
    const idle = await scratch.agent({ args: ['--client', 'cursor'] });
    const direct = await scratch.agent({ args: ['--desk', 'off'] });
    await direct.call('register', { id: 'di' });
    await ana.acquire('task:x');
    const waiting = bo.call('acquire_lock', { resources: ['task:x'], waitMs: 20_000 });
    await waitUntil('a call at the desk', async () => (await processOf(bo.pid))?.calls === 1);
    idle.stop();

    const { stdout } = await scratch.brigade(['ps', '--json']);
    const document = JSON.parse(stdout) as { readonly processes: readonly HostProcess[] };
    expect(shapeOf(document)).toEqual(CLI_SHAPES.ps);
    const seen = new Map(document.processes.map((each) => [each.pid, each]));
    expect(document.processes[0]?.pid).toBe(ana.pid);
    expect(new Set(seen.keys())).toEqual(new Set([ana.pid, bo.pid, idle.pid, direct.pid]));
    const alive = { kind: 'mcp', state: 'alive', orphan: false };
    expect(seen.get(ana.pid)).toMatchObject({ ...alive, role: 'desk', agents: ['ana'], client: 'claude-code' });
    expect(seen.get(bo.pid)).toMatchObject({ ...alive, role: 'client', agents: ['bo'], calls: 1 });
    expect(seen.get(idle.pid)).toMatchObject({
      role: 'client',
      agents: [],
      client: 'cursor',
      state: 'stopped',
      calls: 0,
    });
    expect(seen.get(direct.pid)).toMatchObject({
      ...alive,
      role: 'direct',
      agents: ['di'],
      version: null,
      calls: null,
    });
    expect(seen.get(bo.pid)?.startedBy).toMatchObject({ pid: process.pid });

    const { shown } = await atTerminal(scratch, ['ps'], { columns: 120, env: { NO_COLOR: '1' } });
    expect(shown).toMatch(/^ *PID +ROLE +KIND +AGENT +STATE +SINCE +IDLE +CALLS +CLIENT +STARTED BY +VERSION\n/);
    expect(shown).toMatch(new RegExp(`\\n *${bo.pid} +client +mcp +bo +alive +\\d+s +\\d+s +1 +`));
    expect(shown).toContain(`${idle.pid} is stopped: kill -CONT ${idle.pid} lets it go on.`);
    expect(shown).toContain('Who is direct writes the log without the desk');
    await ana.close();
    await waiting;
  });

  it('knows an orphan: a process that goes on after its client has ended', async () => {
    const ana = await scratch.agent();
    const { pid, client } = await served(scratch);
    await waitUntil('the client of a client', async () => (await processOf(pid))?.orphan === false);
    client.kill('SIGKILL');
    const orphan = await waitUntil('an orphan', async () => {
      const found = await processOf(pid);
      return found?.orphan === true ? found : null;
    });
    expect(orphan).toMatchObject({ role: 'client', state: 'alive', startedBy: { pid: client.pid } });
    expect(orphan.orphanBecause).toMatch(new RegExp(`\\(${client.pid}\\) started it and has ended$`));
    expect((await scratch.brigade(['ps'])).stdout).toMatch(new RegExp(`\\n *${pid} +client +mcp +- +alive, orphan`));
    expect((await processOf(ana.pid))?.orphan).toBe(false);
    process.kill(pid, 'SIGKILL');
    await waitUntil('its end', async () => (await processOf(pid)) === undefined);
  });

  it('says that it ends nothing, and registers nobody', async () => {
    expect((await scratch.brigade(['ps', '--help'])).stdout).toContain('It ends nothing');
    expect(await ps()).toEqual([]);
    expect(existsSync(join(scratch.root, '.brigade'))).toBe(false);
    const { pid } = await scratch.agent();
    await waitUntil('the desk', async () => (await processOf(pid))?.role === 'desk');
    expect(await scratch.events()).toEqual([]);
  });

  it('does not guess who is at a desk that it was told not to ask', async () => {
    const ana = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    expect(await ps('--desk', 'off')).toMatchObject([{ pid: ana.pid, role: 'unknown', agents: ['ana'] }]);
    expect((await scratch.brigade(['ps', '--desk', 'off'])).stdout).toContain('told not to ask (--desk off)');
  });
});

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly message: string; readonly next: string }[];
  readonly checks: readonly { readonly name: string; readonly detail: string }[];
}

async function doctor(...args: readonly string[]): Promise<Report> {
  const { code, stdout } = await scratch.brigade(['doctor', '--json', ...args]);
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(report.ok ? 0 : 1);
  return report;
}

describe('brigade doctor', () => {
  it('names the desk, and finds nothing where none is open', async () => {
    const deskIn = ({ checks }: Report) => checks.find(({ name }) => name === 'desk')?.detail;
    const before = await doctor();
    expect(before).toMatchObject({ ok: true });
    expect(deskIn(before)).toBe('none is open');
    const [ana] = await scratch.agents(['ana', 'bo']);
    const open = await doctor();
    expect(open).toMatchObject({ ok: true });
    expect(deskIn(open)).toMatch(/^process \d+ \(mcp, (ana|bo)\), 1 client$/);
    expect(deskIn(await doctor('--desk', 'off'))).toContain('not asked');
    await ana?.close();
    await waitUntil('the other one at the desk', async () => deskIn(await doctor())?.includes('no clients'));
  });

  it('finds the name of a desk that was killed, and the next process puts it right', async () => {
    const ana = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    await ana.kill();
    expect((await doctor()).findings).toMatchObject([{ code: 'DESK_LEFTOVER' }]);
    const bo = await scratch.agent();
    await bo.call('register', { id: 'bo' });
    expect((await doctor()).findings).toEqual([]);
  });

  it('names a desk that is stopped, and a process that may keep the log locked', async () => {
    const ana = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    ana.stop();
    const silent = await doctor();
    expect(silent.findings).toMatchObject([{ code: 'DESK_SILENT' }]);
    expect(silent.findings[0]?.message).toContain(`Process ${ana.pid} (mcp, ana) is stopped.`);
    expect(silent.findings[0]?.next).toContain(`kill -CONT ${ana.pid}`);

    const release = lockedBySomebody(join(scratch.root, '.brigade', 'brigade.db'));
    const locked = (await doctor()).findings.find(({ code }) => code === 'STORE_UNAVAILABLE');
    release();
    expect(locked?.message).toContain(`Nobody can write the log`);
    expect(locked?.message).toContain(`Process ${ana.pid} (mcp, ana) is stopped.`);
    ana.resume();
    await waitUntil('all is well', async () => (await doctor()).ok);
  });

  it('tells why a desk is not used', async () => {
    const ana = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    expect((await doctor('--durability', 'process')).findings).toMatchObject([{ code: 'DESK_DURABILITY' }]);
    await waitUntil('nothing in the way', async () => (await doctor()).ok);
    chmodSync(join(scratch.root, '.brigade'), 0o755);
    const [open] = (await doctor()).findings;
    expect(open).toMatchObject({ code: 'DESK_UNSAFE' });
    expect(open?.message).toContain('is open to other users (mode 755)');
  });
});

/** Takes SQLite's write lock as a process that was stopped while it wrote keeps it; answers how to let go. */
function lockedBySomebody(path: string): () => void {
  const database = new Database(path);
  database.exec('BEGIN IMMEDIATE');
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
}

interface Served {
  readonly pid: number;
  readonly client: ChildProcess;
}

/** A client that starts `brigade mcp` with an input that stays open when the client has ended. */
async function served({ folder, root, env }: Scratch): Promise<Served> {
  const [input, file] = [join(folder, 'input'), join(folder, 'served.pid')];
  execFileSync('sh', ['-c', 'mkfifo "$0"', input]);
  const program = `
    const { spawn } = require('node:child_process');
    const { openSync, writeFileSync, renameSync } = require('node:fs');
    const [bin, input, file] = process.argv.slice(1);
    const stdio = [openSync(input, 'r+'), 'ignore', 'ignore'];
    const served = spawn(process.execPath, [bin, 'mcp'], { stdio, detached: true });
    writeFileSync(file + '.draft', String(served.pid));
    renameSync(file + '.draft', file);
    setInterval(() => undefined, 60_000);
  `;
  const client = spawn(process.execPath, ['-e', program, brigadeBin, input, file], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'ignore',
  });
  if (client.pid !== undefined) started.push(client.pid);
  await waitUntil('the pid of its server', () => existsSync(file));
  const pid = Number(readFileSync(file, 'utf8'));
  started.push(pid);
  return { pid, client };
}
