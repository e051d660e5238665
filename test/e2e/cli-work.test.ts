// Locks from the command line: taken, kept, given back, waited for and handed on, each way of failing with its exit code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { Scratch } from '../support/scratch.ts';
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

interface Granted {
  readonly leases?: readonly { readonly resource: string; readonly token: number }[];
  readonly acting: { readonly agentId: string; readonly sessionId: string };
}

async function acquire(
  shell: Shell,
  ...args: readonly string[]
): Promise<Required<Granted> & { readonly ref: string }> {
  const granted = (await shell.json('acquire', ...args)) as unknown as Granted;
  const { leases = [] } = granted;
  const [lease] = leases;
  if (lease === undefined) throw new Error(`nothing was granted: ${JSON.stringify(granted)}`);
  return { ...granted, leases, ref: `${lease.resource}=${lease.token}` };
}

async function isWaiting(count = 1): Promise<void> {
  await waitUntil(`${count} in line`, async () => {
    const { stdout } = await scratch.brigade(['waits', '--json']);
    return (JSON.parse(stdout) as { waiters: unknown[] }).waiters.length === count;
  });
}

describe('one shell', () => {
  it('acquires, checks, renews and releases, as the same agent each time', async () => {
    const granted = await one.json('acquire', 'src/a.ts', '--reason', 'tidy up');
    expect(shapeOf(granted)).toEqual(CLI_SHAPES.acquireGranted);
    const { ref, acting } = await acquire(one, 'src/a.ts');

    const check = await one.json('check', ref);
    expect(shapeOf(check)).toEqual(CLI_SHAPES.checkHolds);
    expect(check).toMatchObject({ holds: true, acting });

    const renewed = await one.brigade('renew', ref, '--ttl', '10m');
    expect(renewed).toMatchObject({ code: 0 });
    expect(renewed.stdout).toContain(ref);

    const released = await one.json('release', ref);
    expect(shapeOf(released)).toEqual(CLI_SHAPES.release);

    const stale = await one.brigade('check', ref);
    expect(stale).toMatchObject({ code: 6 });
    expect(stale.stdout).toContain('Does not hold');
    expect(await one.brigade('release', ref)).toMatchObject({ code: 6 });
    expect(await one.brigade('renew', ref)).toMatchObject({ code: 6 });
  });

  it('says for whom it acts, and under which name it joined', async () => {
    const ana = ['--agent', 'ana'];
    const first = await one.brigade('acquire', 'task:x', ...ana);
    expect(first).toMatchObject({ code: 0, stderr: 'Joined the fleet as ana.\n' });
    expect(first.stdout).toMatch(/^Granted to ana:\n {2}task:x=\d+ {2}exclusive, advisory, lasts 6m1\ds unused\n$/);
    expect((await one.brigade('acquire', 'task:y', ...ana)).stderr).toBe('');
  });

  it('gives everything back with --all, and holds nothing when there was never a session', async () => {
    await acquire(one, 'task:a', 'task:b');
    expect((await one.brigade('release', '--all')).stdout).toMatch(/Released task:a .*\nReleased task:b /);
    expect(await two.brigade('release', '--all')).toMatchObject({ code: 0, stdout: 'Nothing is held here.\n' });
    expect(await one.json('agents', '--all')).toMatchObject({ total: 1 });
  });

  it('asks without taking, with --dry-run', async () => {
    await acquire(one, 'task:a');
    const would = await one.brigade('acquire', 'task:b', '--dry-run');
    expect(would).toMatchObject({ code: 0 });
    expect(would.stdout).toContain('Would be granted');
    expect(await one.json('locks')).toMatchObject({ total: 1 });
  });

  it('acts for the session that BRIGADE_SESSION names, from wherever it is called', async () => {
    const agent = await scratch.agent();
    const { told } = await agent.call('register', { id: 'ana' });
    const env = { BRIGADE_SESSION: told.session ?? '' };
    const { stdout } = await scratch.brigade(['acquire', 'task:x', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'granted', acting: { agentId: 'ana' } });
    const wrong = await scratch.brigade(['acquire', 'task:x'], { env: { BRIGADE_SESSION: 'nobody' } });
    expect(wrong).toMatchObject({ code: 3 });
    expect(wrong.stderr).toContain('CREDENTIAL_WRONG');
  });
});

describe('two terminals in one folder', () => {
  it('are two agents that exclude each other', async () => {
    const { acting, ref } = await acquire(one, 'src/a.ts', '--reason', 'tidy up');
    const refused = await two.brigade('acquire', 'src/a.ts');
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toMatch(
      /\(LEASE_HELD\)\n {2}\S+ holds file:src\/a\.ts for \d+m?s .*: "tidy up"\n {2}Stand in line /,
    );
    const told = await two.json('acquire', 'src/a.ts');
    expect(shapeOf(told)).toEqual(CLI_SHAPES.heldRejection);
    const other = await acquire(two, 'src/b.ts');
    expect(other.acting.agentId).not.toBe(acting.agentId);
    expect(other.acting.sessionId).not.toBe(acting.sessionId);

    const stranger = await two.brigade('release', ref);
    expect(stranger).toMatchObject({ code: 3 });
    expect(stranger.stderr).toContain('(NOT_HOLDER)');
    expect(await one.brigade('check', ref)).toMatchObject({ code: 0 });
  });

  it('are two agents also when they start in the same moment', async () => {
    const both = await Promise.all([acquire(one, 'task:a'), acquire(two, 'task:b')]);
    expect(both[0].acting.agentId).not.toBe(both[1].acting.agentId);
  });

  it('pass a lock on when the terminal of its holder is closed', async () => {
    await acquire(one, 'src/a.ts');
    const waiting = acquire(two, 'src/a.ts', '--wait', '30s');
    await isWaiting();
    await one.close();
    expect((await waiting).leases).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('is granted in its turn, and told how long it took', async () => {
    const { ref } = await acquire(one, 'src/a.ts');
    const waiting = two.brigade('acquire', 'src/a.ts', '--wait', '30s');
    await isWaiting();
    const released = await one.brigade('release', ref);
    expect(released.stdout).toMatch(/Released file:src\/a\.ts .*\n {2}now held by /);
    expect((await waiting).stdout).toMatch(/^Granted to \S+ after /);
  });

  it('that runs out keeps its place: the ticket goes on, or leaves the line', async () => {
    const { ref } = await acquire(one, 'src/a.ts', '--reason', 'a long job');
    const queued = await two.json('acquire', 'src/a.ts', '--wait', '300ms');
    expect(shapeOf(queued)).toEqual(CLI_SHAPES.acquireQueued);
    expect(queued).toMatchObject({
      status: 'queued',
      position: 1,
      blockedBy: [{ alive: 'alive', reason: 'a long job' }],
    });
    const ticket = String(queued.ticket);

    const again = await two.brigade('acquire', '--ticket', ticket, '--wait', '100ms');
    expect(again).toMatchObject({ code: 4 });
    expect(again.stdout).toContain('Next in line, not granted yet.');
    expect(again.stdout).toContain(`brigade acquire --ticket ${ticket} --wait 30s`);

    await one.brigade('release', ref);
    expect(await two.brigade('acquire', '--ticket', ticket)).toMatchObject({ code: 0 });

    const queuedAgain = await one.json('acquire', 'src/a.ts', '--wait', '100ms');
    const withdrawn = await one.json('withdraw', String(queuedAgain.ticket));
    expect(shapeOf(withdrawn)).toEqual(CLI_SHAPES.withdraw);
    expect(await one.json('waits')).toMatchObject({ waiters: [] });
  });

  it('that is interrupted leaves the line', async () => {
    await acquire(one, 'src/a.ts');
    const waiting = two.line(
      `{ ${process.execPath} ${brigadeBin} acquire src/a.ts --wait 1m & echo $! >pid; wait $!; }`,
    );
    await isWaiting();
    process.kill(Number(readFileSync(join(scratch.root, 'pid'), 'utf8')), 'SIGINT');
    await waiting;
    await isWaiting(0);
    const kinds = (await scratch.events()).map((event) => event.type);
    expect(kinds.slice(-2)).toContain('wait.ended');
  });

  it('that would never end is a deadlock, told at once with exit code 5', async () => {
    await acquire(one, 'task:a');
    await acquire(two, 'task:b');
    const waiting = one.brigade('acquire', 'task:b', '--wait', '30s');
    await isWaiting();
    const victim = await two.brigade('acquire', 'task:a', '--wait', '30s');
    expect(victim).toMatchObject({ code: 5, stdout: '' });
    expect(victim.stderr).toMatch(/waits for task:a, held by .* waits for task:b, held by /);
    const { stdout } = await scratch.brigade(['waits']);
    expect(stdout).toMatch(/deadlock broken \d+m?s ago, \S+ gave way: /);
    await two.brigade('release', '--all');
    expect(await waiting).toMatchObject({ code: 0 });
  });
});

describe('handing on', () => {
  it('offers a lock to one agent, who takes it with a new token', async () => {
    const { ref, leases } = await acquire(one, 'src/a.ts');
    const asBo = ['--agent', 'bo'];
    const bo = await acquire(two, 'task:x', ...asBo);
    const offer = await one.json('handoff', 'offer', ref, '--to', 'bo');
    expect(shapeOf(offer)).toEqual(CLI_SHAPES.handoffOffer);
    expect((await scratch.brigade(['locks', 'src/a.ts'])).stdout).toContain('offered to bo');

    const heard = await two.brigade('check', bo.ref, ...asBo);
    expect(heard.stderr).toContain(String(offer.offer));

    const accepted = await two.json('handoff', 'accept', String(offer.offer), ...asBo);
    expect(shapeOf({ ...accepted, notices: [] })).toEqual(CLI_SHAPES.handoffAccept);
    expect((accepted.lease as { token: number }).token).toBeGreaterThan(leases[0]?.token ?? 0);
    expect(await one.brigade('check', ref)).toMatchObject({ code: 6 });
  });

  it('may be declined, and then everything is as before', async () => {
    const { ref } = await acquire(one, 'src/a.ts');
    const asBo = ['--agent', 'bo'];
    await acquire(two, 'task:x', ...asBo);
    const { offer } = await one.json('handoff', 'offer', ref, '--to', 'bo');
    expect(await two.brigade('handoff', 'decline', String(offer), ...asBo)).toMatchObject({
      code: 0,
      stdout: 'Declined.\n',
    });
    expect(await one.brigade('check', ref)).toMatchObject({ code: 0 });
    expect(await two.brigade('handoff', 'accept', String(offer), ...asBo)).toMatchObject({ code: 1 });
  });
});
