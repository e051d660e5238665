// The server as one web-standard application: a request in, a response out. Tests call it so; `run-serve.ts` listens with it.

import { Hono } from 'hono';
import { internal } from '../../app/trouble.ts';
import { reject } from '../../core/rejection.ts';
import { mountMcp } from '../mcp/http/mount-mcp.ts';
import { mountAccess } from './access/mount-access.ts';
import { mountHealth } from './health.ts';
import type { HttpEnv, HttpParts } from './http-parts.ts';
import { mountMetrics } from './metrics/mount-metrics.ts';
import { problem } from './problem.ts';
import { mountRest } from './rest/rest.ts';
import { mountStream, openEventHub } from './stream/mount-stream.ts';
import { traceRequests } from './trace-requests.ts';

export function createHttpApp(parts: HttpParts): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const events = openEventHub(parts);
  traceRequests(app, parts.version);
  mountAccess(app, parts);
  mountHealth(app, parts);
  mountMetrics(app, parts, events);
  mountMcp(app, parts);
  mountRest(app, parts);
  mountStream(app, parts, events);
  app.notFound((c) => problem(unknownRoute(c.req.method, c.req.path)));
  app.onError((error) => {
    parts.fleet.host.logger.error({ err: error }, 'a request failed by a fault of ours');
    return problem(internal(error));
  });
  return app;
}

function unknownRoute(method: string, path: string) {
  return reject('UNKNOWN_ROUTE', {
    message: `There is no ${method} ${path.slice(0, 200)} here.`,
    next: 'Look at /openapi.json for what there is.',
  });
}
