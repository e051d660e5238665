import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../ports/logger.ts';
import { createPlainLogger } from './plain-logger.ts';
import { withoutSecrets } from './redact.ts';

const SECRET = 'k3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Yk3Y';
const FIELDS = `{ token: 7, handle: '${SECRET}', nested: [{ session: '${SECRET}', operatorToken: '${SECRET}' }] }`;

/** Runs `script` with a logger of the given kind in a process of its own, and answers what it wrote where. */
function runWith(make: string, script: string): { stdout: string; stderr: string } {
  const modules = ['plain-logger', 'pino-logger'].map((name) => new URL(`./${name}.ts`, import.meta.url).href);
  const text = `
    const { createPlainLogger } = await import(${JSON.stringify(modules[0])});
    const { createPinoLogger } = await import(${JSON.stringify(modules[1])});
    const logger = await ${make};
    ${script}`;
  // Node 22 warns on stderr that it strips types.
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', text];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe.each(['createPlainLogger', 'createPinoLogger'])('%s', (make) => {
  it('writes to stderr only, from its level upwards, with the fields of its parents', () => {
    const { stdout, stderr } = runWith(
      `${make}('warn')`,
      `logger.info({}, 'too quiet'); logger.child({ part: 'tail' }).warn({ behind: 3 }, 'slow'); logger.error({}, 'bad');`,
    );
    expect(stdout).toBe('');
    expect(stderr).not.toContain('too quiet');
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/slow/);
    expect(lines[0]).toMatch(/part\W+tail/);
    expect(lines[0]).toMatch(/behind\W+3/);
  });

  it('shows fencing tokens and no secret, wherever it stands', () => {
    const { stderr } = runWith(
      `${make}('debug')`,
      `logger.debug(${FIELDS}, 'x'); logger.child(${FIELDS}).info({}, 'y');`,
    );
    expect(stderr).not.toContain(SECRET);
    expect(stderr).toMatch(/token\W+7/);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('says nothing when silent, and tells an error by its message', () => {
    expect(runWith(`${make}('silent')`, `logger.error({}, 'bad');`).stderr).toBe('');
    expect(runWith(`${make}('warn')`, `logger.warn({ err: new Error('no disk') }, 'bad');`).stderr).toContain(
      'no disk',
    );
  });
});

describe('the plain logger', () => {
  it.each(['error', 'warn', 'info', 'debug'] as const)('at level %s writes what is as grave', (level) => {
    const order: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
    const lines: string[] = [];
    const logger = createPlainLogger(level, (line) => lines.push(line));
    logger.error({}, 'x');
    logger.warn({}, 'x');
    logger.info({}, 'x');
    logger.debug({}, 'x');
    expect(lines).toEqual(order.slice(0, order.indexOf(level) + 1).map((each) => `brigade: ${each}: x\n`));
  });

  it('writes one line, whatever is in the fields', () => {
    const lines: string[] = [];
    createPlainLogger('warn', (line) => lines.push(line)).warn({ a: 'two\nlines', b: undefined, c: { d: 'x y' } }, 'm');
    expect(lines).toEqual(['brigade: warn: m a="two\\nlines" b=undefined c={"d":"x y"}\n']);
  });
});

it('redaction ends in the depth and leaves errors and dates as they are', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const error = new Error('x');
  expect(JSON.stringify(withoutSecrets(loop))).toContain('[deep]');
  expect(withoutSecrets({ error, session: null, JoinToken: 'x' })).toEqual({
    error,
    session: null,
    JoinToken: '[secret]',
  });
});

it('loading the plain logger does not load pino', () => {
  const module = JSON.stringify(new URL('./plain-logger.ts', import.meta.url).href);
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => { if (name === 'pino') console.log('pino'); return next(name, context); } });
    await import(${module});`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe('');
});
