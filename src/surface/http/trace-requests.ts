// One span for each request, through the API package alone: with no SDK in the process nothing is recorded and next to nothing
// is done. A span says which route was asked and what status it got; never a path, a query, a header or a body, because
// names of resources and secrets are in those.

import {
  type Context,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import type { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { HttpEnv } from './http-parts.ts';
import type { HttpContext } from './rest/operation.ts';

const TRACER = 'brigade';
/** Methods as the conventions know them; any other is one word of theirs, or a client could make as many names as it likes. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
  'TRACE',
]);
const OTHER = '_OTHER';

/** Before everything else, so that refused requests have a span too. */
export function traceRequests(app: Hono<HttpEnv>, version: string): void {
  app.use(async (c, next) => {
    const { method: asked } = c.req.raw;
    const method = METHODS.has(asked) ? asked : OTHER;
    const span = trace
      .getTracer(TRACER, version)
      .startSpan(method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }, parentOf(c));
    try {
      await context.with(trace.setSpan(context.active(), span), next);
      if (!span.isRecording()) return;
      const route = routeOf(c);
      if (route !== null) {
        span.updateName(`${method} ${route}`);
        span.setAttribute('http.route', route);
      }
      span.setAttribute('http.response.status_code', c.res.status);
      if (c.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    } finally {
      // The body of a stream goes on after its span.
      span.end();
    }
  });
}

const fromHeaders: TextMapGetter<HttpContext> = {
  keys: (c) => Object.keys(c.req.header()),
  get: (c, name) => c.req.header(name),
};

/** The span of whoever asks, where its headers tell of one. */
function parentOf(c: HttpContext): Context {
  return propagation.extract(context.active(), c, fromHeaders);
}

/** As it was mounted, with names for what differs from request to request; null where no route was found. */
function routeOf(c: HttpContext): string | null {
  const route = routePath(c, -1);
  return route === '' || route.endsWith('*') ? null : route;
}
