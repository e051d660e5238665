import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { testMessage } from '../../core/delivery/message.ts';
import type { WebhookTarget } from '../../core/delivery/target.ts';
import type { SendResult } from '../../ports/notifier.ts';
import type { Resolve } from './addresses.ts';
import { isSecret, writeSecret } from './sign.ts';
import { sendWebhook } from './webhook.ts';

const SECRET = writeSecret(Buffer.alloc(32, 7));
const MESSAGE = testMessage('fleet_1', 'ops', 'a', '2026-11-22T10:00:00.000Z');

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A receiver; answers where it is and what it has heard. */
async function receiver(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ readonly port: number; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  servers.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { port: (server.address() as AddressInfo).port, heard };
}

function target(url: string, more: Partial<WebhookTarget> = {}): WebhookTarget {
  return { name: 'ops', kind: 'webhook', url, ...more };
}

const noNames: Resolve = (hostname) => Promise.reject(new Error(`asked for ${hostname}`));
const realClock = { ...createFakeClock(), wallAt: () => new Date().toISOString() };

function send(to: WebhookTarget, resolve = noNames, clock = realClock, signal = new AbortController().signal) {
  return sendWebhook(to, MESSAGE, [SECRET], { clock, resolve, version: '1.2.3' }, signal);
}

async function answeredWith(status: number, headers: Record<string, string> = {}): Promise<SendResult> {
  const { port } = await receiver((response) => response.writeHead(status, headers).end('thanks'));
  return send(target(`http://127.0.0.1:${port}/`));
}

describe('a request', () => {
  it('is signed as the specification says, by its own words and by its library', async () => {
    const { port, heard } = await receiver((response) => response.writeHead(204).end());
    expect(await send(target(`http://127.0.0.1:${port}/alerts`))).toEqual({
      result: 'delivered',
      detail: 'it answered 204',
    });
    const [{ headers, body } = { headers: {}, body: '' }] = heard;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signed } = headers;
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${body}`)
      .digest('base64');
    expect(signed).toBe(`v1,${expected}`);
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(MESSAGE.body));
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Brigade/1.2.3' });
    expect(id).toBe(MESSAGE.id);
    expect(id).not.toContain('.');
  });

  it('is not signed with what is no secret', async () => {
    expect(['whsec_', 'whsec_c2hvcnQ=', SECRET.slice(6), ''].map(isSecret)).toEqual([false, false, false, false]);
    expect(isSecret(SECRET)).toBe(true);
  });
});

describe('an answer', () => {
  it('of 2xx is a delivery, 410 an end, everything else a failure', async () => {
    expect(await answeredWith(200)).toMatchObject({ result: 'delivered' });
    expect(await answeredWith(410)).toEqual({ result: 'gone', detail: 'it answered 410' });
    expect(await answeredWith(500)).toEqual({ result: 'failed', detail: 'it answered 500', retryAfterMs: null });
    expect(await answeredWith(404)).toMatchObject({ result: 'failed', retryAfterMs: null });
  });

  it('may ask for patience, in seconds or until a date, when it is 429 or 503', async () => {
    expect(await answeredWith(503, { 'retry-after': '120' })).toMatchObject({ retryAfterMs: 120_000 });
    const until = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterMs } = (await answeredWith(429, { 'retry-after': until })) as { readonly retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(await answeredWith(503, { 'retry-after': 'soon' })).toMatchObject({ retryAfterMs: null });
    expect(await answeredWith(500, { 'retry-after': '120' })).toMatchObject({ retryAfterMs: null });
  });

  it('that leads elsewhere is not followed', async () => {
    const { port, heard } = await receiver((response) => response.writeHead(200).end());
    expect(await answeredWith(307, { location: `http://127.0.0.1:${port}/` })).toMatchObject({
      result: 'failed',
      detail: 'it answered 307, and redirects are not followed',
    });
    expect(heard).toEqual([]);
  });

  it('without an end is read no farther than a bound', async () => {
    let isCut = false;
    const { port } = await receiver((response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(8_192)), 1);
      response.once('close', () => {
        clearInterval(more);
        isCut = true;
      });
    });
    expect(await send(target(`http://127.0.0.1:${port}/`))).toMatchObject({ result: 'delivered' });
    await expect.poll(() => isCut).toBe(true);
  });

  it('that does not come is waited for fifteen seconds', async () => {
    const clock = createFakeClock();
    const { port, heard } = await receiver(() => undefined);
    const sent = send(target(`http://127.0.0.1:${port}/`), noNames, clock);
    await expect.poll(() => heard.length).toBe(1);
    await clock.advance(15_000);
    expect(await sent).toMatchObject({ result: 'failed', detail: 'it did not answer within 15 s' });
    expect(clock.timers).toBe(0);
  });

  it('is waited for no longer when this process ends', async () => {
    const { port, heard } = await receiver(() => undefined);
    const leaving = new AbortController();
    const sent = send(target(`http://127.0.0.1:${port}/`), noNames, createFakeClock(), leaving.signal);
    await expect.poll(() => heard.length).toBe(1);
    leaving.abort();
    expect(await sent).toMatchObject({ result: 'failed', detail: 'this process ended' });
  });

  it('of nobody names what stood against it', async () => {
    const { port } = await receiver(() => undefined);
    for (const server of servers.splice(0)) server.close();
    expect(await send(target(`http://127.0.0.1:${port}/`))).toMatchObject({
      detail: 'it could not be reached (ECONNREFUSED)',
    });
  });
});

describe('a name', () => {
  it('is resolved once, and the connection goes to what was checked then, whatever it would answer next', async () => {
    const { port, heard } = await receiver((response) => response.writeHead(200).end());
    const asked: string[] = [];
    // Allowed at first and forbidden afterwards: whoever asks again is led away.
    const rebinding: Resolve = (hostname) => {
      asked.push(hostname);
      return Promise.resolve([{ address: asked.length === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    };
    const result = await send(target(`http://ops.internal:${port}/`, { allowPrivate: true }), rebinding);
    expect(result).toMatchObject({ result: 'delivered' });
    expect([asked, heard[0]?.headers.host]).toEqual([['ops.internal'], `ops.internal:${port}`]);
    // The next try asks again, and sends nothing there.
    const next = await send(target(`http://ops.internal:${port}/`, { allowPrivate: true }), rebinding);
    expect(next.detail).toBe('ops.internal is in the range linkLocal, where nothing is sent');
    expect(heard).toHaveLength(1);
  });

  it('that leads to this host or into its network is sent nothing', async () => {
    const { port, heard } = await receiver((response) => response.writeHead(200).end());
    const here: Resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    expect(await send(target(`https://ops.example:${port}/`), here)).toMatchObject({
      detail: 'ops.example is in the range loopback, where nothing is sent',
    });
    expect((await send(target('http://ops.example/'))).detail).toContain('https://');
    expect(heard).toEqual([]);
  });
});
