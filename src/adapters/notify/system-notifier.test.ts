import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { testMessage } from '../../core/delivery/message.ts';
import type { DeliveryTarget } from '../../core/delivery/target.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { TargetKeys } from '../../ports/target-keys.ts';
import { openTargetKeys } from '../system/target-keys.ts';
import { writeSecret } from './sign.ts';
import { createNotifier } from './system-notifier.ts';

const OPS: DeliveryTarget = { name: 'ops', kind: 'webhook', url: 'https://ops.example/' };
const PAGER: DeliveryTarget = { name: 'pager', kind: 'command' };
const SECRET = writeSecret(Buffer.alloc(32, 7));

let folder = '';
let keys: TargetKeys;
let notifier: Notifier;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-keys-'));
  const fleetFolder = join(folder, 'workspace', '.brigade');
  keys = openTargetKeys({ base: join(folder, 'state'), fleetId: 'f_1234', fleetFolder });
  const env = { PATH: process.env.PATH };
  notifier = createNotifier({ keys: () => keys, clock: createFakeClock(), env, platform: 'linux', version: '0' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a target', () => {
  it('is not reached from a host whose user has not enabled it', async () => {
    expect(await notifier.standingAgainst(OPS)).toContain('brigade alerts hook ops --secret');
    expect(await notifier.standingAgainst(PAGER)).toContain('brigade alerts hook pager --run');
    expect(await notifier.standingAgainst({ name: 'desk', kind: 'desktop' })).toContain('desktop');
    const message = testMessage('f_1234', 'pager', 'a', '2026-11-22T10:00:00.000Z');
    expect(await notifier.send(PAGER, message, new AbortController().signal)).toMatchObject({ result: 'failed' });
  });

  it('is reached once its secret was made, or its program named', async () => {
    await keys.ensureSecret('ops', SECRET);
    await keys.keepProgram('pager', [process.execPath, '-e', '']);
    expect([await notifier.standingAgainst(OPS), await notifier.standingAgainst(PAGER)]).toEqual([null, null]);
    const message = testMessage('f_1234', 'pager', 'a', '2026-11-22T10:00:00.000Z');
    expect(await notifier.send(PAGER, message, new AbortController().signal)).toMatchObject({ result: 'delivered' });
  });

  it('has one secret, however many make one', async () => {
    const made = await Promise.all([1, 2, 3].map((n) => keys.ensureSecret('ops', writeSecret(Buffer.alloc(32, n)))));
    expect(new Set(made).size).toBe(1);
    await keys.replaceSecret('ops', SECRET, null);
    expect(await keys.secretOf('ops')).toBe(SECRET);
  });

  it('is not reached with a secret that others can read, nor with one that is none', async () => {
    await keys.ensureSecret('ops', SECRET);
    await chmod(join(keys.path, 'ops.secret'), 0o644);
    expect(await notifier.standingAgainst(OPS)).toContain('ops.secret');
    await chmod(join(keys.path, 'ops.secret'), 0o600);
    await keys.replaceSecret('ops', 'hunter2', null);
    expect(await notifier.standingAgainst(OPS)).toBe('The signing secret of this host cannot be read.');
  });

  it('is signed to by the secret before too, for as long as that was said', async () => {
    const [a, b, c] = [1, 2, 3].map((n) => writeSecret(Buffer.alloc(32, n))) as [string, string, string];
    await keys.ensureSecret('ops', a);
    expect(await accepting(a, b, c)).toEqual([true, false, false]);
    await keys.replaceSecret('ops', b, in24Hours());
    expect(await accepting(a, b, c)).toEqual([true, true, false]);
    await keys.replaceSecret('ops', c, in24Hours());
    expect(await accepting(a, b, c)).toEqual([false, true, true]);
    expect(await keys.dropFormer('ops')).toBe(true);
    expect(await accepting(a, b, c)).toEqual([false, false, true]);
    await keys.replaceSecret('ops', a, in24Hours());
    await keys.replaceSecret('ops', b, null);
    expect(await accepting(a, b, c)).toEqual([false, true, false]);
    await keys.replaceSecret('ops', c, new Date(Date.now() - 1).toISOString());
    expect(await accepting(a, b, c)).toEqual([false, false, true]);
    expect((await readdir(keys.path)).toSorted()).toEqual(['ops.former.json', 'ops.secret']);
  });

  it('runs nothing by guess', async () => {
    await keys.keepProgram('pager', ['x']);
    for (const text of ['', '"rm"', '[]', '[1]', '{"program":"rm"}']) {
      await writeFile(join(keys.path, 'pager.program.json'), text);
      expect(await keys.programOf('pager')).toBeNull();
    }
  });

  it('is kept outside the workspace, under no other name than its own', async () => {
    await keys.ensureSecret('ops', SECRET);
    expect(await readdir(folder)).toEqual(['state']);
    await expect(keys.secretOf('../ops')).rejects.toThrow('1 to 32 characters');
  });
});

function in24Hours(): string {
  return new Date(Date.now() + 86_400_000).toISOString();
}

/** Which of these secrets a receiver may have that is sent to now, by the library of the specification. */
async function accepting(...secrets: readonly string[]): Promise<readonly boolean[]> {
  const heard: { body: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      heard.push({ body, headers: request.headers });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const clock = { ...createFakeClock(), wallAt: () => new Date().toISOString() };
  const sender = createNotifier({ keys: () => keys, clock, env: {}, platform: 'linux', version: '0' });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const message = testMessage('f_1234', 'ops', 'a', clock.wallAt());
  await sender.send({ ...OPS, url } as DeliveryTarget, message, new AbortController().signal);
  server.close();
  const { body = '', headers = {} } = heard[0] ?? {};
  return secrets.map((secret) => {
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  });
}
