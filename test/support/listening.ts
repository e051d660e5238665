// A server on a free port that goes with its test.

import { once } from 'node:events';
import type { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import type { HttpEnv } from '../../src/surface/http/http-parts.ts';
import { type ListenAt, type Listening, listen } from '../../src/surface/http/listen.ts';

export async function listening(app: Hono<HttpEnv>, at: Pick<ListenAt, 'host' | 'bounds'>): Promise<Listening> {
  const found = await listen(app, { port: 0, ...at });
  onTestFinished(async () => {
    const closed = once(found.server, 'close');
    found.server.close();
    found.server.closeAllConnections();
    await closed;
  });
  return found;
}
