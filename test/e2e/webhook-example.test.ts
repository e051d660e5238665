// The receiver of docs/alerts-delivery.md, as it stands there, against what is really sent.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeSecret } from '../../src/adapters/notify/sign.ts';
import { sendWebhook } from '../../src/adapters/notify/webhook.ts';
import { clock } from '../../src/compose.ts';
import { testMessage } from '../../src/core/delivery/message.ts';
import type { SendResult } from '../../src/ports/notifier.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/alerts-delivery.md`, 'utf8');
const [, example = ''] = /^```js\n([\s\S]+?)^```$/m.exec(page) ?? [];
const SECRET = writeSecret(Buffer.alloc(32, 1));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe('the receiver of docs/alerts-delivery.md', () => {
  it('takes each message once, and none that is not ours', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, ['--input-type=module', '-'], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', SECRET, PORT: String(port) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdin.end(example);
    const send = (id: string, secret = SECRET): Promise<SendResult> => {
      const target = { name: 'ops', kind: 'webhook', url: `http://127.0.0.1:${port}/` } as const;
      const message = testMessage('f_1', 'ops', id, clock.wallAt());
      const ports = { clock, resolve: () => Promise.resolve([]), version: '0' };
      return sendWebhook(target, message, [secret], ports, new AbortController().signal);
    };
    await waitUntil('the receiver', async () => (await send('a')).result === 'delivered');
    expect(await send('a')).toEqual({ result: 'delivered', detail: 'it answered 204' });
    expect(await send('b', writeSecret(Buffer.alloc(32, 2)))).toMatchObject({ detail: 'it answered 401' });
    await waitUntil('what it says', () => said !== '');
    expect(said).toBe('This is a test of ops; nothing is wrong\n');
  });
});
