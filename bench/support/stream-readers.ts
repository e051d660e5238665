// Readers of /v1/stream in a process of their own, which do nothing with what they read but count it. Arguments: port, how many.
// Says `ready` when each has been greeted, and at `count` how many bytes the one that read least has read.

import { connect } from 'node:net';

const [port = '', count = '1'] = process.argv.slice(2);
const read = Array.from({ length: Number(count) }, () => 0);

for (const i of read.keys()) {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
  socket.on('data', (chunk) => {
    read[i] = (read[i] ?? 0) + chunk.length;
    if (read.every((bytes) => bytes > 0) && !isReady) {
      isReady = true;
      process.send?.('ready');
    }
  });
  socket.on('close', () => process.send?.('closed'));
}
let isReady = false;

process.on('message', () => process.send?.(Math.min(...read)));
process.on('disconnect', () => process.exit());
