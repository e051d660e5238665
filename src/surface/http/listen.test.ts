// The server at a real socket, met by clients that keep to nothing.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpRig } from '../../../test/support/http-rig.ts';
import { listening } from '../../../test/support/listening.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { HttpEnv } from './http-parts.ts';
import type { ListenAt, Listening } from './listen.ts';

const HOST = '127.0.0.1';

async function served(bounds: NonNullable<ListenAt['bounds']> = {}, app?: Hono<HttpEnv>): Promise<Listening> {
  return listening(app ?? (await httpRig()).app, { host: HOST, bounds });
}

interface Wire {
  readonly socket: Socket;
  /** All that was received so far. */
  readonly text: () => string;
  /** Resolves with all of it when the server has closed. */
  readonly closed: Promise<string>;
}

async function dial({ port }: Listening): Promise<Wire> {
  const socket = connect(port, HOST);
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => void socket.once('close', () => resolve(received)));
  await once(socket, 'connect');
  return { socket, text: () => received, closed };
}

async function say(to: Listening, request: string): Promise<string> {
  const { socket, closed } = await dial(to);
  socket.write(request, 'latin1');
  return closed;
}

function get(path: string, headers: string = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n${headers}\r\n`;
}

async function isWell(to: Listening): Promise<void> {
  expect(await say(to, get('/healthz'))).toMatch(/^HTTP\/1.1 200 /);
}

describe('what every answer says to a browser', () => {
  it.each([
    ['a route', get('/healthz'), 200],
    ['no route', get('/nowhere'), 404],
    ['a refusal', get('/healthz', 'Origin: http://evil.example\r\n'), 403],
    ['an address that cannot be read', get('/\\..\\etc'), 400],
  ])('of %s', async (_, request, status) => {
    const answer = await say(await served(), request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("script-src 'self'");
    expect(answer).toContain("frame-ancestors 'none'");
    expect(answer).not.toContain('unsafe-');
    for (const header of [
      'X-Content-Type-Options: nosniff',
      'Referrer-Policy: no-referrer',
      'Cross-Origin-Opener-Policy: same-origin',
    ]) {
      expect(answer).toContain(header);
    }
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    expect(answer.toLowerCase()).toContain(`content-type: ${type}`);
  });
});

describe('a head that is too much', () => {
  it.each([
    ['long headers', get('/healthz', `X-Long: ${'x'.repeat(20_000)}\r\n`), 431],
    ['a long address', get(`/${'x'.repeat(20_000)}`), 431],
    ['many headers', get('/healthz', 'X-A: 1\r\n'.repeat(200)), 413],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two lengths', `POST /v1/x HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, 400],
    [
      'length and chunks',
      `POST /v1/x HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', `GET /healthz HTTP/1.1\r\nHost: ${HOST}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, 403],
    ['no host of old', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
  ])('%s', async (_, request, status) => {
    const server = await served();
    expect(await say(server, request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await isWell(server);
  });
});

describe('a client that is slow', () => {
  it('with its headers is cut off', async () => {
    const server = await served({ headersMs: 300, requestMs: 300, checkMs: 50 });
    const { socket, closed } = await dial(server);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${HOST}\r\nX-Slow: `);
    const trickle = setInterval(() => socket.write('x'), 20);
    onTestFinished(() => clearInterval(trickle));
    expect(await closed).toMatch(/^HTTP\/1.1 408 /);
    await isWell(server);
  });

  it('with its body is cut off', async () => {
    const server = await served({ headersMs: 300, requestMs: 300, checkMs: 50 });
    const { socket, closed } = await dial(server);
    socket.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );
    const trickle = setInterval(() => socket.write(' '), 20);
    onTestFinished(() => clearInterval(trickle));
    expect(await closed).toMatch(/^HTTP\/1.1 408 /);
    await isWell(server);
  });

  it('that says nothing at all keeps its connection no longer', async () => {
    const server = await served({ headersMs: 300, requestMs: 300, checkMs: 50 });
    const { closed } = await dial(server);
    expect(await closed).not.toContain(' 200 ');
    await isWell(server);
  });
});

describe('a client that leaves in the middle', () => {
  it('of its body disturbs nobody, and is no fault of ours', async () => {
    const rig = await httpRig();
    const server = await served({}, rig.app);
    const { socket } = await dial(server);
    socket.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );
    await waitUntil('the request is there', () => connectionsOf(server));
    socket.destroy();
    await waitUntil('it is gone', async () => (await connectionsOf(server)) === 0);
    await isWell(server);
    expect(rig.logged).toEqual([]);
  });

  it('of an answer ends the work on it', async () => {
    const app = new Hono<HttpEnv>();
    const left = Promise.withResolvers<void>();
    app.get('/slow', async (c) => {
      c.req.raw.signal.addEventListener('abort', () => left.resolve());
      await left.promise;
      return c.text('late');
    });
    const { socket } = await dial(await served({}, app));
    socket.write(get('/slow'));
    socket.end();
    await expect(left.promise).resolves.toBeUndefined();
  });
});

describe('connections', () => {
  it('that are idle make room when there is none', async () => {
    const server = await served({ connections: 3, connectionsPerAddress: 0 });
    const idle = await Promise.all([1, 2, 3].map(() => dial(server)));
    for (const { socket } of idle) socket.write(`GET /healthz HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    for (const { text } of idle) await waitUntil('an answer', () => text().includes('"ok":true'));
    expect(await (await dial(server)).closed).toBe('');
    await Promise.all(idle.map(({ closed }) => closed));
    await isWell(server);
  });
});

function connectionsOf({ server }: Listening): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
