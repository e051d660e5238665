// The disk under the log is full: calls say so at once, reads go on, nothing is lost, and when there is room again it works
// again by itself. With a small file system where one may be mounted, and with a limit on the size of files, which needs no
// rights and which the kernel enforces alike.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpAgent, ToolAnswer } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let unmount: () => void = () => undefined;
afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.kill()));
  agents = [];
  unmount();
  await scratch.close();
});

let agents: readonly McpAgent[] = [];

interface Disk {
  readonly under?: readonly string[];
  readonly makeRoom: () => void;
}

function smallFileSystem(): Disk {
  const folder = join(scratch.root, '.brigade');
  mkdirSync(folder, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', folder]);
  unmount = () => {
    execFileSync('umount', [folder]);
    unmount = () => undefined;
  };
  return { makeRoom: () => void execFileSync('mount', ['-o', 'remount,size=20m', folder]) };
}

function smallFiles(): Disk {
  const makeRoom = (): void => {
    for (const { pid } of agents) execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited']);
  };
  return { under: ['prlimit', '--fsize=600000:unlimited'], makeRoom };
}

const disks = [
  ...(works('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
    ? ([['a file system of 1 MiB', smallFileSystem]] as const)
    : []),
  ...(works('prlimit', ['--fsize=600000:unlimited', 'true']) ? ([['files of 600 kB', smallFiles]] as const) : []),
];

describe.each(disks)('%s', (_name, makeDisk) => {
  it('stops writing only, says so, and goes on by itself', async () => {
    scratch = new Scratch();
    const { under = [], makeRoom } = makeDisk();
    agents = await Promise.all([scratch.agent({ under }), scratch.agent({ under })]);
    const [ana, bo] = agents as [McpAgent, McpAgent];
    await bo.call('register', { id: 'bo' });
    const lease = await ana.acquire('task:a');
    const { kept, refusal } = await fill(ana);

    expect(refusal).toMatchObject({ isError: true, told: { code: 'STORE_UNAVAILABLE', retry: 'afterWait' } });
    expect(refusal.text).toMatch(/disk (is|may be) full/);
    const others = await refusedToo(bo);
    expect(others.text).toMatch(/disk (is|may be) full/);
    expect((await bo.call('get_state', { prefix: 'k', limit: 1 })).told.total).toBe(kept);
    expect((await bo.call('list_locks')).told.locks?.[0]).toMatchObject({ resource: 'task:a', token: lease.token });
    expect((await scratch.brigade(['locks'])).stdout).toContain('task:a');

    makeRoom();
    await waitUntil('granting again', async () => !(await ask(bo)).isError, { withinMs: 20_000 });
    await ana.release(lease);
    expect((await scratch.brigade(['doctor'])).code).toBe(0);
    expect((await bo.call('get_state', { prefix: 'k', limit: 1 })).told.total).toBe(kept);
  });
});

/** Writes until it is refused. */
async function fill(agent: McpAgent): Promise<{ readonly kept: number; readonly refusal: ToolAnswer }> {
  for (let kept = 0; ; kept += 1) {
    const answer = await agent.call('put_state', { key: `k${kept}`, value: 'x'.repeat(20_000), ifVersion: 0 });
    if (answer.isError) return { kept, refusal: answer };
  }
}

/** What fits in the last free page may still be written. */
async function refusedToo(agent: McpAgent): Promise<ToolAnswer> {
  return waitUntil('a refusal', async () => {
    const answer = await ask(agent);
    if (!answer.isError) await agent.call('release_lock', { all: true });
    return answer.isError && answer;
  });
}

function ask(agent: McpAgent): Promise<ToolAnswer> {
  return agent.call('acquire_lock', { resources: ['task:b'], waitMs: 0 });
}

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
