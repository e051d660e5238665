// Alerts that leave the fleet, with real processes and a real receiver: nothing is lost and nothing comes out of order, also
// where everybody who could send is killed.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type HookAnswer, type Request, WebhookReceiver } from '../support/webhook-receiver.ts';

const NAMES = ['ana', 'bo', 'cy'];

let scratch: Scratch;
let receiver: WebhookReceiver;
let operator: Readonly<Record<string, string>>;
let desk: 'off' | 'auto';
const processes: ServedProcess[] = [];

/** Everybody who could send: each with a coordinator of its own, or one as the desk of the other. */
async function twoCoordinators(): Promise<void> {
  for (const _ of [1, 2]) processes.push(await ServedProcess.start(scratch, { env: { BRIGADE_DESK: desk } }));
}

async function killBoth(): Promise<void> {
  await Promise.all(processes.splice(0).map((process) => process.end('SIGKILL')));
}

async function brigade(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await scratch.brigade(args, { env: { ...operator, BRIGADE_DESK: desk } });
  if (code !== 0) throw new Error(`brigade ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function answerWith(answering: (request: Request, count: number) => HookAnswer): void {
  receiver.answering = answering;
}

beforeEach(async () => {
  scratch = new Scratch();
  receiver = await WebhookReceiver.start();
  operator = {};
  desk = 'off';
  const retriesMs = Array.from({ length: 20 }, () => 1_000);
  const deliver = [{ name: 'ops', kind: 'webhook', url: receiver.url, retriesMs }];
  scratch.write('.brigade/policy.json', JSON.stringify({ alerts: { deliver } }));
  receiver.secret = (await brigade('alerts', 'hook', 'ops', '--secret', '--force')).trim();
  operator = { BRIGADE_OPERATOR_TOKEN: (await brigade('token', 'operator', '--force')).trim() };
  for (const name of NAMES) await brigade('acquire', `task:${name}`, '--agent', name);
});

afterEach(async () => {
  await killBoth();
  receiver.close();
  await scratch.close();
});

/** Each alert begins and ends. */
const WHOLE_STORIES = NAMES.map(() => ['alert.opened', 'alert.closed']);

async function pauseAndResume(names: readonly string[]): Promise<void> {
  for (const name of names) await brigade('pause', name, '--reason', 'a test');
  for (const name of names) await brigade('resume', name, '--reason', 'a test');
}

function stories(): readonly (readonly string[])[] {
  return Object.values(receiver.stories);
}

describe('two coordinators and a receiver', () => {
  it('that fails twice and is slow once: each alert comes at least once, in order, under one id', async () => {
    await twoCoordinators();
    answerWith((_, count) => {
      if (count <= 2) return 500;
      return count === 3 ? new Promise((resolve) => setTimeout(() => resolve(200), 1_500)) : 200;
    });
    await pauseAndResume(NAMES);
    await waitUntil('every alert', () => stories().flat().length >= 6, { withinMs: 30_000 });
    expect(stories()).toEqual(WHOLE_STORIES);
    expect(receiver.forged).toBe(0);
    const bodies = new Map(receiver.requests.map(({ id, body }) => [id, body]));
    expect(receiver.requests.every(({ id, body }) => bodies.get(id) === body)).toBe(true);
    // Six messages and two that failed: nobody but one coordinator sent them.
    expect([bodies.size, receiver.requests.length]).toEqual([6, 8]);
  });

  it.each([
    ['two coordinators', 'off'],
    ['a desk and its guest', 'auto'],
  ] as const)(
    '%s killed between two tries: nothing is lost, and whoever comes next sends the same again',
    async (_, how) => {
      desk = how;
      await twoCoordinators();
      answerWith(() => 500);
      await pauseAndResume(NAMES);
      await waitUntil('tries that failed', () => new Set(receiver.requests.map(({ id }) => id)).size >= NAMES.length, {
        withinMs: 30_000,
      });
      await killBoth();
      const before = receiver.requests.length;
      answerWith(() => 200);
      await twoCoordinators();
      await waitUntil('every alert', () => stories().flat().length >= 6, { withinMs: 30_000 });
      expect(stories()).toEqual(WHOLE_STORIES);
      const ids = new Set(receiver.requests.slice(0, before).map(({ id }) => id));
      expect([...ids].every((id) => receiver.taken.has(id))).toBe(true);
      expect(receiver.forged).toBe(0);
    },
  );

  it('both killed in the middle of a try: it is tried again, and who drops known ids sees it once', async () => {
    await twoCoordinators();
    let isTaken = false;
    // It was taken, and nobody was told so.
    answerWith((request) => {
      isTaken = true;
      receiver.taken.set(request.id, request);
      return 'hang';
    });
    await pauseAndResume(['ana']);
    await waitUntil('a try', () => isTaken, { withinMs: 30_000 });
    await killBoth();
    answerWith(() => 200);
    await twoCoordinators();
    await waitUntil('the end', () => stories().flat().length >= 2, { withinMs: 30_000 });
    expect(stories()).toEqual([['alert.opened', 'alert.closed']]);
    expect(receiver.requests.map(({ type }) => type)).toEqual(['alert.opened', 'alert.opened', 'alert.closed']);
    expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the command line', () => {
  it('shows targets, tests one, and says plainly what this host may not do', async () => {
    // A proxy of the environment, which nobody is at, is not asked.
    operator = {
      ...operator,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
    };
    expect(await brigade('alerts', 'hook', 'ops', '--test')).toContain('delivered: it answered 200');
    const tested = JSON.parse(await brigade('alerts', 'hook', 'ops', '--test', '--json')) as object;
    expect(shapeOf(tested)).toEqual(CLI_SHAPES.alertHookTest);
    expect(receiver.requests.map(({ type }) => type)).toEqual(['alert.test', 'alert.test']);
    const shown = await brigade('alerts', 'hooks');
    expect(shown).toMatch(/ops\s+working/);
    // Another user of the same repository has agreed to nothing.
    const elsewhere = { XDG_STATE_HOME: join(scratch.home, 'other') };
    const { stdout } = await scratch.brigade(['alerts', 'hooks', '--json'], { env: elsewhere });
    expect(JSON.parse(stdout)).toMatchObject({
      targets: [{ name: 'ops', standsAgainst: 'This host has no signing secret: brigade alerts hook ops --secret.' }],
    });
  });

  it('shows what was given up, and sends it again on an operator’s word', async () => {
    answerWith(() => 500);
    const deliver = [{ name: 'ops', kind: 'webhook', url: receiver.url, retriesMs: [] }];
    scratch.write('.brigade/policy.json', JSON.stringify({ alerts: { deliver } }));
    await brigade('policy', 'apply', '--yes');
    await twoCoordinators();
    await brigade('pause', 'ana', '--reason', 'a test');
    const dead = await waitUntil('a dead letter', async () => {
      const shown = JSON.parse(await brigade('alerts', 'hooks', '--json')) as { readonly dead: readonly object[] };
      return shown.dead.length > 0 && shown;
    });
    expect(shapeOf(dead)).toEqual(CLI_SHAPES.alertHooks);
    expect(dead.dead).toMatchObject([{ target: 'ops', code: 'paused_agent', attempts: 1, detail: 'it answered 500' }]);
    const { code, stdout } = await scratch.brigade(['doctor']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('ALERTS_UNDELIVERED')]);
    answerWith(() => 200);
    await brigade('alerts', 'hook', 'ops', '--retry');
    await waitUntil('it', () => receiver.taken.size === 1);
  });

  it('gives a secret to nobody but the user, and the log has none', async () => {
    const refused = await scratch.brigade(['alerts', 'hook', 'ops', '--secret']);
    expect(refused.code).toBe(3);
    const byAgent = await scratch.brigade(['alerts', 'hook', 'ops', '--secret', '--force'], {
      env: { CLAUDECODE: '1' },
    });
    expect(byAgent.code).toBe(3);
    expect(receiver.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await brigade('alerts', 'hook', 'ops', '--secret', '--force')).toBe(`${receiver.secret}\n`);
    const rotated = (await brigade('alerts', 'hook', 'ops', '--secret', '--rotate', '--force')).trim();
    expect(rotated).not.toBe(receiver.secret);
    // Who still has the old one takes what is sent, until it is dropped.
    const test = async () => (await scratch.brigade(['alerts', 'hook', 'ops', '--test'], { env: operator })).stdout;
    expect(await test()).toContain('delivered: it answered 200');
    expect(await brigade('alerts', 'hook', 'ops', '--secret', '--now', '--force')).toBe(`${rotated}\n`);
    expect(await test()).toContain('not delivered: it answered 401');
    const files = readdirSync(scratch.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const withSecret = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(rotated.slice(6, -1)));
    expect(withSecret).toEqual([expect.stringMatching(/targets\/ops\.secret$/)]);
    expect(statSync(withSecret[0] ?? '').mode & 0o777).toBe(0o600);
  });
});
