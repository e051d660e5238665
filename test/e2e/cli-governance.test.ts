// Governance from the command line: what was done, what became of it, who may go on, and the values that agents share.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let one: Shell;

beforeEach(() => {
  scratch = new Scratch();
  one = new Shell(scratch, 'one', { USER: 'kim' });
});
afterEach(async () => {
  await one.close();
  await scratch.close();
});

async function fail(times: number): Promise<number | null> {
  let code: number | null = null;
  for (let i = 0; i < times; i += 1)
    ({ code } = await one.brigade('check-in', `try ${i}`, '--outcome', 'tests=failed:3 of 40'));
  return code;
}

describe('a shell', () => {
  it('checks in, tells what became of it, and is the same agent each time', async () => {
    const first = await one.json('check-in', 'wired the parser', '--confidence', '0.8', '--outcome', 'tests=ok');
    expect(shapeOf(first)).toEqual(CLI_SHAPES.checkIn);
    const { checkInId } = first as { checkInId: string };
    const outcome = await one.json('outcome', checkInId, 'review', '--failed', '--evidence', 'names');
    expect(shapeOf(outcome)).toEqual(CLI_SHAPES.outcome);
    expect(outcome).toMatchObject({ calibration: { labels: 1 } });
    const again = await one.brigade('outcome', checkInId, 'review', '--ok');
    expect(again.stdout).toMatch(/Brier score 0\.040 over 1 label/);
    expect((await one.brigade('outcome', checkInId, 'review')).code).toBe(2);
    expect((await one.brigade('outcome', 'c9999', 'review', '--ok')).code).toBe(1);
    expect((await scratch.events()).filter(({ type }) => type === 'agent.registered')).toHaveLength(1);
  });

  it('is paused by its fifth failure, hears it once, and recovers', async () => {
    expect(await fail(5)).toBe(7);
    const refused = await one.brigade('acquire', 'src/a.ts');
    expect(refused).toMatchObject({ code: 7 });
    expect(refused.stderr).toMatch(/AGENT_PAUSED/);
    // Told when it happened, and not again with every command.
    expect(refused.stderr).not.toContain('notice:');
    const stays = await one.json('recover', 'please');
    expect(stays).toMatchObject({ resumed: false, reasons: [{ code: 'FAILURES_IN_A_ROW' }] });
    expect((await one.brigade('recover', 'please')).code).toBe(7);
    expect((await one.brigade('check-in', 'it passes', '--outcome', 'tests=ok')).code).toBe(7);
    expect((await one.brigade('recover', 'I read the error first now')).code).toBe(0);
    expect((await one.brigade('acquire', 'src/a.ts')).code).toBe(0);
    const not = await one.json('recover', 'again');
    expect(shapeOf(not)).toEqual(CLI_SHAPES.recover);
  });

  it.each([
    ['check-in', 'x', '--confidence', '1.5'],
    ['check-in', 'x', '--outcome', 'tests'],
    ['check-in', 'x', '--outcome', 'tests=ok', '--outcome', 'tests=failed'],
    ['check-in'],
    ['recover', ' '],
    ['state', 'get'],
    ['state', 'put', 'k', '1'],
    ['state', 'log', 'k', '--limit', '0'],
  ])('is told what is wrong with: %s %s %s %s', async (...args) => {
    const { code, stderr } = await one.brigade(...args.filter((arg) => arg !== undefined));
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
  });
});

describe('an operator', () => {
  it('pauses, resumes, archives, restores and retires an agent; an agent does not', async () => {
    await one.brigade('check-in', 'here', '--agent', 'ana');
    const denied = await one.brigade('pause', 'ana', '--reason', 'x');
    expect(denied.code).toBe(3);
    const { stdout: token } = await scratch.brigade(['token', 'operator', '--force']);
    const env = { BRIGADE_OPERATOR_TOKEN: token.trim() };
    const say = async (op: string) => {
      const { code, stdout } = await scratch.brigade([op, 'ana', '--reason', `because ${op}`, '--json'], { env });
      return { code, ...(code === 0 ? (JSON.parse(stdout) as { lifecycle: string; changed: boolean }) : {}) };
    };
    const ahead = await scratch.brigade(['pause', 'ana', '--reason', 'x', '--dry-run'], { env });
    expect(ahead.stdout).toMatch(
      /^Nothing was done. It would be logged:\n(.*\n)+Undo: brigade resume ana --reason "..."\n$/,
    );
    const foreseen = await scratch.brigade(['pause', 'ana', '--reason', 'x', '--dry-run', '--json'], { env });
    expect(shapeOf(JSON.parse(foreseen.stdout))).toEqual(CLI_SHAPES.lifecycleForeseen);
    const { code: done, ...first } = await say('pause');
    expect({ done, shape: shapeOf(first) }).toEqual({ done: 0, shape: CLI_SHAPES.lifecycle });
    expect(await say('pause')).toMatchObject({ code: 0, lifecycle: 'paused', changed: false });
    expect(await say('resume')).toMatchObject({ lifecycle: 'active' });
    expect(await say('archive')).toMatchObject({ lifecycle: 'archived' });
    expect(await say('pause')).toMatchObject({ code: 3 });
    expect(await say('restore')).toMatchObject({ lifecycle: 'active' });
    expect(await say('retire')).toMatchObject({ lifecycle: 'retired' });
    expect(await say('restore')).toMatchObject({ code: 3 });
    const { code, stderr } = await scratch.brigade(['pause', 'nobody', '--reason', 'x'], { env });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: containing('UNKNOWN_AGENT') });
    const agentsOwn = await scratch.brigade(['pause', 'ana', '--reason', 'x'], { env: { ...env, CLAUDECODE: '1' } });
    expect(agentsOwn.code).toBe(3);
  });

  it('is a person at a terminal, and reads what follows', async () => {
    await one.brigade('acquire', 'src/a.ts', '--agent', 'ana');
    const { code, shown } = await atTerminal(scratch, ['pause', 'ana', '--reason', 'let me look']);
    expect(code).toBe(0);
    expect(shown).toMatch(/ana was active and is .*paused/);
    expect(shown).toContain('It keeps 1 lock until their time is over');
  });
});

describe('brigade state', () => {
  it('keeps small values without losing an update, and every version of them', async () => {
    expect(shapeOf(await one.json('state', 'put', 'menu', 'soup', '--if-version', '0'))).toEqual(CLI_SHAPES.statePut);
    expect((await one.brigade('state', 'put', 'menu', 'stew', '--if-version', '0')).code).toBe(4);
    const { leases } = (await one.json('acquire', 'state:menu')) as { leases: { resource: string; token: number }[] };
    const [lease] = leases;
    expect(
      (await one.brigade('state', 'put', 'menu', '{"a":[1]}', '--lock', `${lease?.resource}=${lease?.token}`)).code,
    ).toBe(0);
    expect((await one.brigade('state', 'put', 'mild', '1', '--if-version', '0')).code).toBe(0);
    const page = await one.json('state', 'get', '--prefix', 'm', '--limit', '1');
    expect(page).toMatchObject({ entries: [{ key: 'menu', value: { a: [1] }, version: 2 }], total: 2, cursor: 'menu' });
    const next = await one.json('state', 'get', '--prefix', 'm', '--cursor', 'menu');
    expect(next).toMatchObject({ entries: [{ key: 'mild' }], cursor: null });
    expect((await one.brigade('state', 'get', 'menu', '--raw')).stdout).toBe('{"a":[1]}\n');
    const log = await one.json('state', 'log', 'menu');
    expect(log).toMatchObject({
      versions: [
        { version: 1, value: 'soup', token: null },
        { version: 2, token: lease?.token },
      ],
    });
    expect(shapeOf(log)).toEqual(CLI_SHAPES.stateLog);
    expect(await one.json('state', 'log', 'menu', '--limit', '1')).toMatchObject({ versions: [{ version: 2 }] });
    expect((await one.brigade('state', 'get', 'none')).code).toBe(1);
    const big = await one.brigade('state', 'put', 'big', JSON.stringify('x'.repeat(64 * 1024)), '--if-version', '0');
    expect(big).toMatchObject({ code: 2, stderr: containing('TOO_LARGE') });
  });
});
