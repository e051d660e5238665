// Spans as an SDK would get them, with the smallest one there can be: the API's own interfaces, and a list.

import {
  type Attributes,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internal } from '../../app/trouble.ts';
import type { HttpEnv } from './http-parts.ts';
import { problem } from './problem.ts';
import { traceRequests } from './trace-requests.ts';

interface Recorded {
  name: string;
  readonly kind: SpanKind | undefined;
  readonly attributes: Attributes;
  status: SpanStatus | null;
  hasEnded: boolean;
  readonly parent: unknown;
}

const PARENT = createContextKey('parent');
let spans: Recorded[];
let tracers: string[];

beforeEach(() => {
  spans = [];
  tracers = [];
  trace.setGlobalTracerProvider({
    getTracer: (name, version) => {
      tracers.push(`${name} ${version ?? ''}`);
      return { startSpan: record, startActiveSpan: () => undefined as never };
    },
  });
});
afterEach(() => {
  trace.disable();
  propagation.disable();
});

function record(name: string, options: SpanOptions = {}, parent = context.active()): Span {
  const recorded: Recorded = {
    name,
    kind: options.kind,
    attributes: { ...options.attributes },
    status: null,
    hasEnded: false,
    parent: parent.getValue(PARENT),
  };
  spans.push(recorded);
  const span: Span = {
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    setAttribute: (key, value) => {
      recorded.attributes[key] = value;
      return span;
    },
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: (status) => {
      recorded.status = status;
      return span;
    },
    updateName: (next) => {
      recorded.name = next;
      return span;
    },
    end: () => {
      recorded.hasEnded = true;
    },
    isRecording: () => true,
    recordException: () => undefined,
  };
  return span;
}

function application(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  traceRequests(app, '1.2.3');
  app.use('/v1/*', async (_c, next) => next());
  app.get('/v1/locks/:resource{.+}', (c) => c.json({}));
  app.get('/v1/broken', () => {
    throw new Error('secret words of a bug');
  });
  app.notFound(() => new Response(null, { status: 404 }));
  app.onError((error) => problem(internal(error)));
  return app;
}

describe('spans', () => {
  it('are one for each request, named by the route as it was mounted, with the status', async () => {
    await application().request('/v1/locks/file:src/secret.ts?cursor=abc', {
      headers: { authorization: 'Bearer s3cret' },
    });
    expect(tracers).toEqual(['brigade 1.2.3']);
    expect(spans).toMatchObject([
      { name: 'GET /v1/locks/:resource{.+}', kind: SpanKind.SERVER, hasEnded: true, status: null },
    ]);
    expect(spans[0]?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/locks/:resource{.+}',
      'http.response.status_code': 200,
    });
    expect(JSON.stringify(spans)).not.toMatch(/secret|s3cret|abc/);
  });

  it('of a fault of ours are errors, without its words', async () => {
    await application().request('/v1/broken');
    expect(spans).toMatchObject([{ name: 'GET /v1/broken', status: { code: SpanStatusCode.ERROR }, hasEnded: true }]);
    expect(JSON.stringify(spans)).not.toContain('secret words');
  });

  it('of what is no route, or no method, have no name that a client chose', async () => {
    await application().request('/v1/file:src/secret.ts');
    await application().request('/v1/locks/x', { method: 'STEAL' });
    expect(spans.map(({ name }) => name)).toEqual(['GET', '_OTHER']);
    expect(spans[0]?.attributes).toEqual({ 'http.request.method': 'GET', 'http.response.status_code': 404 });
  });

  it('go on the trace of whoever asks', async () => {
    propagation.setGlobalPropagator({
      inject: () => undefined,
      extract: (_context, carrier, getter) => ROOT_CONTEXT.setValue(PARENT, getter.get(carrier, 'traceparent')),
      fields: () => ['traceparent'],
    });
    await application().request('/v1/locks/x', { headers: { traceparent: '00-aa-bb-01' } });
    expect(spans[0]?.parent).toBe('00-aa-bb-01');
  });

  it('cost nothing and change nothing without an SDK', async () => {
    trace.disable();
    const response = await application().request('/v1/locks/x');
    expect(response.status).toBe(200);
    expect(spans).toEqual([]);
  });
});
