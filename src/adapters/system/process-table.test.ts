import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openProcessTable, procView, psView, signalView } from './process-table.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  const running = children.splice(0).filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(running.map((child) => end(child)));
});

function start(command: string, args: readonly string[]): { child: ChildProcess; pid: number } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return { child, pid: child.pid };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 5000, interval: 5 }).toBe(true);
}

async function lineOf(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trim();
  throw new Error('it ended without a word');
}

// `ps` of Linux knows the columns that macOS has, so the view of macOS is judged on real processes here too.
describe.runIf(process.platform === 'linux').each([
  ['/proc', openProcessTable(procView)],
  ['ps', openProcessTable(psView)],
])('processes seen by %s', (_name, table) => {
  function evidenceOf(pid: number) {
    const evidence = table.evidenceOf(pid);
    if (evidence === null) throw new Error(`no process ${pid}`);
    return evidence;
  }

  it('gives the same evidence each time, and calls a running process alive', async () => {
    const evidence = evidenceOf(process.pid);
    expect(evidence.startTime).not.toBe('');
    expect(evidenceOf(process.pid)).toEqual(evidence);
    expect(table.judge(evidence)).toBe('alive');
    expect(await table.judgeMany([evidence])).toEqual(['alive']);
  });

  it('calls a killed process dead', async () => {
    const { child, pid } = start('sleep', ['60']);
    const evidence = evidenceOf(pid);
    await end(child);
    expect(table.judge(evidence)).toBe('dead');
    expect(table.evidenceOf(pid)).toBeNull();
    expect(await table.judgeMany([evidence])).toEqual(['dead']);
  });

  it('calls a stopped process stopped, and alive again when it goes on', async () => {
    const { child, pid } = start('sleep', ['60']);
    const evidence = evidenceOf(pid);
    child.kill('SIGSTOP');
    await until(() => table.judge(evidence) === 'stopped');
    expect(table.evidenceOf(pid)).toEqual(evidence);
    child.kill('SIGCONT');
    await until(() => table.judge(evidence) === 'alive');
  });

  it('calls a zombie dead although its pid is taken', async () => {
    // The shell becomes a `sleep` that never asks how its child ended.
    const { child } = start('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = Number(await lineOf(child));
    const evidence = evidenceOf(pid);
    process.kill(pid, 'SIGKILL');
    await until(() => table.judge(evidence) === 'dead');
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(table.evidenceOf(pid)).toBeNull();
  });

  it('is not fooled by a pid that came back', () => {
    const { pid } = start('sleep', ['60']);
    const evidence = evidenceOf(pid);
    expect(table.judge({ pid, startTime: 'another start' })).toBe('dead');
    expect(table.judge({ pid, startTime: '' })).toBe('alive');
    expect(table.judge(evidence)).toBe('alive');
  });

  it('judges many in the order asked, nonsense among them', async () => {
    const { child, pid } = start('sleep', ['60']);
    const gone = evidenceOf(pid);
    await end(child);
    const own = evidenceOf(process.pid);
    const nonsense = [0, -1, 1.5, Number.NaN, 2 ** 32 + process.pid].map((each) => ({ pid: each, startTime: '' }));
    const many = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? own : gone));
    const states = await table.judgeMany([...many, ...nonsense]);
    expect(states.slice(0, 300)).toEqual(many.map((each) => (each === own ? 'alive' : 'dead')));
    expect(states.slice(300)).toEqual(nonsense.map(() => 'dead'));
  });

  it('knows the ancestors and the group', () => {
    const { pid } = start('sleep', ['60']);
    const [parent, grandparent] = table.ancestorsOf(pid);
    expect(parent).toMatchObject({ pid: process.pid, parentPid: process.ppid, state: 'alive' });
    expect(grandparent?.pid).toBe(process.ppid);
    expect(table.groupOf(pid)).toBe(table.groupOf(process.pid));
    const leader = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    children.push(leader);
    expect(table.groupOf(leader.pid ?? 0)).toBe(leader.pid);
  });
});

describe('processes seen by signal 0 alone, as on Windows', () => {
  const table = openProcessTable(signalView);

  it('knows that a process is there, and not since when', () => {
    expect(table.evidenceOf(process.pid)).toEqual({ pid: process.pid, startTime: '' });
    expect(table.judge({ pid: process.pid, startTime: '' })).toBe('alive');
  });

  it('calls an ended process dead', async () => {
    const { child, pid } = start(process.execPath, ['-e', 'process.stdin.resume()']);
    await end(child);
    expect(await table.judgeMany([{ pid, startTime: '' }])).toEqual(['dead']);
  });

  it('knows its own parent and no group', () => {
    expect(table.ancestorsOf(process.pid).map((row) => row.pid)).toEqual([process.ppid]);
    expect(table.ancestorsOf(process.ppid)).toEqual([]);
    expect(table.groupOf(process.pid)).toBeNull();
  });
});

it.runIf(process.platform !== 'win32')('calls nobody dead whom it may not see', () => {
  // Somebody else's process answers signal 0 with "not permitted"; the first process of the system is always there.
  expect(openProcessTable(signalView).judge({ pid: 1, startTime: 'hidden' })).toBe('alive');
});
