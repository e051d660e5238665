// Connections from several addresses at once: nobody's take what is left for the others.

import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listening } from '../../../test/support/listening.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { HttpEnv } from './http-parts.ts';
import type { ListenAt, Listening } from './listen.ts';

const HERE = '127.0.0.1';
const ALSO_HERE = '127.0.0.2';
/** An address by which this machine is another host to its own server. */
const ELSEWHERE = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.internal === false && each.family === 'IPv4')?.address;

function served(bounds: NonNullable<ListenAt['bounds']>): Promise<Listening> {
  const app = new Hono<HttpEnv>();
  app.get('/', (c) => c.text('well'));
  return listening(app, { host: '0.0.0.0', bounds });
}

interface Peer {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
}

function dial({ port }: Listening, address: string): Promise<Peer> {
  const to = address.startsWith('127.') ? HERE : address;
  const socket = connect({ port, host: to, localAddress: address });
  onTestFinished(() => void socket.destroy());
  let received = '';
  let isClosed = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
  });
  // A connection that is refused may be reset.
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    const peer = { socket, text: () => received, isClosed: () => isClosed };
    socket.once('connect', () => resolve(peer));
    socket.once('close', () => {
      isClosed = true;
      resolve(peer);
    });
  });
}

/** Begins a request and never ends it. */
async function hold(to: Listening, address: string): Promise<Peer> {
  const peer = await dial(to, address);
  peer.socket.write(`GET / HTTP/1.1\r\nHost: ${HERE}\r\nX-Slow: `);
  return peer;
}

/** True when it was answered, false when it was turned away. */
async function isServed(to: Listening, address: string): Promise<boolean> {
  const { socket, text, isClosed } = await dial(to, address);
  socket.write(`GET / HTTP/1.1\r\nHost: ${HERE}\r\nConnection: close\r\n\r\n`);
  await waitUntil('the end of the connection', isClosed);
  return text().endsWith('well');
}

async function opens(to: Listening): Promise<number> {
  return new Promise((resolve, reject) => {
    to.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe('a client that holds as many connections as it can', () => {
  it.runIf(ELSEWHERE !== undefined)('from another host has its part, and gets it back as it lets go', async () => {
    const server = await served({ connections: 20, connectionsPerAddress: 3 });
    const from = String(ELSEWHERE);
    const held = [await hold(server, from), await hold(server, from)];
    expect(await isServed(server, from)).toBe(true);
    await waitUntil('two connections', async () => (await opens(server)) === 2);
    held.push(await hold(server, from));
    await waitUntil('three connections', async () => (await opens(server)) === 3);
    for (let tried = 0; tried < 5; tried += 1) expect(await isServed(server, from)).toBe(false);
    expect([await isServed(server, HERE), await isServed(server, ALSO_HERE)]).toEqual([true, true]);
    expect(held.map(({ isClosed }) => isClosed())).toEqual([false, false, false]);
    held[0]?.socket.destroy();
    await waitUntil('room for one', () => isServed(server, from));
  });

  it('from one address of this host leaves room for the others', async () => {
    const server = await served({ connections: 10, connectionsPerAddress: 3 });
    const held = await Promise.all(Array.from({ length: 30 }, () => hold(server, HERE)));
    await waitUntil('the rest to be closed', () => held.filter(({ isClosed }) => isClosed()).length === 23);
    expect(await opens(server)).toBe(7);
    expect(await isServed(server, HERE)).toBe(false);
    for (const other of [ALSO_HERE, ELSEWHERE ?? ALSO_HERE]) expect(await isServed(server, other)).toBe(true);
    for (const { socket } of held) socket.destroy();
    await waitUntil('room', () => isServed(server, HERE));
  });

  it('and leaves them idle makes room for itself', async () => {
    const server = await served({ connections: 10, connectionsPerAddress: 3 });
    const idle = await Promise.all(Array.from({ length: 7 }, () => dial(server, HERE)));
    for (const { socket } of idle) socket.write(`GET / HTTP/1.1\r\nHost: ${HERE}\r\n\r\n`);
    for (const { text } of idle) await waitUntil('an answer', () => text().endsWith('well'));
    await waitUntil('room', () => isServed(server, HERE));
    expect(idle.every(({ isClosed }) => isClosed())).toBe(true);
  });

  it('and is slow is cut off in the end', async () => {
    const bounds = { headersMs: 300, requestMs: 300, checkMs: 50, connections: 10, connectionsPerAddress: 3 };
    const server = await served(bounds);
    const held = await Promise.all(Array.from({ length: 7 }, () => hold(server, HERE)));
    await waitUntil('the end of all', () => held.every(({ isClosed }) => isClosed()));
    expect(await isServed(server, HERE)).toBe(true);
  });
});
