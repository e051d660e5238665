// A line between a client and a server of this machine, in the test's own process, which fails the way networks do:
//
//   pass      hands on what comes, both ways
//   noReply   hands on what the client says, and drops what the server says
//   silent    hands on nothing; connections stand, and nobody is told
//   held      takes nothing, so that whoever speaks has to wait; what was held comes when it passes again
//   lateReply the same for what the server says only
//   down      ends the connections that stand, as a server does that is killed, and takes no new one
//
// While it passes, what it hands on may take its time (`delayMs`).
//
// What it does holds for connections that are opened from then on, too; `forget` leaves those that stand as they are, until
// they are remembered.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { inTime } from './in-time.ts';

export type LineMode = 'pass' | 'noReply' | 'silent' | 'held' | 'lateReply' | 'down';

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  mode: LineMode;
}

export class TcpLine {
  readonly address: string;
  /** How much later everything arrives, each way. */
  delayMs = 0;
  readonly #server: Server;
  #connections = new Set<Connection>();
  #forgotten: Connection[] = [];
  #mode: LineMode = 'pass';
  #heard = '';

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async start(to: string): Promise<TcpLine> {
    const [host, port] = to.split(':');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new TcpLine(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (near) => line.#join(near, connect(Number(port), host ?? '')));
    return line;
  }

  set mode(mode: LineMode) {
    this.#mode = mode;
    if (mode === 'down') this.cut();
    for (const connection of this.#connections) setMode(connection, mode);
  }

  /** How often clients said this. */
  heard(text: string): number {
    return this.#heard.split(text).length - 1;
  }

  /** Connections that stand go on as they are, whatever is set later. */
  forget(): void {
    this.#forgotten.push(...this.#connections);
    this.#connections = new Set();
  }

  remember(): void {
    for (const connection of this.#forgotten) {
      setMode(connection, this.#mode);
      this.#connections.add(connection);
    }
    this.#forgotten = [];
  }

  /** Ends the connections that stand, as a server does that is killed. */
  cut(): void {
    for (const { near, far } of this.#connections) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Nobody listens there any more. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const { near, far } of [...this.#connections, ...this.#forgotten]) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    if (this.#mode === 'down') {
      near.resetAndDestroy();
      far.destroy();
      return;
    }
    const connection: Connection = { near, far, mode: 'pass' };
    this.#connections.add(connection);
    const [there, back] = [inTime(() => this.delayMs), inTime(() => this.delayMs)];
    near.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1');
      if (connection.mode !== 'silent') there(() => void far.write(chunk));
    });
    far.on('data', (chunk: Buffer) => {
      if (connection.mode === 'pass' || connection.mode === 'lateReply') back(() => void near.write(chunk));
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        if (connection.mode !== 'silent') other.destroy();
        this.#connections.delete(connection);
      });
    }
    setMode(connection, this.#mode);
  }
}

function setMode(connection: Connection, mode: LineMode): void {
  connection.mode = mode;
  setFlow(connection.near, mode !== 'held');
  setFlow(connection.far, mode !== 'held' && mode !== 'lateReply');
}

function setFlow(socket: Socket, isFlowing: boolean): void {
  if (isFlowing) socket.resume();
  else socket.pause();
}
