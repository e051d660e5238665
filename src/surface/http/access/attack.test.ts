// Attacks on every route that is mounted: pages of others, credentials of others, names that lead elsewhere. Nothing is given
// away, nothing is changed, and no secret is logged.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HttpRig, httpRig } from '../../../../test/support/http-rig.ts';
import { NEARBY } from './access-settings.ts';

const UNLIMITED = { access: { ...NEARBY, limitsRates: false } };
const OPERATOR = 'operator-'.padEnd(43, 'o');

interface Route {
  readonly method: string;
  readonly path: string;
}

function routesOf({ app }: HttpRig): readonly Route[] {
  const routes = app.routes.filter(({ path }) => path !== '/*');
  const named = routes.map(({ method, path }) => ({ method: method === 'ALL' ? 'POST' : method, path }));
  return [...new Map(named.map((route) => [`${route.method} ${route.path}`, route])).values()];
}

interface Ask {
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function ask({ app }: HttpRig, { method, path }: Route, { bearer, headers = {}, body }: Ask = {}) {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const sent = method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) };
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...authorization,
    ...headers,
  };
  const gone = new AbortController();
  const answer = await app.request(path, { method, headers: all, signal: gone.signal, ...sent });
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? '' : await answer.text();
  if (isStream) await answer.body?.cancel();
  gone.abort();
  return { status: answer.status, headers: answer.headers, text };
}

async function register(rig: HttpRig, id: string): Promise<string> {
  const { text } = await ask(rig, { method: 'POST', path: '/v1/sessions' }, { body: { id } });
  return (JSON.parse(text) as { readonly session: string }).session;
}

function headOf({ fleet }: HttpRig): number {
  return fleet.coordinator.health().head.seq;
}

const FOREIGN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a name that was given our address', { host: 'evil.example:7420' }],
  ['a page of another site', { origin: 'http://evil.example' }],
  ['a page of another port', { origin: 'http://localhost:1', host: 'localhost:7420' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a form of another site', { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' }],
];

describe('on every route', () => {
  it.each(FOREIGN)('%s is refused with any credential, and changes nothing', async (_, headers) => {
    const rig = await httpRig(UNLIMITED);
    await rig.setToken('operator', OPERATOR);
    const ana = await register(rig, 'ana');
    const before = headOf(rig);
    const routes = routesOf(rig);
    expect(routes.length).toBeGreaterThan(30);
    for (const route of routes) {
      for (const bearer of [undefined, ana, OPERATOR]) {
        const asked = bearer === undefined ? { headers } : { headers, bearer };
        expect([route, (await ask(rig, route, asked)).status]).toEqual([route, 403]);
      }
      const preflight = await ask(rig, { ...route, method: 'OPTIONS' }, { headers });
      expect([route, preflight.status]).toEqual([route, 403]);
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(headOf(rig)).toBe(before);
  });

  it('names that lead elsewhere lead nowhere', async () => {
    const rig = await httpRig({ ...UNLIMITED, isOnDisk: true });
    await rig.setToken('operator', OPERATOR);
    const ana = await register(rig, 'ana');
    mkdirSync(join(rig.root, '.brigade'), { recursive: true });
    writeFileSync(join(rig.root, 'secret.txt'), 'CANARY');
    writeFileSync(join(rig.root, '.brigade', 'secret.txt'), 'CANARY');
    const routes = routesOf(rig).filter(({ path }) => path.includes(':'));
    expect(routes.length).toBeGreaterThan(8);
    for (const route of routes) {
      for (const id of ELSEWHERE) {
        const path = route.path.replaceAll(/:\w+(\{[^}]*\})?/g, id);
        for (const bearer of [ana, OPERATOR]) {
          const { status, text } = await ask(rig, { ...route, path }, { bearer, body: { reason: 'x', value: 1 } });
          expect([path, status < 500]).toEqual([path, true]);
          expect(text).not.toContain('CANARY');
          expect(text).not.toContain('root:');
        }
      }
    }
    expect(rig.logged.filter((line) => line.includes('fault'))).toEqual([]);
  });

  it('no secret is logged, whatever is done with it', async () => {
    const rig = await httpRig(UNLIMITED);
    await rig.setToken('operator', OPERATOR);
    const secrets = [
      OPERATOR,
      await register(rig, 'ana'),
      await register(rig, 'bo'),
      'handle-of-nobody-'.padEnd(43, 'n'),
    ];
    const told: Route[] = [];
    for (const route of routesOf(rig)) {
      for (const bearer of secrets) {
        const body = {
          session: bearer,
          joinToken: bearer,
          token: bearer,
          id: bearer,
          resources: [bearer],
          key: bearer,
        };
        const call = { jsonrpc: '2.0', id: bearer, method: 'tools/call', params: { name: bearer, arguments: body } };
        const { text } = await ask(rig, route, { bearer, body: route.path === '/mcp' ? call : body });
        // What was sent as a name of something is told back as that; a credential never is.
        if (route.method === 'GET' && text.includes(bearer)) told.push(route);
      }
    }
    expect(told).toEqual([]);
    expect(rig.logged.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });
});

const ELSEWHERE: readonly string[] = [
  '..%2f..%2fsecret.txt',
  '%2e%2e%2fsecret.txt',
  '%252e%252e%252fsecret.txt',
  '..%5c..%5csecret.txt',
  '..%2f.brigade%2fsecret.txt',
  '.brigade%2fsecret.txt',
  '%2fetc%2fpasswd',
  'file:%2f%2f%2fetc%2fpasswd',
  'file:..%2fsecret.txt',
  'secret.txt%00.json',
  '%c0%ae%c0%ae%2fsecret.txt',
  '__proto__',
  'constructor',
];

describe('the credential of another', () => {
  const acquire = { method: 'POST', path: '/v1/locks/acquire' };

  it('is refused beside one of its own, over MCP', async () => {
    const rig = await httpRig(UNLIMITED);
    const [ana, bo] = [await register(rig, 'ana'), await register(rig, 'bo')];
    const params = { name: 'acquire_lock', arguments: { resources: ['a.ts'], waitMs: 0, session: ana } };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta: ENVELOPE } };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'acquire_lock' };
    const { text } = await ask(rig, { method: 'POST', path: '/mcp' }, { bearer: bo, headers, body });
    expect(text).toContain('CREDENTIAL_WRONG');
    expect(await rig.fleet.coordinator.view({ kind: 'locks' })).toMatchObject({ items: [] });
  });

  it('ends with its session, and that of nobody is none', async () => {
    const rig = await httpRig(UNLIMITED);
    const ana = await register(rig, 'ana');
    expect((await ask(rig, { method: 'DELETE', path: '/v1/sessions/current' }, { bearer: ana })).status).toBeLessThan(
      300,
    );
    for (const bearer of [ana, 'x'.repeat(43)]) {
      const refused = await ask(rig, acquire, { bearer, body: { resources: ['a.ts'], waitMs: 0 } });
      expect(JSON.parse(refused.text)).toMatchObject({ status: 403, code: 'CREDENTIAL_WRONG' });
    }
  });

  it('is needed to give back what the other holds', async () => {
    const rig = await httpRig(UNLIMITED);
    const [ana, bo] = [await register(rig, 'ana'), await register(rig, 'bo')];
    const held = await ask(rig, acquire, { bearer: ana, body: { resources: ['a.ts'], waitMs: 0 } });
    const [lease] = (JSON.parse(held.text) as { readonly leases: readonly { readonly token: number }[] }).leases;
    const body = { leases: [{ resource: 'a.ts', token: lease?.token }] };
    const refused = await ask(rig, { method: 'POST', path: '/v1/locks/release' }, { bearer: bo, body });
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'NOT_HOLDER' });
    for (const bearer of [bo, undefined]) {
      const asked = { body: { resource: 'a.ts', reason: 'x' }, ...(bearer === undefined ? {} : { bearer }) };
      const revoked = await ask(rig, { method: 'POST', path: '/v1/locks/revoke' }, asked);
      expect([401, 403]).toContain(revoked.status);
    }
    expect(await rig.fleet.coordinator.view({ kind: 'locks' })).toMatchObject({
      items: [{ holder: { agentId: 'ana' } }],
    });
  });
});

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
