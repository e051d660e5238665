// What an edit hook costs: the whole process of `brigade-hook`, from its start to its end, at a running desk; beside it, in turn
// with it, a Node that does nothing. The same edit over HTTP, which needs no process. And what it costs where no desk is open, and the
// hook reads the log itself.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { claudeCode } from '../test/hooks/inputs/claude-code.ts';
import { hookProcess } from '../test/support/hook-process.ts';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';

const CALLS = 100;
const COLD_CALLS = 20;
/** Until what is loaded only once is loaded. */
const FIRST_CALLS = 5;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch({ compilesForItself: true });
  try {
    return [...(await atDesk(scratch)), ...(await withoutDesk(scratch))];
  } finally {
    await scratch.close();
  }
}

async function atDesk(scratch: Scratch): Promise<readonly Figure[]> {
  const server = await ServedProcess.start(scratch);
  try {
    const hook: number[] = [];
    const bare: number[] = [];
    const idle: number[] = [];
    const http: number[] = [];
    for (let call = 0; call < FIRST_CALLS; call += 1) {
      await edit(scratch, call);
      await post(server.url, inputOf(scratch, call));
    }
    for (let call = 0; call < CALLS; call += 1) {
      // In turn, so that whatever else the machine does befalls all of them.
      bare.push(await timed(() => ended(['-e', '0'])));
      hook.push(await timed(() => edit(scratch, call)));
      idle.push(await timed(() => look(scratch)));
      http.push(await timed(() => post(server.url, inputOf(scratch, call))));
    }
    return [
      { what: '`node -e 0`, median', value: at(bare, 0.5), unit: 'ms' },
      { what: '`node -e 0`, p99', value: at(bare, 0.99), unit: 'ms' },
      { what: 'an edit, whole process, median', value: at(hook, 0.5), unit: 'ms', target: { atMost: 90 } },
      { what: 'an edit, whole process, p99', value: at(hook, 0.99), unit: 'ms', target: { atMost: 200 } },
      { what: 'a command that writes nothing, whole process, median', value: at(idle, 0.5), unit: 'ms' },
      { what: 'an edit over HTTP, median', value: at(http, 0.5), unit: 'ms', target: { atMost: 10 } },
      { what: 'an edit over HTTP, p99', value: at(http, 0.99), unit: 'ms' },
    ];
  } finally {
    await server.end();
  }
}

async function withoutDesk(scratch: Scratch): Promise<readonly Figure[]> {
  const times: number[] = [];
  let late = 0;
  for (let call = 0; call < COLD_CALLS; call += 1) {
    const beganMs = performance.now();
    const { stdout } = await hookProcess(scratch, 'claude-code', inputOf(scratch, call));
    times.push(performance.now() - beganMs);
    if (stdout !== '{}\n') late += 1;
  }
  return [
    { what: 'an edit without a desk, whole process, median', value: at(times, 0.5), unit: 'ms' },
    { what: 'an edit without a desk, whole process, slowest', value: Math.max(...times), unit: 'ms' },
    { what: `of ${COLD_CALLS} edits without a desk, not judged within a second`, value: late, unit: '' },
  ];
}

/** Of one agent that goes from file to file. */
function inputOf(scratch: Scratch, call: number) {
  return claudeCode.edit({ session: 'bench', cwd: scratch.root }, join(scratch.root, `src/file-${call % 20}.ts`));
}

async function edit(scratch: Scratch, call: number): Promise<void> {
  expectSilent(await hookProcess(scratch, 'claude-code', inputOf(scratch, call)));
}

async function look(scratch: Scratch): Promise<void> {
  const input = claudeCode.shell({ session: 'bench', cwd: scratch.root }, 'git status && npm test');
  expectSilent(await hookProcess(scratch, 'claude-code', input));
}

/** Anything else was no work done. */
function expectSilent({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): void {
  if (code !== 0 || stdout !== '{}\n') throw new Error(`${code}: ${stdout}${stderr}`);
}

async function post(url: string, input: unknown): Promise<void> {
  const response = await fetch(`${url}/hooks/claude-code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (response.status !== 200 || text !== '{}') throw new Error(`${response.status}: ${text}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function ended(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
