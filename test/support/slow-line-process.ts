// Runs on a host of a test: takes connections at a port of its loopback address and hands on what comes, in both directions, as
// many milliseconds later as the last line of its input says. Arguments: host and port of whom it leads to. It prints its port.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { inTime } from './in-time.ts';

const [host = '', port = ''] = process.argv.slice(2);
let delayMs = 0;

createInterface(process.stdin).on('line', (line) => {
  delayMs = Number(line);
});

const server = createServer((near) => {
  const far = connect(Number(port), host);
  handOn(near, far);
  handOn(far, near);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

function handOn(from: Socket, to: Socket): void {
  const later = inTime(() => delayMs);
  from.on('data', (chunk: Buffer) => later(() => void to.write(chunk)));
  from.on('close', () => later(() => to.destroy()));
  // The close that follows says enough.
  from.on('error', () => undefined);
}
