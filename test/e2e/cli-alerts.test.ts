// `brigade alerts`: what is wrong, and an operator's word on it, in real processes.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing } from '../support/matching.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let shell: Shell;
let env: Record<string, string>;

beforeEach(async () => {
  scratch = new Scratch();
  shell = new Shell(scratch, 'one');
  await shell.brigade('acquire', 'src/a.ts', '--agent', 'ana');
  env = { BRIGADE_OPERATOR_TOKEN: (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim() };
});
afterEach(async () => {
  await shell.close();
  await scratch.close();
});

const asOperator = (...args: string[]) => scratch.brigade(args, { env });
const paused = () => asOperator('pause', 'ana', '--reason', 'It overwrote the plan.');

interface Listed {
  readonly alerts: readonly { readonly alert: number; readonly closed: unknown }[];
  readonly total: number;
}

async function listed(...args: string[]): Promise<Listed> {
  return JSON.parse((await scratch.brigade(['alerts', '--json', ...args])).stdout) as Listed;
}

describe('brigade alerts', () => {
  it('says when all is well', async () => {
    expect(await scratch.brigade(['alerts'])).toMatchObject({ code: 0, stdout: 'No alert is open.\n' });
  });

  it('shows what is wrong and what to do, looked after and silenced by operators, and what is over', async () => {
    await paused();
    const { stdout, code } = await scratch.brigade(['alerts']);
    // Nothing critical is open.
    expect(code).toBe(0);
    expect(stdout).toContain('ana was paused by operator:');
    expect(stdout).toContain('It overwrote the plan.');
    expect(stdout).toContain('brigade resume');
    const [{ alert } = { alert: 0 }] = (await listed()).alerts;
    const ack = await asOperator('alerts', 'ack', String(alert), '--note', 'on it', '--json');
    expect(shapeOf(JSON.parse(ack.stdout))).toEqual(CLI_SHAPES.alertChanged);
    expect(await asOperator('alerts', 'unack', String(alert))).toMatchObject({
      code: 0,
      stdout: `Nobody looks after alert ${alert} any more; it is told again as before.\n  Undo: brigade alerts ack ${alert}\n`,
    });
    expect((await asOperator('alerts', 'unack', String(alert))).stdout).toBe(`Nobody looked after alert ${alert}.\n`);
    await asOperator('alerts', 'ack', String(alert), '--note', 'on it');
    const silence = ['alerts', 'silence', String(alert), '--note', 'known', '--for'];
    expect(await asOperator(...silence, '1h')).toMatchObject({ code: 0 });
    expect(shapeOf(await listed())).toEqual(CLI_SHAPES.alerts);
    expect((await scratch.brigade(['alerts'])).stdout).toMatch(/looks after it: on it.*Silenced by .*: known/s);
    expect(await asOperator(...silence, '0')).toMatchObject({ code: 0 });
    await asOperator('resume', 'ana', '--reason', 'looked at');
    expect((await listed()).total).toBe(0);
    expect((await listed('--all')).alerts).toMatchObject([{ alert, closed: { why: 'ana is resumed.' } }]);
  });

  it('ends with 1 while something critical is open', async () => {
    scratch.write('p.json', JSON.stringify({ alerts: { starvationMs: 1_000 } }));
    expect(await asOperator('policy', 'apply', 'p.json', '--yes', '--reason', 'r')).toMatchObject({ code: 0 });
    const bo = await scratch.agent();
    await bo.call('register', { id: 'bo' });
    const waiting = bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 20_000 });
    // Somebody has to look: the process in which bo waits does.
    await expect.poll(async () => (await listed()).total, { timeout: 20_000 }).toBeGreaterThan(0);
    const { code, stdout } = await scratch.brigade(['alerts']);
    expect(code).toBe(1);
    expect(stdout).toContain('file:src/a.ts');
    expect(stdout).toMatch(/critical +alert \d+ +starvation/);
    const status = await scratch.brigade(['status']);
    expect(status.stdout).toContain('ALERTS');
    const fleet = await bo.call('fleet_status', {});
    expect((fleet.told as { readonly alerts?: unknown }).alerts).toMatchObject([
      { code: 'starvation', agents: ['ana', 'bo'] },
    ]);
    await shell.brigade('release', '--all');
    await waiting;
  });

  it('says of each word what it would do and what takes it back, and does nothing', async () => {
    await paused();
    const [{ alert } = { alert: 0 }] = (await listed()).alerts;
    const before = (await scratch.events()).length;
    const would = async (...args: string[]) => (await asOperator('alerts', ...args, '--dry-run')).stdout;
    expect(await would('ack', String(alert), '--note', 'on it')).toMatch(
      new RegExp(
        `^Nothing was done. It would be logged:\n {2}Alert ${alert} is looked after by .*: "on it"\nUndo: brigade alerts unack ${alert}\n$`,
      ),
    );
    expect(await would('silence', String(alert), '--for', '1h')).toContain(
      `Undo: brigade alerts silence ${alert} --for 0`,
    );
    expect(await would('unack', String(alert))).toBe(`Nothing would be done.\nNobody looked after alert ${alert}.\n`);
    expect(await scratch.events()).toHaveLength(before);
  });

  it.each([
    [['ack', '1'], 1, 'UNKNOWN_ALERT'],
    [['unack', '1', '--dry-run'], 1, 'UNKNOWN_ALERT'],
    [['silence', '1', '--for', '8d'], 2, 'INVALID_ARGUMENT'],
  ])('refuses %j', async (args, code, named) => {
    const refused = await asOperator('alerts', ...args);
    expect(refused).toMatchObject({ code, stderr: containing(named) });
  });

  it('takes no word of whoever is no operator', async () => {
    await paused();
    const [{ alert } = { alert: 0 }] = (await listed()).alerts;
    const refused = await scratch.brigade(['alerts', 'unack', String(alert), '--dry-run']);
    expect(refused).toMatchObject({ code: 3, stderr: containing('OPERATOR_REQUIRED') });
  });
});
