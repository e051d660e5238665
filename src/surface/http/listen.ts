// A listening socket for the application, with the bounds that a slow or greedy client meets before any of our code runs.

import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { HttpEnv } from './http-parts.ts';

export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** A request line and its headers together. */
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
/** A client gets this long to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** An idle connection is kept this long. */
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_MAX = 4_096;

/** Rejects with the system's error where the address cannot be had: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function listen(
  app: Hono<HttpEnv>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const serverOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}
