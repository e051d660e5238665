// A listening socket for the application, with the bounds that a slow or greedy client meets before any of our code runs.
// What Node refuses by itself (a head that is too long, a request that takes too long, one that is no HTTP) it answers in a
// line of its own and closes the connection.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';
import { internal } from '../../app/trouble.ts';
import { reject } from '../../core/rejection.ts';
import { isLoopback, peerOf } from './access/bind-address.ts';
import { HTTP_LIMITS } from './access/http-limits.ts';
import { securityHeaders } from './access/security-headers.ts';
import type { HttpEnv } from './http-parts.ts';
import { problem } from './problem.ts';

export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** Certificate and key, as PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What one socket may take. */
export type SocketBounds = { readonly [K in SocketBoundName]: number };
type SocketBoundName = 'headersMs' | 'requestMs' | 'checkMs' | 'keepAliveMs' | 'connections' | 'connectionsPerAddress';

export interface ListenAt {
  readonly host: string;
  readonly port: number;
  readonly tls?: Tls | null;
  /** Others than the usual ones, for tests that cannot wait for those. */
  readonly bounds?: Partial<SocketBounds>;
}

/** Rejects with the system's error where the address cannot be had: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function listen(
  app: Hono<HttpEnv>,
  { host, port, tls = null, bounds = {} }: ListenAt,
): Promise<Listening> {
  const bounded: SocketBounds = { ...HTTP_LIMITS, ...bounds };
  const options = serverOptions(bounded);
  const listener = listenerFor(app, tls !== null);
  const server = tls === null ? createServer(options, listener) : createSecureServer({ ...options, ...tls }, listener);
  // Node leaves out the headers beyond its count without a word; ours is refused aloud.
  server.maxHeadersCount = 0;
  boundConnections(server, bounded);
  await new Promise<void>((resolve, refuse) => {
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}

function serverOptions({ headersMs, requestMs, checkMs, keepAliveMs }: SocketBounds) {
  return {
    maxHeaderSize: HTTP_LIMITS.headerBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    keepAliveTimeout: keepAliveMs,
    keepAlive: true,
    keepAliveInitialDelay: HTTP_LIMITS.probeMs,
  };
}

function listenerFor(app: Hono<HttpEnv>, isSecure: boolean) {
  const headers = securityHeaders(isSecure);
  const answer = getRequestListener(app.fetch, { errorHandler: answerFault });
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    for (const [name, value] of headers) outgoing.setHeader(name, value);
    void answer(incoming, outgoing);
  };
}

/** What did not become a request of the application, or failed outside of it. */
function answerFault(error: unknown): Response {
  if (!(error instanceof RequestError)) return problem(internal(error));
  return problem(
    reject('INVALID_ARGUMENT', {
      message: 'The address of the request, or its Host header, cannot be read.',
      next: 'Send a path that begins with a slash, percent-encoded, and one Host header.',
    }),
  );
}

/**
 * No more connections than there is room for, and of one address no more than its part: of another host a small one; of this
 * host, whose clients mostly share one address, all but what another has.
 */
function boundConnections(server: Server, { connections, connectionsPerAddress }: SocketBounds): void {
  server.maxConnections = connections;
  // Whoever has nothing under way makes room for the next to come.
  server.on('drop', () => server.closeIdleConnections());
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return;
    const peer = peerOf(remoteAddress);
    const before = open.get(peer) ?? 0;
    const isNear = isLoopback(remoteAddress);
    if (before >= (isNear ? connections - connectionsPerAddress : connectionsPerAddress)) {
      socket.destroy();
      // Not for another host: it could end what others keep open.
      if (isNear) server.closeIdleConnections();
      return;
    }
    open.set(peer, before + 1);
    socket.once('close', () => {
      const left = (open.get(peer) ?? 1) - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
    });
  });
}
