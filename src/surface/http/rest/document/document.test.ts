// The document against the running server: it is valid, it names every route, its examples are right, and what the server
// answers is what it says.

import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { Conformance } from '../../../../../test/support/conformance.ts';
import { type Ask, type RestRig, restRig } from '../../../../../test/support/rest-rig.ts';
import type { OpenApiDocument } from './document.ts';

const OF_THE_API = /^\/(?:v1|auth)(?:\/|$)/;

async function documentOf({ ask }: RestRig): Promise<OpenApiDocument> {
  const { status, body } = await ask('GET', '/openapi.json');
  expect(status).toBe(200);
  return body as unknown as OpenApiDocument;
}

function pathIn(hono: string): string {
  return hono.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');
}

describe('/openapi.json', () => {
  it('is a valid document of OpenAPI 3.1', async () => {
    const document = await documentOf(await restRig());
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, '3.1']);
  });

  it('names every route of /v1 and /auth that is mounted, and no other', async () => {
    const rig = await restRig();
    const { paths } = await documentOf(rig);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const mounted = rig.app.routes
      .filter(({ path, method }) => OF_THE_API.test(path) && method !== 'ALL')
      .map(({ method, path }) => `${method} ${pathIn(path)}`);
    const ofTheApi = documented.filter((each) => OF_THE_API.test(each.split(' ')[1] ?? ''));
    expect(ofTheApi.toSorted()).toEqual([...new Set(mounted)].toSorted());
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has examples that are as their schemas say', async () => {
    const document = await documentOf(await restRig());
    const conformance = new Conformance(document);
    const flaws: string[] = [];
    let examples = 0;
    const look = (value: unknown, pointer: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('example' in value && 'schema' in value) {
        examples += 1;
        flaws.push(...conformance.flawsAt(`${pointer}/schema`, value.example).map((flaw) => `${pointer}${flaw}`));
        return;
      }
      for (const [name, each] of Object.entries(value))
        look(each, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    };
    look(document, '');
    expect(flaws).toEqual([]);
    expect(examples).toBeGreaterThan(50);
  });

  it('says what the server answers: every operation is called, and every answer is as it says', async () => {
    const rig = await restRig();
    const conformance = new Conformance(await documentOf(rig));
    const flaws: string[] = [];
    const ask = async (method: string, path: string, asked: Ask = {}) => {
      const heard = await rig.ask(method, path, asked);
      const type = heard.headers.get('content-type')?.split(';')[0] ?? '';
      const isJson = type.endsWith('json') && type !== 'application/x-ndjson';
      const body: unknown = isJson ? JSON.parse(heard.text) : heard.text;
      flaws.push(...conformance.flawsOf(method, path, { status: heard.status, type, body }));
      return heard;
    };
    await playAll(rig, ask);
    expect(flaws).toEqual([]);
    const ids = Object.values(conformance.document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    const { securitySchemes = {} } = conformance.document.components;
    expect(Object.keys(securitySchemes)).toEqual(['session', 'operator', 'operatorCookie']);
    // A stream does not end; its own tests read it.
    expect(ids.filter((id) => !conformance.seen.has(id))).toEqual(['streamEvents']);
  });
});

type AskFor = (method: string, path: string, ask?: Ask) => ReturnType<RestRig['ask']>;

/** A short night in which every operation has its part, with all that a view can show. */
async function playAll({ operatorToken, makeCode }: RestRig, ask: AskFor): Promise<void> {
  await signInAndOut(ask, makeCode(), operatorToken);
  const register = async (id: string) =>
    String((await ask('POST', '/v1/sessions', { body: { id, tags: ['t'], notes: 'n' } })).body.session);
  const [ana, bo] = [await register('ana'), await register('bo')];
  const edit = {
    session_id: 's',
    hook_event_name: 'PreToolUse',
    tool_name: 'Edit',
    tool_input: { file_path: 'src/z.ts' },
  };
  for (const body of [edit, []]) await ask('POST', '/hooks/claude-code', { body });
  await ask('POST', '/hooks/emacs', { body: edit });
  const acquire = (bearer: string, body: object) => ask('POST', '/v1/locks/acquire', { bearer, body });
  await crossPaths(ask, operatorToken);
  const granted = await acquire(ana, { resources: ['src/a.ts', 'task:a'], waitMs: 0, reason: 'x' });
  const [lease] = granted.body.leases as readonly { readonly resource: string; readonly token: number }[];
  const ref = { resource: lease?.resource, token: lease?.token };
  const queued = await acquire(bo, { resources: ['task:a'], waitMs: 1 });
  await acquire(bo, { resources: ['src/a.ts'], waitMs: 0 });
  await acquire(bo, { resources: ['../..'], waitMs: 0 });
  const text = { to: 'ana', type: 'task', text: 'let go', resource: 'task:a' };
  await ask('POST', '/v1/messages', { bearer: bo, body: text });
  await ask('POST', '/v1/messages', { bearer: bo, body: { ...text, to: 'nobody' } });
  for (const path of ['/v1/messages', '/v1/messages?kept=true']) await ask('GET', path, { bearer: ana });
  await ask('GET', '/v1/messages', { bearer: operatorToken });
  await ask('POST', '/v1/locks/renew', { bearer: ana, body: { leases: [ref] } });
  for (const body of [ref, { ...ref, token: 1 }]) await ask('POST', '/v1/locks/check', { bearer: ana, body });
  const offered = await ask('POST', '/v1/locks/handoffs', { bearer: ana, body: { ...ref, to: 'bo' } });
  const checkIn = { summary: 's', confidence: 0.9, plan: { goal: 'g', task: 't' } };
  const checked = await ask('POST', '/v1/checkins', { bearer: ana, body: checkIn });
  const outcome = { checkInId: checked.body.checkInId, kind: 'tests', ok: true };
  await ask('POST', '/v1/outcomes', { bearer: ana, body: outcome });
  const put = (headers: Record<string, string>) =>
    ask('PUT', '/v1/state/a/b', { bearer: ana, headers, body: { value: { n: 1 } } });
  for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"7"' }, {}]) await put(headers);
  for (const path of VIEWS) await ask('GET', path);
  const { headers } = await ask('GET', '/v1/policy');
  await ask('GET', '/v1/policy', { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  const word = { bearer: operatorToken, body: { reason: 'r' } };
  await ask('POST', '/v1/agents/ana/pause', { ...word, body: { reason: 'r', dryRun: true } });
  await ask('POST', '/v1/agents/ana/pause', word);
  for (const path of VIEWS) await ask('GET', path);
  const { alerts } = (await ask('GET', '/v1/alerts')).body as { alerts: readonly { readonly alert: number }[] };
  for (const [op, body] of [
    ['silence', { forMs: 60_000, note: 'n' }],
    ['ack', { note: 'n', dryRun: true }],
    ['ack', { note: 'n' }],
    ['unack', { note: 'n' }],
  ] as const) {
    await ask('POST', `/v1/alerts/${alerts[0]?.alert}/${op}`, { bearer: operatorToken, body });
    await ask('POST', `/v1/alerts/0/${op}`, { bearer: operatorToken, body });
    await ask('POST', `/v1/alerts/0/${op}`, { body });
  }
  for (const path of VIEWS) await ask('GET', path);
  const { findings } = (await ask('GET', '/v1/diagnose')).body as { findings: readonly { readonly id: string }[] };
  const rescue = { finding: findings[0]?.id ?? '', reason: 'r', dryRun: true };
  for (const bearer of [operatorToken, bo]) await ask('POST', '/v1/rescue', { bearer, body: rescue });
  await ask('POST', '/v1/rescue', { body: rescue });
  await ask('POST', '/v1/recover', { bearer: ana, body: { reflection: 'r' } });
  await ask('POST', '/v1/agents/ana/resume', word);
  await ask('POST', '/v1/locks/handoffs', { bearer: bo, body: { offer: offered.body.offer, answer: 'decline' } });
  const again = await ask('POST', '/v1/locks/handoffs', { bearer: ana, body: { ...ref, to: 'bo' } });
  await ask('POST', '/v1/locks/handoffs', { bearer: bo, body: { offer: again.body.offer, answer: 'accept' } });
  await ask('POST', '/v1/locks/handoffs', { bearer: bo, body: { offer: 'h0', answer: 'accept' } });
  await ask('POST', '/v1/locks/withdraw', { bearer: bo, body: { ticket: queued.body.ticket } });
  await ask('POST', '/v1/locks/revoke', { bearer: operatorToken, body: { resource: 'task:a', reason: 'r' } });
  await ask('POST', '/v1/locks/release', { bearer: ana, body: { leases: [ref] } });
  await ask('POST', '/v1/locks/release', { bearer: bo, body: { all: true } });
  await ask('DELETE', '/v1/sessions/current', { bearer: bo });
  await ask('DELETE', '/v1/sessions/current', { bearer: bo });
  for (const op of ['archive', 'restore', 'retire', 'resume']) await ask('POST', `/v1/agents/ana/${op}`, word);
  await ask('POST', '/v1/agents/ana/pause');
  for (const path of [
    '/v1/fleet',
    '/v1/locks',
    '/v1/agents/ana',
    '/v1/graph',
    '/v1/timeline',
    '/v1/timeline?by=agent',
    '/v1/heat',
    '/v1/metrics/series',
    '/v1/agents/ana/checkins',
    '/v1/state',
    '/v1/sessions',
    '/v1/policy',
    '/v1/alerts',
    '/v1/diagnose',
  ])
    await ask('GET', `${path}?at=8`);
  for (const path of [...VIEWS, '/v1/agents/nobody', '/v1/state/none', '/v1/fleet?at=1', '/v1/none'])
    await ask('GET', path);
  await ask('GET', '/v1/fleet', { bearer: 'f'.repeat(43) });
}

/** A browser becomes an operator's, acts, and ceases to be one. */
async function signInAndOut(ask: AskFor, code: string, token: string): Promise<void> {
  const page = { 'sec-fetch-site': 'same-origin' };
  const { headers } = await ask('POST', '/auth/code', { headers: page, body: { code } });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  for (const body of [{ code }, {}, 'no JSON']) await ask('POST', '/auth/code', { headers: page, body });
  const browser = { headers: { ...page, cookie } };
  expect((await ask('GET', '/auth', browser)).body).toMatchObject({ operator: 'test' });
  await ask('POST', '/v1/agents/nobody/pause', { ...browser, body: { reason: 'r' } });
  await ask('GET', '/v1/messages', browser);
  await ask('POST', '/auth/logout', browser);
  expect((await ask('GET', '/auth', browser)).body).toEqual({ operator: null, endsAt: null });
  for (const body of [{ token }, { token: 'of nobody' }]) await ask('POST', '/auth/token', { headers: page, body });
}

/** Two take two things in opposite order: a deadlock, an alert, an incident; and all that is said of it. */
async function crossPaths(ask: AskFor, operatorToken: string): Promise<void> {
  const sessions: string[] = [];
  for (const id of ['cy', 'di'])
    sessions.push(String((await ask('POST', '/v1/sessions', { body: { id } })).body.session));
  const [cy, di] = sessions as [string, string];
  const take = (bearer: string, task: string) =>
    ask('POST', '/v1/locks/acquire', { bearer, body: { resources: [task], waitMs: 1 } });
  for (const [who, task] of [
    [cy, 'task:p'],
    [di, 'task:q'],
    [cy, 'task:q'],
    [di, 'task:p'],
  ] as const)
    await take(who, task);
  await ask('POST', '/v1/incidents/1/notes', { bearer: di, body: { text: 'I took them the other way round' } });
  await ask('POST', '/v1/incidents/1/notes', { bearer: operatorToken, body: { text: 'seen' } });
  await ask('POST', '/v1/incidents/1/notes', { body: { text: 'seen' } });
  await ask('POST', '/v1/incidents/99/notes', { bearer: di, body: { text: 'seen' } });
  for (const path of ['', '/report', '/report?format=md']) {
    for (const id of ['1', '99']) await ask('GET', `/v1/incidents/${id}${path}`);
  }
  await ask('POST', '/v1/incidents/1/close', { bearer: di, body: { reason: 'r' } });
  await ask('POST', '/v1/incidents/1/close', { bearer: operatorToken, body: { reason: 'both know the order now' } });
  for (const bearer of sessions) await ask('DELETE', '/v1/sessions/current', { bearer });
}

const VIEWS = [
  '/v1/incidents?open=false',
  '/healthz',
  '/readyz',
  '/metrics',
  '/v1/fleet',
  '/v1/agents?all=true',
  '/v1/agents/ana',
  '/v1/sessions?all=true',
  '/v1/locks',
  '/v1/locks/task:a',
  '/v1/waits',
  '/v1/alerts?closed=true&code=paused_agent',
  '/v1/graph',
  '/v1/diagnose',
  '/v1/diagnose?agentId=bo',
  '/v1/diagnose?resource=task:none',
  '/v1/state',
  '/v1/state/a/b',
  '/v1/policy?agentId=ana',
  '/v1/processes',
  '/v1/audit',
  '/v1/audit?order=newest&type=agent.paused&text=R&from=2&to=2099-01-01T00:00:00Z',
  '/v1/system',
  '/v1/audit/chain',
  '/v1/events',
  '/v1/export?format=csv',
  '/v1/export?format=ndjson',
  '/v1/export?format=json',
];

describe('/reference', () => {
  it('shows every operation, and needs nothing from elsewhere', async () => {
    const rig = await restRig();
    const { paths } = await documentOf(rig);
    const { status, headers, text } = await rig.ask('GET', '/reference');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const methods of Object.values(paths)) {
      for (const { operationId } of Object.values(methods)) expect(text).toContain(`<section id="${operationId}">`);
    }
    const links = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target ?? '');
    expect(links.filter((target) => !/^(?:#|\/reference\.css$|\/openapi\.json$)/.test(target))).toEqual([]);
    expect(text).not.toMatch(/<script|<style|<[^>]*\s(?:style|on\w+)=/);
    const anchors = new Set([...text.matchAll(/id="([^"]*)"/g)].map(([, id]) => `#${id}`));
    expect(links.filter((target) => target.startsWith('#') && !anchors.has(target))).toEqual([]);
    expect((await rig.ask('GET', '/reference.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
    const etag = headers.get('etag') ?? '';
    expect((await rig.ask('GET', '/reference', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });
});
