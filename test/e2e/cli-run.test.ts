// `brigade run`: the lock is held exactly while the command runs, and the command does not outlive the lock.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brigadeBin } from '../support/brigade-bin.ts';
import { containing, matching } from '../support/matching.ts';
import { Scratch } from '../support/scratch.ts';
import { SHARED_KINDS, type SharedKind, type SharedServers, startServers } from '../support/shared-servers.ts';
import { Shell } from '../support/shell.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let one: Shell;
let two: Shell;

beforeEach(() => {
  scratch = new Scratch();
  one = new Shell(scratch, 'one');
  two = new Shell(scratch, 'two');
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
  await scratch.close();
});

const BRIGADE = `${process.execPath} ${brigadeBin}`;

function path(name: string): string {
  return join(scratch.root, name);
}

function read(name: string): string {
  return readFileSync(path(name), 'utf8');
}

async function untilThere(name: string): Promise<void> {
  await waitUntil(`${name} is written`, () => existsSync(path(name)) && read(name) !== '');
}

async function locks(): Promise<
  readonly { readonly resource: string; readonly holder: { readonly agentId: string } }[]
> {
  const { stdout } = await scratch.brigade(['locks', '--json']);
  return (JSON.parse(stdout) as { locks: [] }).locks;
}

/** A command that says that it runs, and goes on until `go` appears. */
const UNTIL_GO = 'echo $$ >running; while [ ! -e go ]; do sleep 0.05; done';

describe('brigade run', () => {
  it('holds while the command runs, and returns its exit code', async () => {
    const running = one.brigade('run', '--lock', 'src/a.ts', '--', 'sh', '-c', `${UNTIL_GO}; echo done; exit 3`);
    await untilThere('running');
    expect(await locks()).toMatchObject([{ resource: 'file:src/a.ts', reason: containing('sh -c') }]);
    expect(await two.brigade('acquire', 'src/a.ts')).toMatchObject({ code: 4 });
    writeFileSync(path('go'), '');
    expect(await running).toMatchObject({ code: 3, stdout: 'done\n' });
    expect(await locks()).toEqual([]);
    expect((await scratch.events()).at(-1)).toMatchObject({ type: 'session.closed' });
  });

  it('gives the command its tokens and its session, and no authority', async () => {
    const script = `env >seen; ${BRIGADE} check src/a.ts; ${BRIGADE} run --lock src/a.ts -- echo nested; ${BRIGADE} check src/a.ts`;
    const env = { BRIGADE_OPERATOR_TOKEN: 'secret' };
    const shell = new Shell(scratch, 'three', env);
    const ran = await shell.brigade('run', '--lock', 'src/a.ts', '--lock', 'task:b', '--', 'sh', '-c', script);
    await shell.close();
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^Holds: .*\nnested\nHolds: /);
    const seen = Object.fromEntries(
      read('seen')
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(seen.BRIGADE_OPERATOR_TOKEN).toBeUndefined();
    expect(JSON.parse(seen.BRIGADE_TOKENS ?? '')).toMatchObject([
      { resource: 'file:src/a.ts' },
      { resource: 'task:b' },
    ]);
    expect(seen.BRIGADE_SESSION).toMatch(/^[\w-]{43}$/);
    expect((await scratch.events()).filter((event) => event.type === 'agent.registered')).toHaveLength(1);
  });

  it('excludes another run from the same shell', async () => {
    const script = `${BRIGADE} run --lock task:db -- sh -c 'echo in; sleep 0.3; echo out'`;
    const { stdout } = await one.line(`{ ${script} & ${script} & wait; }`);
    expect(stdout).toBe('in\nout\nin\nout\n');
  });

  it('joins its shell where that holds the lock already, and leaves it the lock', async () => {
    const { stdout } = await one.brigade('acquire', 'src/a.ts', '--json');
    const { leases } = JSON.parse(stdout) as { leases: [{ token: number }] };
    const ran = await one.brigade(
      'run',
      '--lock',
      'src/a.ts',
      '--lock',
      'task:b',
      '--',
      'sh',
      '-c',
      'echo $BRIGADE_TOKENS',
    );
    expect(JSON.parse(ran.stdout)).toMatchObject([{ token: leases[0].token }, { resource: 'task:b' }]);
    expect(await locks()).toMatchObject([{ resource: 'file:src/a.ts', token: leases[0].token }]);
  });

  it('does not start a command whose lock it did not get', async () => {
    await two.brigade('acquire', 'src/a.ts', '--reason', 'mine');
    const late = await one.brigade('run', '--lock', 'src/a.ts', '--wait', '200ms', '--', 'sh', '-c', 'echo ran');
    expect(late).toMatchObject({ code: 4, stdout: '' });
    expect(late.stderr).toContain('The command was not started');
    expect(await one.brigade('run', '--lock', 'src/a.ts', '--wait', '0', '--', 'true')).toMatchObject({ code: 4 });
    expect((await scratch.brigade(['waits', '--json'])).stdout).toContain('"waiters":[]');
  });

  it('says like a shell what could not be started, and which signal ended it', async () => {
    expect(await one.brigade('run', '--lock', 'task:x', '--', 'no-such-command')).toMatchObject({ code: 127 });
    expect(await one.brigade('run', '--lock', 'task:x', '--', scratch.root)).toMatchObject({ code: 126 });
    const killed = await one.brigade('run', '--lock', 'task:x', '--', 'sh', '-c', 'kill -TERM $$');
    expect(killed).toMatchObject({ code: 143 });
    expect(await locks()).toEqual([]);
  });

  it('passes options of the command on untouched, with and without --', async () => {
    const ran = await one.brigade('run', '--lock', 'task:x', 'echo', '--json', '-n', '--wait');
    expect(ran).toMatchObject({ code: 0, stdout: '--json -n --wait\n' });
  });

  it('sends a signal on to the command, and gives the lock back', async () => {
    const script = "trap 'echo told; exit 7' TERM; echo $PPID >runner; echo $$ >running; while :; do sleep 0.05; done";
    const running = one.brigade('run', '--lock', 'task:x', '--', 'sh', '-c', script);
    await untilThere('running');
    process.kill(Number(read('runner')), 'SIGTERM');
    expect(await running).toMatchObject({ code: 7, stdout: 'told\n' });
    expect(await locks()).toEqual([]);
  });

  it('tells the command and ends it when its lock is revoked', async () => {
    const script = "trap 'echo told >told; exit 9' TERM; echo $$ >running; while :; do sleep 0.05; done";
    const running = one.brigade('run', '--lock', 'src/a.ts', '--', 'sh', '-c', script);
    await untilThere('running');
    await revoke('src/a.ts');
    const ran = await running;
    expect(ran).toMatchObject({ code: 6 });
    expect(ran.stderr).toMatch(/brigade: lost file:src\/a\.ts \(token \d+\): it was revoked by operator:\S+: asleep\n/);
    expect(read('told')).toBe('told\n');
  });

  it('ends a command that does not want to end, after the grace', async () => {
    const script = "trap '' TERM; echo $$ >running; while :; do sleep 0.05; done";
    const running = one.brigade('run', '--lock', 'src/a.ts', '--grace', '200ms', '--', 'sh', '-c', script);
    await untilThere('running');
    await revoke('src/a.ts');
    expect(await running).toMatchObject({ code: 6 });
    expect(isRunning(Number(read('running')))).toBe(false);
  });

  it('ends also what the command had started, which a shell alone would leave running', async () => {
    const script = 'sh -c "echo \\$\\$ >inner; while :; do sleep 0.05; done" & echo $$ >running; wait';
    const running = one.brigade('run', '--lock', 'src/a.ts', '--', 'sh', '-c', script);
    await untilThere('inner');
    await revoke('src/a.ts');
    expect(await running).toMatchObject({ code: 6 });
    expect(isRunning(Number(read('inner')))).toBe(false);
  });

  it('renews by itself: the command outlives the time of its lock', async () => {
    const script = `${UNTIL_GO}; ${BRIGADE} check task:x`;
    const running = one.brigade('run', '--lock', 'task:x', '--ttl', '1s', '--', 'sh', '-c', script);
    await untilThere('running');
    await waitUntil('renewed past its first end', async () => {
      const events = await scratch.events();
      const granted = events.find((event) => event.type === 'lease.granted');
      const renewed = events.findLast((event) => event.type === 'lease.renewed' || event.type === 'session.active');
      return granted !== undefined && renewed !== undefined && renewed.at - granted.at > 1_500;
    });
    writeFileSync(path('go'), '');
    expect(await running).toMatchObject({ code: 0, stdout: matching(/^Holds/) });
  });

  it('is followed by the next in line when it is killed itself', async () => {
    const running = one.line(
      `{ ${BRIGADE} run --lock task:x -- sh -c 'echo $$ >running; echo $PPID >runner; exec sleep 60' & wait $!; }`,
    );
    await untilThere('runner');
    const waiting = two.brigade('acquire', 'task:x', '--wait', '30s');
    await waitUntil('in line', async () => (await scratch.brigade(['waits'])).stdout.includes('next in line'));
    process.kill(Number(read('runner')), 'SIGKILL');
    expect(await waiting).toMatchObject({ code: 0 });
    expect(await running).toMatchObject({ code: 137 });
    // Nobody is left who could end the command: what a fence cannot do, see docs/guarantees.md.
    process.kill(Number(read('running')), 'SIGKILL');
  });
});

describe.each(SHARED_KINDS)('brigade run, while its log in %s is out of reach', (kind) => {
  it('tells and ends the command when it is not sure any more to hold, and is gone soon after', async () => {
    await onServers(kind, async (servers, shell) => {
      const script = "trap 'echo told >told; exit 9' TERM; echo $$ >running; while :; do sleep 0.05; done";
      const running = shell.brigade('run', '--lock', 'task:x', '--', 'sh', '-c', script);
      await untilThere('running');
      servers.pause();
      await waitUntil('the command is told', () => existsSync(path('told')), { withinMs: 60_000 });
      const toldMs = performance.now();
      const ran = await running;
      expect(ran).toMatchObject({
        code: 6,
        stderr: matching(/^brigade: lost a lock: no renewal .* was sure to hold\n/),
      });
      expect(performance.now() - toldMs).toBeLessThan(6_000);
    });
  }, 120_000);

  it('returns the exit code of a command that ends meanwhile, and says that the locks are not given back yet', async () => {
    await onServers(kind, async (servers, shell) => {
      const running = shell.brigade('run', '--lock', 'task:x', '--', 'sh', '-c', `${UNTIL_GO}; exit 3`);
      await untilThere('running');
      servers.pause();
      writeFileSync(path('go'), '');
      const endedMs = performance.now();
      expect(await running).toMatchObject({ code: 3, stderr: containing('could not be told that the locks are free') });
      expect(performance.now() - endedMs).toBeLessThan(20_000);
    });
  }, 120_000);
});

async function onServers(
  kind: SharedKind,
  work: (servers: SharedServers, shell: Shell) => Promise<void>,
): Promise<void> {
  const servers = await startServers(kind, '127.0.0.1');
  const shell = new Shell(scratch, 'three', { BRIGADE_STORE: servers.url });
  try {
    await work(servers, shell);
  } finally {
    servers.resume();
    await shell.close();
    await servers.stop();
  }
}

/** A process that has ended may still be listed until its parent looks. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** An operator by token takes the lock back. */
async function revoke(resource: string): Promise<void> {
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  const env = { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
  const { code, stderr } = await scratch.brigade(['revoke', resource, '--reason', 'asleep'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}
