// Policy from the file to the log, with real processes: checked, shown, explained, applied, adopted with the founding, and
// what doctor says of a file that is not in force.

import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';

const FILE = '.brigade/policy.json';
let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const policy = (...args: string[]) => scratch.brigade(['policy', ...args]);

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await policy(...args, '--json');
  return JSON.parse(stdout === '' ? stderr : stdout) as Record<string, unknown>;
}

function write(value: unknown, path = FILE): void {
  mkdirSync(join(scratch.root, '.brigade'), { recursive: true, mode: 0o700 });
  scratch.write(path, typeof value === 'string' ? value : JSON.stringify(value));
}

/** An operator's environment. */
async function operator(): Promise<{ readonly env: Record<string, string> }> {
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  return { env: { BRIGADE_OPERATOR_TOKEN: stdout.trim() } };
}

const found = () => scratch.brigade(['acquire', 'task:x', '--agent', 'ana']);
const apply = (by: { env: Record<string, string> }, ...args: string[]) =>
  scratch.brigade(['policy', 'apply', ...args], by);
const adoptions = async () => (await scratch.events()).filter(({ type }) => type === 'policy.adopted');

describe('brigade policy check', () => {
  it('says what is in force where there is no file, and changes nothing', async () => {
    const { code, stdout } = await policy('check');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `There is no ${FILE}. In force: the defaults; nobody has adopted a policy.\n`,
    });
    write({ onPause: 'release' });
    expect(await policy('check')).toMatchObject({ code: 0, stdout: containing('it will begin with this policy') });
    await scratch.brigade(['status']);
    expect(await scratch.events()).toEqual([]);
  });

  it('tells a file that differs from the policy in force by exit code 1, and one that does not by 0', async () => {
    await found();
    write('{ "onPause": "release", /* soon */ "agents": { "ci_*": { "evidence": { "pauseFailures": 4 } } } }');
    const differs = await policy('check');
    expect(differs).toMatchObject({ code: 1, stderr: '' });
    expect(differs.stdout).toBe(
      [
        `${FILE} is valid and differs from the policy in force (the defaults; nobody has adopted a policy):`,
        '  agents["ci_*"].evidence.pauseFailures: (default) -> 4',
        '  onPause: (default) -> "release"',
        '`brigade policy apply` puts it in force.',
        '',
      ].join('\n'),
    );
    expect(shapeOf(await json('check'))).toEqual(CLI_SHAPES.policyCheck);
    expect(await apply(await operator(), '--yes')).toMatchObject({ code: 0 });
    expect(await policy('check')).toMatchObject({ code: 0, stdout: matching(/is valid and says what is in force/) });
    write({ archive: null }, 'other.json');
    expect(await policy('check', 'other.json')).toMatchObject({ code: 1, stdout: containing('apply other.json') });
  });

  it.each([
    [
      '{ "evidence": {\n  "pauseFailuers": 3 } }',
      /line 2, column 3: evidence\.pauseFailuers is no setting; did you mean pauseFailures\?/,
    ],
    ['{ "evidence": { "guideFailures": 9 } }', /evidence\.guideFailures is 9, above pauseFailures/],
    ['{ "hooks": { "quietMS": 1 } }', /line 1, column 14: hooks\.quietMS is no setting; did you mean quietMs\?/],
    ['{ "onPause": "keep"', /line 1, column 20: a } is missing/],
  ])('refuses %s with path and reason', async (text, message) => {
    write(text);
    const refused = await policy('check');
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: matching(message) });
    expect(refused.stderr).toContain('(POLICY_INVALID)');
    const told = await json('check');
    expect(shapeOf(told)).toEqual(CLI_SHAPES.policyInvalid);
    expect(await apply({ env: {} }, '--yes')).toMatchObject({ code: 2, stderr: matching(message) });
  });

  it('refuses what is no file, and a file that is not there', async () => {
    mkdirSync(join(scratch.root, FILE), { recursive: true });
    expect(await policy('check')).toMatchObject({ code: 2, stderr: containing('is no file. (POLICY_INVALID)') });
    expect(await policy('check', 'nowhere.json')).toMatchObject({ code: 2, stderr: containing('There is no file') });
  });
});

describe('brigade policy apply', () => {
  it('puts a file in force by an operator`s word, once; the log says what changed, by whom and why', async () => {
    const by = await operator();
    write({ onPause: 'release' });
    const applied = await apply(by, '--yes', '--reason', 'half done work blocks others', '--json');
    const told = JSON.parse(applied.stdout) as { adopted: { seq: number } };
    expect(shapeOf(told)).toEqual(CLI_SHAPES.policyApply);
    const [event, ...more] = await adoptions();
    expect(more).toEqual([]);
    const diff = ['onPause: (default) -> "release"'];
    const reason = 'half done work blocks others';
    expect(event).toMatchObject({ seq: told.adopted.seq, actor: matching(/^operator:/), diff, reason });
    expect(await apply(by)).toMatchObject({
      code: 0,
      stdout: matching(/^Nothing to do: \.brigade\/policy\.json is in force already/),
    });
    expect(await adoptions()).toHaveLength(1);
  });

  it('goes back to the defaults, and says when the file says something else', async () => {
    const by = await operator();
    write({ onPause: 'release' });
    await apply(by, '--yes');
    const back = await apply(by, '--defaults', '--yes');
    expect(back).toMatchObject({
      code: 0,
      stdout: matching(/^The defaults are in force .*:\n {2}onPause: "release" -> \(default\)\n$/),
    });
    expect(back.stderr).toContain('.brigade/policy.json says something else');
    expect(await json('show')).toMatchObject({ content: {}, settings: DEFAULT_POLICY });
    expect(await apply(by, 'x.json', '--defaults')).toMatchObject({ code: 2 });
    expect(await apply(by, '--defaults', '--yes')).toMatchObject({ code: 0, stdout: matching(/^Nothing to do/) });
  });

  it('is refused without an operator, in an agent`s environment, and unconfirmed in a script', async () => {
    await found();
    write({ onPause: 'release' });
    expect(await apply({ env: {} }, '--yes')).toMatchObject({ code: 3, stderr: containing('(OPERATOR_REQUIRED)') });
    const by = await operator();
    const agent = { env: { ...by.env, CLAUDECODE: '1' } };
    expect(await apply(agent, '--yes')).toMatchObject({ code: 3, stderr: containing('(OPERATOR_REQUIRED)') });
    const wrong = { env: { BRIGADE_OPERATOR_TOKEN: 'x'.repeat(43) } };
    expect(await apply(wrong, '--yes')).toMatchObject({ code: 3, stderr: containing('(CREDENTIAL_WRONG)') });
    expect(await apply(by)).toMatchObject({ code: 2, stderr: containing('--yes') });
    expect(await adoptions()).toEqual([]);
    rmSync(join(scratch.root, FILE));
    expect(await apply(by, '--yes')).toMatchObject({ code: 2, stderr: containing('--defaults') });
  });

  it('shows a person what it changes, and asks', async () => {
    await found();
    write({ onPause: 'release' });
    const no = await atTerminal(scratch, ['policy', 'apply'], { input: 'n\n' });
    expect(no).toMatchObject({
      code: 1,
      shown: matching(/onPause: \(default\) -> "release".*\[y\/N\].*Nothing was changed/s),
    });
    expect(await adoptions()).toEqual([]);
    const yes = await atTerminal(scratch, ['policy', 'apply'], { input: 'y\n' });
    expect(yes).toMatchObject({
      code: 0,
      shown: matching(/policy\.json is in force \(number \d+, adopted by operator:/),
    });
    expect(await adoptions()).toHaveLength(1);
  });
});

describe('brigade policy show and explain', () => {
  it('show the policy in force, and why an agent is treated as it is', async () => {
    const by = await operator();
    expect(await policy('show')).toMatchObject({
      code: 0,
      stdout: matching(/^In force: the defaults.*^onPause +keep +default$/ms),
    });
    write({
      onPause: 'release',
      agents: { 'ci_*': { archive: null, evidence: { guideFailures: 5 } }, '*_x': { evidence: { pauseFailures: 4 } } },
    });
    await apply(by, '--yes', '--reason', 'trial');
    const { stdout } = await policy('show');
    expect(stdout).toMatch(/^In force: number \d+, adopted by operator:\S+ at \S+Z, because: trial\.\n/);
    expect(stdout).toMatch(/^onPause +release +policy$/m);
    expect(stdout).toMatch(/^archive\.silentMs +604800000 \(7d00h\) +default$/m);
    expect(stdout).toMatch(/^ {2}ci_\* {2}archive\.silentMs null$/m);
    const shown = await json('show');
    expect(shapeOf({ ...shown, content: {} })).toEqual(CLI_SHAPES.policyShow);

    const { stdout: text } = await policy('show', '--file');
    write(text, 'again.json');
    expect(await policy('check', 'again.json')).toMatchObject({ code: 0 });

    const explained = await json('explain', 'ci_1');
    expect(shapeOf(explained)).toEqual(CLI_SHAPES.policyExplain);
    expect(explained.settings).toContainEqual(
      expect.objectContaining({ name: 'archive.silentMs', value: null, from: 'pattern', pattern: 'ci_*' }),
    );
    const told = await policy('explain', 'ci_x');
    expect(told.stdout).toMatch(
      /^archive\.silentMs {2}never {2}agents\["ci_\*"\]\n {4}Archive .*\n {4}Default 604800000 \(7d00h\): Whoever /m,
    );
    expect(told.stderr).toMatch(
      /patterns that both name it disagree: evidence\.guideFailures is 5, above pauseFailures with 4/,
    );
    expect(told.stderr).toContain('ci_x is no agent of this fleet yet.');
    expect(await policy('explain')).toMatchObject({ stdout: matching(/^onPause {2}release {2}policy$/m), stderr: '' });
  });
});

describe('the file of a workspace', () => {
  it('is what a new fleet begins with, in the same group as the founding', async () => {
    write('{ "onPause": "release" } // from the first day');
    await found();
    const [first, second] = await scratch.events();
    expect(first).toMatchObject({ type: 'fleet.founded' });
    expect(second).toMatchObject({ type: 'policy.adopted', actor: 'brigade', policy: { onPause: 'release' } });
    expect(second?.hash).toBe(first?.hash);
    expect(await policy('check')).toMatchObject({ code: 0 });
    expect(await apply(await operator())).toMatchObject({ code: 0, stdout: matching(/^Nothing to do/) });
  });

  it('is adopted by a `brigade mcp` too, as it is when the fleet is founded', async () => {
    const agent = await scratch.agent();
    await agent.call('list_locks', {});
    write({ archive: null });
    await agent.call('register', { id: 'bo' });
    expect(await adoptions()).toMatchObject([{ policy: { archive: null } }]);
  });

  it('keeps nobody from working where it is not valid; the log of the process and doctor say so', async () => {
    write({ onPause: 'drop' });
    const { code, stderr } = await found();
    expect(code).toBe(0);
    expect(stderr).toMatch(/begins with the default policy: .*onPause must be "keep" or "release"; it is "drop"/);
    expect(await adoptions()).toEqual([]);
    const doctor = await scratch.brigade(['doctor', '--json']);
    expect(doctor.code).toBe(1);
    const { findings } = JSON.parse(doctor.stdout) as { findings: unknown[] };
    expect(findings).toMatchObject([{ code: 'POLICY_INVALID', message: containing('onPause must be') }]);
  });

  it('is compared with the policy in force by doctor', async () => {
    write({ onPause: 'release' });
    chmodSync(join(scratch.root, FILE), 0o644);
    await found();
    const well = await scratch.brigade(['doctor']);
    expect(well).toMatchObject({ code: 0, stdout: matching(/^ok +policy +in force: number 2, adopted by brigade/m) });
    write({ onPause: 'release', archive: null });
    const doctor = await scratch.brigade(['doctor']);
    expect(doctor.code).toBe(1);
    chmodSync(join(scratch.root, FILE), 0o666);
    expect((await scratch.brigade(['doctor'])).stdout).toMatch(/FOLDER_OPEN: .*policy\.json/);
    expect(doctor.stdout).toMatch(/POLICY_DIFFERS: .*archive\.silentMs: \(default\) -> null\.\n.*brigade policy apply/);
  });
});
