// The server as one web-standard application: a request in, a response out. Tests call it so; `run-serve.ts` listens with it.

import { Hono } from 'hono';
import { internal } from '../../app/trouble.ts';
import { clock } from '../../compose.ts';
import { reject } from '../../core/rejection.ts';
import { mountMcp } from '../mcp/http/mount-mcp.ts';
import { credentialOf } from './credential.ts';
import { mountHealth } from './health.ts';
import type { HttpEnv, HttpParts } from './http-parts.ts';
import { problem } from './problem.ts';

export function createHttpApp(parts: HttpParts): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set('receivedMonoMs', clock.monotonicMs());
    const credential = credentialOf(c.req.header('authorization'));
    if (credential === null) return problem(badCredential());
    c.set('credential', credential);
    await next();
    return undefined;
  });
  mountHealth(app, parts);
  mountMcp(app, parts);
  app.notFound((c) => problem(unknownRoute(c.req.method, c.req.path)));
  app.onError((error) => {
    parts.fleet.host.logger.error({ err: error }, 'a request failed by a fault of ours');
    return problem(internal(error));
  });
  return app;
}

function badCredential() {
  return reject('CREDENTIAL_WRONG', {
    message: 'The Authorization header shows no Bearer.',
    next: 'Send `Authorization: Bearer HANDLE`, with the handle that registering returned.',
  });
}

function unknownRoute(method: string, path: string) {
  return reject('UNKNOWN_ROUTE', {
    message: `There is no ${method} ${path.slice(0, 200)} here.`,
    next: 'Look at /openapi.json for what there is.',
  });
}
