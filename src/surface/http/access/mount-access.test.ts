// What is refused before any route runs, and in which shape.

import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../test/support/fake-clock.ts';
import { type HttpRig, httpRig } from '../../../../test/support/http-rig.ts';
import { NEARBY } from './access-settings.ts';
import { HTTP_LIMITS } from './http-limits.ts';

const OWN = { host: '127.0.0.1:7420' };
const JSON_TYPE = { 'content-type': 'application/json' };

async function problemOf(answer: Response): Promise<Record<string, unknown>> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body.status).toBe(answer.status);
  return body;
}

/** A body that comes in pieces, without a length. */
function streamed(pieces: number, piece: string): RequestInit & { readonly duplex: 'half' } {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1;
      if (sent > pieces) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
  return { method: 'POST', headers: { ...OWN, ...JSON_TYPE }, body, duplex: 'half' };
}

describe('a request that is not for us', () => {
  it('is refused on every route, as a problem', async () => {
    const { app } = await httpRig();
    for (const path of ['/healthz', '/readyz', '/v1/fleet', '/mcp', '/metrics', '/nowhere', '/']) {
      const rebound = await app.request(path, { headers: { host: 'evil.example:7420' } });
      expect([path, rebound.status]).toEqual([path, 403]);
      expect(await problemOf(rebound)).toMatchObject({ code: 'CREDENTIAL_WRONG', next: expect.any(String) as string });
      const foreign = await app.request(path, { headers: { ...OWN, origin: 'http://evil.example' } });
      expect([path, foreign.status]).toEqual([path, 403]);
    }
  });

  it('is refused when a page of another origin posts, or asks whether it may', async () => {
    const { app } = await httpRig();
    const headers = { ...OWN, origin: 'http://localhost:3000', 'content-type': 'text/plain' };
    const posted = await app.request('/v1/sessions', { method: 'POST', headers, body: '{"id":"mallory"}' });
    expect(posted.status).toBe(403);
    const asked = { ...OWN, origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await app.request('/v1/locks/acquire', { method: 'OPTIONS', headers: asked });
    expect(preflight.status).toBe(403);
    for (const answer of [posted, preflight]) expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is let through when one of its own pages asks', async () => {
    const { app } = await httpRig();
    const headers = { ...OWN, origin: 'http://127.0.0.1:7420', 'sec-fetch-site': 'same-origin' };
    expect((await app.request('/healthz', { headers })).status).toBe(200);
  });
});

describe('a request that is too large', () => {
  it('is refused by the length that it declares', async () => {
    const { app } = await httpRig();
    const headers = { ...OWN, ...JSON_TYPE, 'content-length': String(HTTP_LIMITS.bodyBytes + 1) };
    const answer = await app.request('/v1/sessions', { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(413);
    expect(await problemOf(answer)).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('is refused while it comes, without being held', async () => {
    const { app } = await httpRig();
    const piece = 'x'.repeat(64 * 1024);
    const answer = await app.request('/v1/sessions', streamed(40, piece));
    expect(answer.status).toBe(413);
  });

  it('is refused by its brackets', async () => {
    const { app } = await httpRig();
    const body = '['.repeat(100_000);
    const answer = await app.request('/v1/sessions', { method: 'POST', headers: { ...OWN, ...JSON_TYPE }, body });
    expect(await problemOf(answer)).toMatchObject({ code: 'TOO_LARGE', details: { depthMax: HTTP_LIMITS.jsonDepth } });
  });

  it('is refused by its address', async () => {
    const { app } = await httpRig();
    const answer = await app.request(`/healthz?${'x'.repeat(HTTP_LIMITS.urlCharacters)}`, { headers: OWN });
    expect(await problemOf(answer)).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('may come in pieces when they are small', async () => {
    const { app } = await httpRig();
    expect((await app.request('/nowhere', streamed(3, '{}'))).status).toBe(404);
  });
});

describe('a server that stops', () => {
  it('says so to whoever still asks, and is asked for its health', async () => {
    const { app, stop } = await httpRig();
    stop();
    expect(await problemOf(await app.request('/v1/fleet'))).toMatchObject({ status: 503, retryAfterMs: 1_000 });
    expect((await app.request('/healthz')).status).toBe(200);
  });
});

describe('a credential that is none', () => {
  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(600)}`, 'Bearer \u00e9'])(
    '%s',
    async (authorization) => {
      const { app } = await httpRig();
      const answer = await app.request('/healthz', { headers: { ...OWN, authorization } });
      expect(await problemOf(answer)).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    },
  );
});

describe('whoever calls too often', () => {
  /** Statuses of as many requests, each with how often it came. */
  async function statuses(calls: number, call: () => Response | Promise<Response>): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    for (let made = 0; made < calls; made += 1) {
      const { status } = await call();
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  async function register(app: HttpRig['app'], id: string): Promise<string> {
    const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ id }) };
    const { session } = (await (await app.request('/v1/sessions', init)).json()) as { readonly session: string };
    return session;
  }

  it('by its session hears when it may go on, while another session is answered', async () => {
    const { app } = await httpRig({ access: { ...NEARBY, clock: createFakeClock() } });
    const [ana, bo] = [await register(app, 'ana'), await register(app, 'bo')];
    const ask = (session: string) => app.request('/healthz', { headers: { authorization: `Bearer ${session}` } });
    expect((await statuses(HTTP_LIMITS.session.burst + 10, () => ask(ana)))[429]).toBe(10);
    const refused = await ask(ana);
    expect(await problemOf(refused)).toMatchObject({ code: 'RATE_LIMITED', retry: 'afterWait' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await statuses(100, () => ask(bo))).toEqual({ 200: 100 });
  });

  it('by handles of nobody is refused soon, and sessions and strangers beside it are not', async () => {
    const { app } = await httpRig({ access: { ...NEARBY, clock: createFakeClock() } });
    const ana = await register(app, 'ana');
    let guess = 0;
    const guessed = await statuses(60, () => {
      guess += 1;
      return app.request('/v1/fleet', { headers: { authorization: `Bearer ${'x'.repeat(40)}${guess}` } });
    });
    expect(guessed[429]).toBe(60 - HTTP_LIMITS.wrong.burst);
    expect(guessed[200]).toBeUndefined();
    expect(await statuses(50, () => app.request('/v1/fleet'))).toEqual({ 200: 50 });
    const headers = { authorization: `Bearer ${ana}` };
    expect(await statuses(50, () => app.request('/v1/fleet', { headers }))).toEqual({ 200: 50 });
  });

  it('over MCP is counted by the session among the arguments', async () => {
    const { app } = await httpRig({ access: { ...NEARBY, clock: createFakeClock() } });
    const [ana, bo] = [await register(app, 'ana'), await register(app, 'bo')];
    // Their connection is one; what each may do is its own.
    const call = (session: string) => {
      const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'none', arguments: { session } } };
      return app.request('/mcp', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(message) });
    };
    const greedy = await statuses(HTTP_LIMITS.session.burst + 10, () => call(ana));
    expect(greedy[429]).toBe(10);
    expect((await statuses(50, () => call(bo)))[429]).toBeUndefined();
    expect((await statuses(30, () => call('of nobody')))[429]).toBe(30 - HTTP_LIMITS.wrong.burst);
  });

  it('is counted not at all where that is switched off', async () => {
    const { app } = await httpRig({ access: { ...NEARBY, limitsRates: false } });
    const headers = { authorization: 'Bearer of-nobody' };
    expect((await statuses(100, () => app.request('/healthz', { headers })))[429]).toBeUndefined();
  });
});
