// The server as one web-standard application: a request in, a response out. Tests call it so; `run-serve.ts` listens with it.

import { Hono } from 'hono';
import { internal } from '../../app/trouble.ts';
import { mountMcp } from '../mcp/http/mount-mcp.ts';
import { mountAccess } from './access/mount-access.ts';
import { missingPage, mountDashboard } from './dashboard/mount-dashboard.ts';
import { mountHealth } from './health.ts';
import { mountHooks } from './hooks/mount-hooks.ts';
import type { HttpEnv, HttpParts } from './http-parts.ts';
import { mountMetrics } from './metrics/mount-metrics.ts';
import { problem } from './problem.ts';
import { mountRest } from './rest/rest.ts';
import { mountStream, openEventHub } from './stream/mount-stream.ts';
import { traceRequests } from './trace-requests.ts';
import { unrouted } from './unrouted.ts';

export function createHttpApp(parts: HttpParts): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const events = openEventHub(parts);
  traceRequests(app, parts.version);
  mountAccess(app, parts);
  mountHealth(app, parts);
  mountMetrics(app, parts, events);
  mountMcp(app, parts);
  mountHooks(app, parts);
  mountRest(app, parts);
  mountStream(app, parts, events);
  mountDashboard(app);
  app.notFound((c) => {
    const answer = unrouted(app, c);
    return answer.status === 404 ? (missingPage(c) ?? answer) : answer;
  });
  app.onError((error) => {
    parts.fleet.host.logger.error({ err: error }, 'a request failed by a fault of ours');
    return problem(internal(error));
  });
  return app;
}
