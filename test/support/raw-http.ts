// Requests as bytes over a socket, for what no client would send; and their answers.

import { connect } from 'node:net';

export interface RawAnswer {
  /** 0: the connection ended without one. */
  readonly status: number;
  readonly text: string;
}

/** Longer than any answer takes: a request that hears nothing for so long is stuck. */
const PATIENCE_MS = 20_000;

/** Sends `request` on a connection of its own; resolves with what came. A stream is left as soon as it has begun. */
export function sendRaw(port: number, request: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer to ${String(request).slice(0, 500)}`));
    }, PATIENCE_MS);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (/^content-type: (text\/event-stream|application\/x-ndjson)/im.test(text) && text.includes('\r\n\r\n')) end();
    });
    // Whoever is refused may be cut off while it still writes.
    socket.on('error', end);
    socket.on('close', end);
    socket.on('connect', () => void socket.write(request));
  });
}
