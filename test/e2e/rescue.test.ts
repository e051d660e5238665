// Diagnosis and rescue with real processes: a holder that was killed, one that is stopped and one that is silent, each with
// others behind it, and a fresh agent that finds out and helps.

import { afterEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { untilInLine } from '../support/in-line.ts';
import { containing, matching } from '../support/matching.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';
import { openProbe } from '../support/stopped-desk.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Told {
  readonly summary: string;
  readonly findings: readonly {
    readonly id: string;
    readonly code: string;
    readonly message: string;
    readonly safe: boolean;
    readonly who: string | null;
    readonly agents: readonly string[];
  }[];
}

let scratch: Scratch;
afterEach(() => scratch.close());

async function kitchen(names: readonly string[], silentAfterMs = 120_000): Promise<readonly McpAgent[]> {
  scratch = new Scratch();
  scratch.write('.brigade/policy.json', JSON.stringify({ silentHolder: { afterMs: silentAfterMs } }));
  return scratch.agents(names);
}

async function diagnosed(...args: readonly string[]): Promise<Told & { readonly code: number | null }> {
  const { code, stdout } = await scratch.brigade(['diagnose', ...args, '--json']);
  return { ...(JSON.parse(stdout) as Told), code };
}

/** The first finding, once it is of this kind, and about what this one may do. */
function untilFound(code: string, who?: 'agent'): Promise<Told['findings'][number]> {
  return waitUntil(`${code} first`, async () => {
    const [first] = (await diagnosed()).findings;
    return first?.code === code && (who === undefined || first.who === who) ? first : null;
  });
}

/** Each waits for all that `holder` holds, in this order, and gives it back as soon as it has it. */
async function lineUp(waiters: readonly McpAgent[], resource: string): Promise<Promise<unknown>[]> {
  const granted: Promise<unknown>[] = [];
  for (const [i, waiter] of waiters.entries()) {
    granted.push(
      waiter.call('acquire_lock', { resources: [resource], waitMs: 25_000 }).then(async ({ told }) => {
        await waiter.call('release_lock', { all: true });
        return told.status;
      }),
    );
    await untilInLine(waiter, i + 1);
  }
  return granted;
}

describe('a healthy fleet', () => {
  it('is told so, with what was looked at', async () => {
    await kitchen(['ana']);
    const { code, stdout } = await scratch.brigade(['diagnose']);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: matching(/^Nothing is wrong\. 1 agent in 1 session, 0 locks held, nobody waits\.\nLooked at: /),
    });
    expect(await scratch.brigade(['diagnose', 'nowhere.ts'])).toMatchObject({
      code: 0,
      stdout: 'Nobody holds or waits for file:nowhere.ts.\n',
    });
  });
});

describe('a silent holder with a line behind it', () => {
  it('is named first with its evidence, and relieved by a fresh agent through MCP; everybody has its turn', async () => {
    const [ana, bo, cy, dee] = await kitchen(['ana', 'bo', 'cy', 'dee'], 1_000);
    if (ana === undefined || bo === undefined || cy === undefined || dee === undefined) throw new Error('four');
    await ana.acquire('src/a.ts');
    const granted = await lineUp([bo, cy, dee], 'src/a.ts');
    const found = await untilFound('silent_holder', 'agent');
    expect(found).toMatchObject({
      id: matching(/^silent_holder:file:src\/a\.ts:\d+$/),
      message: matching(
        /^ana holds file:src\/a\.ts and was not heard of for \d+s; bo, cy and dee wait, the longest for/,
      ),
      safe: true,
      who: 'agent',
    });
    const eve = await scratch.agent();
    const diagnosis = await eve.call('diagnose', { resource: 'src/a.ts' });
    expect(diagnosis.text).toContain(
      `Safe for you: rescue with finding ${found.id} would take file:src/a.ts back from ana.`,
    );
    const { told, isError } = await eve.call('rescue', { finding: found.id, reason: 'three wait for her' });
    expect({ isError, told }).toMatchObject({
      isError: false,
      told: { done: [containing('was revoked from ana'), containing('bo was granted')] },
    });
    expect(await Promise.all(granted)).toEqual(['granted', 'granted', 'granted']);
    const heard = await ana.call('list_locks');
    expect(heard.text).toContain('revoked it: three wait for her');
  });

  it('is left alone when it came back in between, and the answer says so', async () => {
    const [ana, bo] = await kitchen(['ana', 'bo'], 1_000);
    if (ana === undefined || bo === undefined) throw new Error('two');
    const held = await ana.acquire('src/a.ts');
    const granted = await lineUp([bo], 'src/a.ts');
    const { id } = await untilFound('silent_holder', 'agent');
    await ana.call('check_token', { resource: held.resource, token: held.token });
    const shell = new Shell(scratch, 'rescuer');
    const refused = await shell.brigade('rescue', id, '--reason', 'too late');
    expect(refused).toMatchObject({ code: 3, stderr: matching(/does not stand now\..*\(NOT_SAFE\)/) });
    await ana.release(held);
    await Promise.all(granted);
    await shell.close();
  });
});

describe('a stopped holder with a line behind it', () => {
  it('is named first and never signalled; an agent may not take from it, an operator may', async () => {
    const [ana, bo, cy] = await kitchen(['ana', 'bo', 'cy']);
    if (ana === undefined || bo === undefined || cy === undefined) throw new Error('three');
    const held = await ana.acquire('src/a.ts');
    const granted = await lineUp([bo, cy], 'src/a.ts');
    ana.stop();
    const { id, safe, who } = await untilFound('stopped_holder');
    expect({ safe, who }).toEqual({ safe: false, who: 'operator' });
    const { stdout } = await scratch.brigade(['diagnose']);
    expect(stdout).toMatch(/^ana holds file:src\/a\.ts and its process is stopped; bo and cy wait/);
    expect(stdout).toContain(`kill -CONT ${ana.pid}`);
    const shell = new Shell(scratch, 'rescuer');
    expect(await shell.brigade('rescue', id, '--reason', 'it stands')).toMatchObject({
      code: 3,
      stderr: containing('(NOT_SAFE)'),
    });
    const token = (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim();
    const env = { BRIGADE_OPERATOR_TOKEN: token };
    const done = await scratch.brigade(['rescue', id, '--reason', 'it stands', '--json'], { env });
    expect(done.code).toBe(0);
    expect(shapeOf(JSON.parse(done.stdout))).toEqual(CLI_SHAPES.rescue);
    expect(await Promise.all(granted)).toEqual(['granted', 'granted']);
    ana.resume();
    expect((await ana.call('check_token', { resource: held.resource, token: held.token })).told).toMatchObject({
      holds: false,
    });
    const event = (await scratch.events()).find(({ type }) => type === 'rescue.done');
    expect(event).toMatchObject({ actor: matching(/^operator:/), agentId: 'ana', reason: 'it stands' });
    await shell.close();
  });
});

describe('a log that nobody can write', () => {
  it('is the first thing that is told, with the process that stands', async () => {
    const [ana] = await kitchen(['ana']);
    if (ana === undefined) throw new Error('one');
    ana.stop();
    const probe = await openProbe(scratch);
    probe.exec('BEGIN IMMEDIATE');
    const { code, stdout } = await scratch.brigade(['diagnose']);
    probe.exec('ROLLBACK');
    probe.close();
    ana.resume();
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: matching(/^The log cannot be used from here \(STORE_UNAVAILABLE\): a process keeps it locked/),
    });
    expect(stdout).toContain(`Stopped: process ${ana.pid} (mcp) of ana.`);
    expect((await diagnosed()).code).toBe(0);
  });
});

describe('a killed holder', () => {
  it('with others at work is followed by whoever waits before anybody needs help, and nothing is found any more', async () => {
    const [ana, bo, cy] = await kitchen(['ana', 'bo', 'cy']);
    if (ana === undefined || bo === undefined || cy === undefined) throw new Error('three');
    await ana.acquire('src/a.ts');
    const granted = await lineUp([bo, cy], 'src/a.ts');
    await ana.kill();
    expect(await Promise.all(granted)).toEqual(['granted', 'granted']);
    expect((await diagnosed()).findings).toEqual([]);
  });

  it('that left nobody behind is found dead by whoever looks, and its session is closed by a fresh agent', async () => {
    scratch = new Scratch();
    const [one, two] = [new Shell(scratch, 'one'), new Shell(scratch, 'two')];
    await one.brigade('acquire', 'src/a.ts', '--agent', 'ana', '--ttl', '1h');
    await one.close();
    const told = await diagnosed();
    expect(shapeOf(told)).toEqual({ ...CLI_SHAPES.diagnose, code: 'number' });
    expect(told).toMatchObject({ code: 1, findings: [{ code: 'dead_holder', agents: ['ana'], safe: true }] });
    const id = told.findings[0]?.id ?? '';
    const count = (await scratch.events()).length;
    const dry = await two.brigade('rescue', id, '--reason', 'the terminal was closed', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stdout: matching(/^Nothing was done\. It would close the session of ana/) });
    expect(await scratch.events()).toHaveLength(count);
    const done = await two.brigade('rescue', id, '--reason', 'the terminal was closed');
    expect(done).toMatchObject({
      code: 0,
      stdout: matching(/^Done\.\n.*ana's session was lost: .* is gone; seen by cli_/),
    });
    expect(await two.brigade('acquire', 'src/a.ts')).toMatchObject({ code: 0 });
    expect((await diagnosed()).code).toBe(0);
    await two.close();
  });
});
