import { connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { hear } from '../../../test/support/heard.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { systemClock } from '../system/system-clock.ts';
import { SocketConnection } from './socket-connection.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Both ends of a connection over the loopback. */
async function socketPair(): Promise<readonly [near: Socket, far: Socket]> {
  const taken: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => taken.push(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const near = connect(address.port, '127.0.0.1');
  const far = await waitUntil('the connection', () => taken[0]);
  server.close();
  sockets.push(near, far);
  return [near, far];
}

describe('a connection over a socket', () => {
  it('writes once in one turn', async () => {
    const writes: number[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        writes.push(chunk.length);
        done();
      },
      writev: (chunks, done) => {
        writes.push(chunks.length);
        done();
      },
    });
    const connection = new SocketConnection(stream as Socket, systemClock);
    for (let n = 0; n < 100; n += 1) connection.send('a');
    await waitUntil('the writes', () => writes.length > 0);
    for (let n = 0; n < 50; n += 1) connection.send('b');
    await waitUntil('the writes of another turn', () => writes.length > 1);
    expect(writes).toEqual([100, 50]);
    connection.destroy();
  });

  it('tells an error as its close, once, and throws nothing', async () => {
    const [near] = await socketPair();
    const heard = hear(new SocketConnection(near, systemClock));
    near.destroy(new Error('the cable was cut'));
    await waitUntil('the close', () => heard.closes > 0);
    expect(heard.closes).toBe(1);
  });

  it('that has ended is closed after a second, whether the other side closes or not', async () => {
    const clock = createFakeClock();
    const [near, far] = await socketPair();
    const heard = hear(new SocketConnection(near, clock));
    const read: string[] = [];
    far.on('data', (chunk: Buffer) => read.push(chunk.toString('latin1')));
    heard.connection.send('last');
    heard.connection.end();
    await waitUntil('the last message', () => read.join('').endsWith('last'));
    expect(clock.timers).toBe(1);
    await clock.advance(999);
    expect(heard.closes).toBe(0);
    await clock.advance(1);
    await waitUntil('the close', () => heard.closes === 1);
    expect(clock.timers).toBe(0);
  });

  it('keeps no timer while it is idle, and none once it is closed', async () => {
    const clock = createFakeClock();
    const [near, far] = await socketPair();
    const heard = hear(new SocketConnection(near, clock));
    heard.connection.send('a');
    expect(clock.timers).toBe(0);
    heard.connection.end();
    far.destroy();
    await waitUntil('the close', () => heard.closes === 1);
    expect(clock.timers).toBe(0);
  });
});
