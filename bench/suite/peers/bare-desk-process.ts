// What a desk is without any rule: a local socket, a line of JSON for each request and each answer, and a bare log behind it.
// Arguments: `serve FOLDER`, or `call FOLDER CALLERS`; a calling process makes pairs of requests when its parent says how long.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closedLoop, type Pace } from '../load/closed-loop.ts';
import { BareLog, BODY } from './bare-log.ts';

const [role = '', folder = '', callers = '1'] = process.argv.slice(2);
const path = join(folder, 'bare.sock');
if (role === 'serve') await serve();
else await call();
process.send?.('ready');
process.on('disconnect', () => process.exit());

async function serve(): Promise<void> {
  const log = await BareLog.open(folder);
  const server = createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      const { id, body } = JSON.parse(line) as { readonly id: number; readonly body: string };
      void log.append(body).then(() => write(socket, { id, leases: [{ resource: 'task:dish', token: id }] }));
    });
  });
  await once(server.listen(path), 'listening');
}

async function call(): Promise<void> {
  const socket = connect(path);
  await once(socket, 'connect');
  const under = new Map<number, () => void>();
  let lastId = 0;
  createInterface({ input: socket }).on('line', (line) => {
    const { id } = JSON.parse(line) as { readonly id: number };
    under.get(id)?.();
    under.delete(id);
  });
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      lastId += 1;
      under.set(lastId, resolve);
      write(socket, { id: lastId, body: BODY });
    });
  process.on('message', (pace: Pace) => {
    const tookMs: number[] = [];
    const pair = async (): Promise<void> => {
      const beganMs = performance.now();
      await ask();
      await ask();
      tookMs.push(performance.now() - beganMs);
    };
    void closedLoop(Number(callers), { ...pace, warmMs: 0 }, pair).then(() => process.send?.(tookMs));
  });
}

function write(socket: Socket, message: object): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
