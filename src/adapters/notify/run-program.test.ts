import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { testMessage } from '../../core/delivery/message.ts';
import { desktopProgram } from './desktop.ts';
import { runProgram } from './run-program.ts';

const message = { ...testMessage('fleet_1', 'ops', 'a', '2026-11-22T10:00:00.000Z'), sentence: '$(touch x); "ana"' };
const clock = createFakeClock();
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-program-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(script: string, args: readonly string[] = [], signal = new AbortController().signal) {
  const env = { PATH: process.env.PATH, BRIGADE_OPERATOR_TOKEN: 'secret', BRIGADE_SESSION: 'secret', HOME: folder };
  return runProgram({ program: [process.execPath, '-e', script, ...args], message, env, clock }, signal);
}

describe('a program', () => {
  it('is given the message on its input and in its environment, its arguments as they are, and no secret', async () => {
    const out = join(folder, 'out.json');
    const script = `
      let input = '';
      process.stdin.on('data', (chunk) => (input += chunk)).on('end', () =>
        require('node:fs').writeFileSync(process.argv[1], JSON.stringify({ input, args: process.argv.slice(2), env: process.env })));`;
    expect(await run(script, [out, '$HOME; ls', '*'])).toEqual({ result: 'delivered', detail: 'it ran' });
    const { input, args, env } = JSON.parse(await readFile(out, 'utf8')) as Record<string, unknown>;
    expect(input).toBe(message.body);
    expect(args).toEqual(['$HOME; ls', '*']);
    expect(env).toMatchObject({
      BRIGADE_ALERT_ID: message.id,
      BRIGADE_ALERT_TYPE: 'alert.test',
      BRIGADE_ALERT_NUMBER: '0',
      BRIGADE_ALERT_CODE: 'contention',
      BRIGADE_ALERT_SEVERITY: 'info',
      BRIGADE_ALERT_SENTENCE: message.sentence,
    });
    expect(JSON.stringify(env)).not.toContain('secret');
  });

  it('that fails, or is not there, has not delivered', async () => {
    expect(await run('process.exit(3)')).toMatchObject({ result: 'failed', detail: 'it ended with 3' });
    const nowhere = runProgram(
      { program: [join(folder, 'nothing')], message, env: {}, clock },
      new AbortController().signal,
    );
    expect(await nowhere).toMatchObject({ result: 'failed', detail: 'it could not be run (ENOENT)' });
  });

  it('that reads nothing of its input and writes without end is none the worse', async () => {
    expect(await run('process.stdout.write("x".repeat(1e6)); process.stdin.destroy()')).toMatchObject({
      result: 'delivered',
    });
  });

  it('is ended after ten seconds, and when this process ends', async () => {
    const slow = run('setInterval(() => undefined, 1000)');
    await clock.advance(10_000);
    expect(await slow).toMatchObject({ result: 'failed', detail: 'it ran for more than 10 s' });
    const leaving = new AbortController();
    const cut = run('setInterval(() => undefined, 1000)', [], leaving.signal);
    leaving.abort();
    expect(await cut).toMatchObject({ result: 'failed', detail: 'this process ended' });
    expect(clock.timers).toBe(0);
  });
});

describe('a notification on the desktop', () => {
  async function withProgram(name: string): Promise<string> {
    await writeFile(join(folder, name), '#!/bin/sh\n');
    await chmod(join(folder, name), 0o755);
    return folder;
  }

  it('is shown by what the platform has, texts as arguments', async () => {
    const linux = { PATH: await withProgram('notify-send'), DISPLAY: ':0' };
    expect(desktopProgram({ platform: 'linux', env: linux }, { ...message, severity: 'critical' })).toEqual([
      'notify-send',
      '-a',
      'Brigade',
      '-u',
      'critical',
      '--',
      'Brigade: contention',
      message.sentence,
    ]);
    const mac = desktopProgram({ platform: 'darwin', env: { PATH: await withProgram('osascript') } }, message);
    expect(mac).toEqual(expect.arrayContaining(['osascript', 'on run argv', message.sentence]));
    const windows = desktopProgram({ platform: 'win32', env: { PATH: await withProgram('powershell.exe') } }, message);
    expect(JSON.stringify(windows)).not.toContain('touch x');
  });

  it('is plainly not possible where nothing shows one', () => {
    expect(desktopProgram({ platform: 'linux', env: { PATH: folder, DISPLAY: ':0' } }, message)).toBe(
      'There is no notify-send on the PATH of this process.',
    );
    expect(desktopProgram({ platform: 'linux', env: { PATH: folder } }, message)).toBe(
      'No desktop session is known to this process.',
    );
    expect(desktopProgram({ platform: 'darwin', env: { PATH: folder } }, message)).toContain('osascript');
  });
});
