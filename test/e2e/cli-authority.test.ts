// Authority from the command line: a person at a terminal, or whoever shows the operator token; never an agent.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let one: Shell;

beforeEach(async () => {
  scratch = new Scratch();
  one = new Shell(scratch, 'one');
  await one.brigade('acquire', 'src/a.ts', '--agent', 'ana');
});
afterEach(async () => {
  await one.close();
  await scratch.close();
});

const REVOKE = ['revoke', 'src/a.ts', '--reason', 'asleep'] as const;

async function token(): Promise<string> {
  const { stdout, code } = await scratch.brigade(['token', 'operator', '--force']);
  expect(code).toBe(0);
  return stdout.trim();
}

/** Every file of the state folder. */
function stateFiles(): readonly string[] {
  return readdirSync(scratch.stateHome, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('compile-cache'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('brigade revoke', () => {
  it('takes a lock back for a person at a terminal; the log names who and why', async () => {
    const { code, shown } = await atTerminal(scratch, [...REVOKE]);
    expect({ code, shown }).toMatchObject({
      code: 0,
      shown: matching(/Revoked.* file:src\/a\.ts \(token \d+\) from ana/),
    });
    const event = (await scratch.events()).find((each) => each.type === 'lease.revoked');
    expect(event).toMatchObject({ actor: matching(/^operator:\w+/), reason: 'asleep', agentId: 'ana' });
  });

  it('takes a lock back for whoever shows the operator token, and serves the next in line', async () => {
    const env = { BRIGADE_OPERATOR_TOKEN: await token() };
    const bo = await scratch.agent();
    await bo.call('register', { id: 'bo' });
    const queued = await bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 50 });
    expect(queued.told.status).toBe('queued');
    const { code, stdout } = await scratch.brigade([...REVOKE, '--json'], { env });
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { promoted: unknown[] };
    expect(shapeOf({ ...told, promoted: [] })).toEqual(CLI_SHAPES.revoke);
    expect(told.promoted).toMatchObject([{ agentId: 'bo', how: 'offered', resources: ['file:src/a.ts'] }]);
  });

  it('shows beforehand what would be logged, that nothing takes it back, and takes nothing', async () => {
    const env = { BRIGADE_OPERATOR_TOKEN: await token() };
    const before = (await scratch.events()).length;
    const { code, stdout } = await scratch.brigade([...REVOKE, '--dry-run'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Nothing was done. It would be logged:\n {2}.*file:src\/a\.ts.*\n(.*\n)*Nothing takes it back\.\n$/,
    );
    expect(await scratch.events()).toHaveLength(before);
    expect(await scratch.brigade([...REVOKE, '--token', '1', '--dry-run'], { env })).toMatchObject({ code: 6 });
  });

  it.each([
    ['nobody at a terminal and no token', {}, 'OPERATOR_REQUIRED'],
    ['a wrong token', { BRIGADE_OPERATOR_TOKEN: 'x'.repeat(43) }, 'CREDENTIAL_WRONG'],
  ])('refuses %s', async (_, env, code) => {
    const refused = await scratch.brigade([...REVOKE], { env });
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(`(${code})`);
  });

  it.each(['CLAUDECODE', 'GEMINI_CLI', 'CODEX_SANDBOX', 'BRIGADE_SESSION'])(
    'refuses an agent (%s), with a terminal and with the token',
    async (variable) => {
      const env = { [variable]: '1', BRIGADE_OPERATOR_TOKEN: await token() };
      const byToken = await scratch.brigade([...REVOKE], { env });
      expect(byToken).toMatchObject({ code: 3, stderr: containing('(OPERATOR_REQUIRED)') });
      expect(await atTerminal(scratch, [...REVOKE], { env: { [variable]: '1' } })).toMatchObject({ code: 3 });
    },
  );

  it('says so when there is nothing to revoke', async () => {
    const env = { BRIGADE_OPERATOR_TOKEN: await token() };
    expect(await scratch.brigade(['revoke', 'src/b.ts', '--reason', 'x'], { env })).toMatchObject({ code: 2 });
    expect(await scratch.brigade([...REVOKE, '--token', '1'], { env })).toMatchObject({ code: 6 });
  });
});

describe('brigade token', () => {
  it('makes a token on first use, keeps it for its owner alone, and logs its hash', async () => {
    const first = await scratch.brigade(['token', 'operator', '--force', '--json']);
    const told = JSON.parse(first.stdout) as { token: string };
    expect(shapeOf(told)).toEqual(CLI_SHAPES.token);
    expect(told.token).toMatch(/^[\w-]{43}$/);
    const again = await scratch.brigade(['token', 'operator', '--force']);
    expect(again).toMatchObject({ code: 0, stdout: `${told.token}\n` });

    const keeping = stateFiles().filter((file) => readFileSync(file, 'utf8').includes(told.token));
    expect(keeping).toHaveLength(1);
    for (const file of stateFiles()) expect(statSync(file).mode & 0o077).toBe(0);
    const events = await scratch.events();
    expect(events.filter((event) => event.type === 'operator.token_set')).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain(told.token);
  });

  it('rotates: the new token has authority and the old one none', async () => {
    const old = await token();
    const { stdout } = await scratch.brigade(['token', 'operator', '--rotate', '--force']);
    const fresh = stdout.trim();
    expect(fresh).not.toBe(old);
    const by = (secret: string) => ({ env: { BRIGADE_OPERATOR_TOKEN: secret } });
    expect(await scratch.brigade([...REVOKE], by(old))).toMatchObject({ code: 3 });
    expect(await scratch.brigade([...REVOKE], by(fresh))).toMatchObject({ code: 0 });
    expect(await token()).toBe(fresh);
  });

  it('prints only to a person, unless it is forced, and to no agent', async () => {
    expect(await scratch.brigade(['token', 'operator'])).toMatchObject({ code: 3, stdout: '' });
    const { code, shown } = await atTerminal(scratch, ['token', 'join']);
    expect({ code, shown }).toMatchObject({
      code: 0,
      shown: matching(/^The join token was created:\n[\w-]{43}\n$/),
    });
    const agent = await scratch.brigade(['token', 'operator', '--force'], { env: { CLAUDECODE: '1' } });
    expect(agent).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('secrets', () => {
  it('are in no output of a command that looks', async () => {
    const secret = await token();
    const env = { BRIGADE_OPERATOR_TOKEN: secret };
    for (const command of ['config', 'status', 'agents', 'doctor']) {
      const { stdout, stderr } = await scratch.brigade([command, '--json'], { env });
      expect(`${stdout}${stderr}`).not.toContain(secret);
    }
    const { stdout } = await scratch.brigade(['config'], { env });
    expect(stdout).toMatch(/^operatorToken +\(set, not shown\) +BRIGADE_OPERATOR_TOKEN$/m);
  });
});
