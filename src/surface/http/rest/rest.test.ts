// REST as a program meets it: requests in, answers out, a real log behind.

import { describe, expect, it } from 'vitest';
import { restRig } from '../../../../test/support/rest-rig.ts';
import { waitUntil } from '../../../../test/support/wait-until.ts';
import type { Coordinator, FeedEvent } from '../../../app/coordinator.ts';

describe('a session over REST', () => {
  it('registers, acquires, renews, checks, releases and closes', async () => {
    const { ask } = await restRig();
    const registered = await ask('POST', '/v1/sessions', { body: { id: 'ana' } });
    expect(registered).toMatchObject({ status: 201, body: { agentId: 'ana', resumed: false } });
    const bearer = String(registered.body.session);
    const granted = await ask('POST', '/v1/locks/acquire', { bearer, body: { resources: ['src/a.ts'], waitMs: 0 } });
    expect(granted).toMatchObject({
      status: 200,
      body: { status: 'granted', leases: [{ resource: 'file:src/a.ts' }] },
    });
    const [lease] = granted.body.leases as readonly { readonly resource: string; readonly token: number }[];
    const leases = [{ resource: lease?.resource, token: lease?.token }];
    expect(await ask('POST', '/v1/locks/renew', { bearer, body: { leases } })).toMatchObject({
      status: 200,
      body: { status: 'renewed' },
    });
    expect((await ask('POST', '/v1/locks/check', { body: leases[0] })).body).toMatchObject({ holds: true });
    expect((await ask('GET', '/v1/locks/src/a.ts')).body).toMatchObject({
      resource: 'file:src/a.ts',
      isFree: false,
      locks: [{ holder: { agentId: 'ana' } }],
    });
    expect((await ask('POST', '/v1/locks/release', { bearer, body: { all: true } })).body).toMatchObject({
      released: leases,
      notices: [],
    });
    expect((await ask('DELETE', '/v1/sessions/current', { bearer })).body).toMatchObject({ closed: true });
    const wrong = { status: 403, body: { code: 'CREDENTIAL_WRONG' } };
    expect(await ask('POST', '/v1/locks/release', { bearer, body: { all: true } })).toMatchObject(wrong);
    expect(await ask('GET', '/v1/fleet', { bearer })).toMatchObject(wrong);
    const again = await ask('POST', '/v1/sessions', { bearer });
    expect(again).toMatchObject({ status: 201, body: { agentId: 'ana', resumed: true } });
  });

  it('says who is in the way, with the status of its category', async () => {
    const { ask, register, acquire } = await restRig();
    const [ana, bo] = [await register('ana'), await register('bo')];
    await acquire(ana, 'task:a');
    const held = await ask('POST', '/v1/locks/acquire', { bearer: bo, body: { resources: ['task:a'], waitMs: 0 } });
    expect(held.headers.get('content-type')).toBe('application/problem+json');
    expect(held).toMatchObject({
      status: 409,
      body: { title: 'LEASE_HELD', code: 'LEASE_HELD', status: 409, details: { blockedBy: [{ agentId: 'ana' }] } },
    });
    const stale = await ask('POST', '/v1/locks/release', {
      bearer: bo,
      body: { leases: [{ resource: 'task:a', token: 1 }] },
    });
    expect(stale.status).toBe(412);
    const unknown = await ask('POST', '/v1/locks/withdraw', { bearer: bo, body: { ticket: 't999' } });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'UNKNOWN_TICKET' } });
  });

  it('waits in line and is granted when its turn comes', async () => {
    const { ask, register, acquire } = await restRig();
    const [ana, bo] = [await register('ana'), await register('bo')];
    await acquire(ana, 'task:a');
    const waits = ask('POST', '/v1/locks/acquire', { bearer: bo, body: { resources: ['task:a'], waitMs: 600_000 } });
    await waitUntil('a waiter', async () => (await ask('GET', '/v1/waits')).text.includes('"bo"'));
    await ask('POST', '/v1/locks/release', { bearer: ana, body: { all: true } });
    expect(await waits).toMatchObject({ status: 200, body: { status: 'granted' } });
  });

  it.each(['cut', 'stopped'])('keeps its place when the call is %s while it waits', async (how) => {
    const { ask, app, stop, register, acquire } = await restRig();
    const [ana, bo] = [await register('ana'), await register('bo')];
    await acquire(ana, 'task:a');
    const cut = new AbortController();
    const body = { resources: ['task:a'], waitMs: 600_000 };
    const waits = ask('POST', '/v1/locks/acquire', { bearer: bo, body, signal: cut.signal });
    await waitUntil('a waiter', async () => (await ask('GET', '/v1/waits')).text.includes('"parked"'));
    if (how === 'cut') cut.abort();
    else stop();
    const answer = await waits;
    expect(answer.body).toMatchObject({ status: 'queued', ticket: expect.any(String) as string });
    expect(app).toBeDefined();
  });

  it('does a repeat with the same Idempotency-Key once, and refuses another body under it', async () => {
    const { ask, register } = await restRig();
    const bearer = await register('ana');
    const headers = { 'idempotency-key': 'one' };
    const acquire = (resource: string) =>
      ask('POST', '/v1/locks/acquire', { bearer, headers, body: { resources: [resource], waitMs: 0 } });
    const [first, second] = [await acquire('task:a'), await acquire('task:a')];
    expect(second.body.leases).toMatchObject((first.body.leases as object[]).map(() => ({ resource: 'task:a' })));
    expect(JSON.stringify(second.body.leases)).toContain(
      JSON.stringify((first.body.leases as { token: number }[])[0]?.token),
    );
    expect(await acquire('task:b')).toMatchObject({ status: 409, body: { code: 'REQUEST_REUSED' } });
    const long = { 'idempotency-key': 'k'.repeat(201) };
    const refused = await ask('POST', '/v1/locks/release', { bearer, headers: long, body: { all: true } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['no session', 'POST', '/v1/locks/acquire', {}, 401, 'CREDENTIAL_REQUIRED'],
    [
      'nobody’s session',
      'POST',
      '/v1/locks/release',
      { bearer: 'f'.repeat(43), body: { all: true } },
      403,
      'CREDENTIAL_WRONG',
    ],
    ['nobody’s credential on a view', 'GET', '/v1/fleet', { bearer: 'f'.repeat(43) }, 403, 'CREDENTIAL_WRONG'],
    ['no such agent', 'GET', '/v1/agents/nobody', {}, 404, 'UNKNOWN_AGENT'],
    ['no such key', 'GET', '/v1/state/none', {}, 404, 'UNKNOWN_KEY'],
    ['no such route', 'GET', '/v1/cooks', {}, 404, 'UNKNOWN_ROUTE'],
    ['no cursor of this list', 'GET', '/v1/alerts?cursor=x', {}, 400, 'INVALID_ARGUMENT'],
    ['no such kind of alert', 'GET', '/v1/alerts?code=boredom', {}, 400, 'INVALID_ARGUMENT'],
    [
      'a path out of the workspace',
      'GET',
      '/v1/locks/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      {},
      400,
      'PATH_OUTSIDE_WORKSPACE',
    ],
    ['no messages without a credential', 'GET', '/v1/messages', {}, 401, 'CREDENTIAL_REQUIRED'],
    ['no format', 'GET', '/v1/export', {}, 400, 'INVALID_ARGUMENT'],
    ['no table', 'GET', '/v1/export?format=json&eisv=true', {}, 400, 'INVALID_ARGUMENT'],
    ['a backward export', 'GET', '/v1/export?format=csv&from=5&to=4', {}, 400, 'INVALID_ARGUMENT'],
  ])('%s: %s %s', async (_what, method, path, asked, status, code) => {
    const { ask } = await restRig();
    const heard = await ask(method, path, asked);
    expect(heard).toMatchObject({ status, body: { code, status, next: expect.any(String) as string } });
    expect(heard.headers.get('content-type')).toBe('application/problem+json');
    expect(heard.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="brigade"' : null);
  });

  it.each([
    ['malformed JSON', '{"resources": [', {}, 'the body is no JSON'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 'the body is no JSON'],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'it is application/json'],
    ['a list', '[]', {}, 'the arguments are not an object'],
    ['a text', '"a"', {}, 'the arguments are not an object'],
    ['neither resources nor a ticket', '{}', {}, 'either resources or ticket'],
    ['a wrong type', '{"resources":"a"}', {}, 'resources: expected array, received string'],
    ['too long a wait', '{"resources":["a"],"waitMs":600001}', {}, 'waitMs'],
    ['a member of another name', '{"resources":["a"],"wait_ms":1}', {}, 'there is no argument "wait_ms"'],
  ])('%s', async (_what, body, headers, message) => {
    const { ask, register } = await restRig();
    const bearer = await register('ana');
    const heard = await ask('POST', '/v1/locks/acquire', { bearer, body, headers });
    expect(heard).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
    expect(heard.body.message).toContain(message);
  });

  it('says which member was meant', async () => {
    const { ask, register } = await restRig();
    const bearer = await register('ana');
    const heard = await ask('POST', '/v1/locks/acquire', { bearer, body: { resources: ['a'], wait_ms: 1 } });
    expect(heard.body).toMatchObject({ next: 'Write waitMs.', details: { path: 'wait_ms' } });
    const query = await ask('GET', '/v1/agents?Limit=1');
    expect(query.body).toMatchObject({ next: 'Write limit.', details: { path: 'Limit' } });
  });

  it.each([
    ['/v1/fleet?at=999999', 'at'],
    ['/v1/fleet?at=0', 'at'],
    ['/v1/fleet?at=soon', 'at'],
    ['/v1/locks?at=2025-11-19T23:25:00Z', 'at'],
    ['/v1/locks?at=2999-11-19T23:25:00', 'at'],
    ['/v1/audit?at=1', 'at'],
    ['/v1/agents?limit=0', 'limit'],
    ['/v1/agents?limit=1001', 'limit'],
    ['/v1/agents?limit=many', 'limit'],
    ['/v1/agents?limit=1&limit=2', 'limit'],
    ['/v1/agents?cursor=soon', 'cursor'],
    ['/v1/locks?cursor=x', 'cursor'],
    ['/v1/locks?waiting=perhaps', 'waiting'],
    ['/v1/audit?cursor=-1', 'cursor'],
    ['/v1/fleet?colour=red', 'colour'],
  ])('%s is refused by name', async (path, field) => {
    const { ask } = await restRig();
    expect(await ask('GET', path)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', details: { path: field } },
    });
  });

  it('refuses a value that is nested too deep, and loses nothing', async () => {
    const { ask, register } = await restRig();
    const bearer = await register('ana');
    const deep = `{"ifVersion":0,"value":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(await ask('PUT', '/v1/state/deep', { bearer, body: deep })).toMatchObject({
      status: 413,
      body: { code: 'TOO_LARGE' },
    });
    expect((await ask('GET', '/v1/state')).body).toMatchObject({ total: 0 });
  });
});

describe('governed state', () => {
  it('is written by version, as an ETag or in the body, or under a lease', async () => {
    const { ask, register, acquire } = await restRig();
    const bearer = await register('ana');
    const put = (value: unknown, headers: Record<string, string>, more: object = {}) =>
      ask('PUT', '/v1/state/plans/tonight', { bearer, headers, body: { value, ...more } });
    const created = await put('a', { 'if-none-match': '*' });
    expect([created.status, created.headers.get('etag'), created.body.version]).toEqual([200, '"1"', 1]);
    expect(await put('b', { 'if-none-match': '*' })).toMatchObject({ status: 409, body: { code: 'VERSION_MISMATCH' } });
    expect((await put(null, { 'if-match': '"1"' })).body.version).toBe(2);
    expect((await put('c', {}, { ifVersion: 2 })).body.version).toBe(3);
    const token = await acquire(bearer, 'state:plans/tonight');
    expect((await put('d', {}, { resource: 'state:plans/tonight', token })).body.version).toBe(4);
    const read = await ask('GET', '/v1/state/plans%2Ftonight');
    expect(read).toMatchObject({ status: 200, body: { key: 'plans/tonight', value: 'd', version: 4, author: 'ana' } });
    const again = await ask('GET', '/v1/state/plans/tonight', { headers: { 'if-none-match': '"3", W/"4"' } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', '"4"']);
    expect((await ask('GET', '/v1/state?prefix=plans/')).body).toMatchObject({ total: 1, entries: [{ version: 4 }] });
  });

  it.each([
    ['nothing', {}, {}],
    ['two conditions', { 'if-match': '"1"' }, { ifVersion: 1 }],
    ['a weak tag', { 'if-match': 'W/"1"' }, {}],
    ['any version', { 'if-match': '*' }, {}],
    ['half a lease', {}, { token: 4 }],
    ['another none-match', { 'if-none-match': '"1"' }, {}],
  ] as readonly [string, Record<string, string>, object][])('is not written by %s', async (_what, headers, more) => {
    const { ask, register } = await restRig();
    const bearer = await register('ana');
    const heard = await ask('PUT', '/v1/state/k', {
      bearer,
      headers,
      body: { value: 1, ...more },
    });
    expect(heard).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });
});

describe('views', () => {
  it('carry an ETag of their content, and 304 for whoever has it', async () => {
    const { ask } = await restRig();
    const first = await ask('GET', '/v1/policy');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await ask('GET', '/v1/policy', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask('GET', '/v1/policy', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('show what was, as of an event or a time, and say which', async () => {
    const { ask, register, acquire, fleet } = await restRig();
    const ana = await register('ana');
    const token = await acquire(ana, 'task:a');
    const { seq } = fleet.coordinator.health().head;
    const { wallAt } = await lastEvent(fleet.coordinator);
    await ask('POST', '/v1/locks/release', { bearer: ana, body: { all: true } });
    expect((await ask('GET', '/v1/locks')).body).toMatchObject({ total: 0 });
    const then = await ask('GET', `/v1/locks?at=${seq}`);
    expect(then.body).toMatchObject({ total: 1, locks: [{ token, alive: 'alive' }] });
    expect(then.headers.get('brigade-as-of-seq')).toBe(String(seq));
    expect(then.headers.get('brigade-as-of')).toBe(wallAt);
    const etag = then.headers.get('etag') ?? '';
    expect(etag).toContain(`-at-${seq}"`);
    const again = await ask('GET', `/v1/locks?at=${seq}`, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('brigade-as-of-seq')]).toEqual([304, String(seq)]);
    // A plus that came as a space.
    const [local] = new Date(Date.parse(wallAt) + 3_600_000).toISOString().split('Z');
    for (const time of [wallAt, `${local}%2B01:00`, `${local}+01:00`, `${local} 01:00`]) {
      const { headers } = await ask('GET', `/v1/fleet?at=${time}`);
      expect(Number(headers.get('brigade-as-of-seq'))).toBeGreaterThanOrEqual(seq);
    }
    expect((await ask('GET', '/v1/fleet')).headers.get('brigade-as-of')).toBeNull();
    // Whoever asks is known as of now.
    expect((await ask('GET', '/v1/fleet?at=1', { bearer: ana })).status).toBe(200);
    expect((await ask('GET', '/v1/fleet?at=1', { bearer: 'f'.repeat(43) })).status).toBe(403);
  });

  it('come in pages', async () => {
    const { ask, register } = await restRig();
    for (const id of ['ana', 'bo', 'cy']) await register(id);
    for (const [path, list] of [
      ['agents', 'agents'],
      ['sessions', 'sessions'],
    ] as const) {
      const first = await ask('GET', `/v1/${path}?limit=2`);
      expect(first.body).toMatchObject({ total: 3, cursor: expect.any(String) as string });
      const rest = await ask('GET', `/v1/${path}?limit=2&cursor=${String(first.body.cursor)}`);
      expect(rest.body).toMatchObject({ [list]: [{ agentId: 'cy' }], cursor: null });
    }
  });

  it('show the fleet, its waits as a graph, and its processes', async () => {
    const { ask, register, acquire } = await restRig();
    const [ana, bo] = [await register('ana'), await register('bo')];
    await acquire(ana, 'task:a');
    await ask('POST', '/v1/locks/acquire', { bearer: bo, body: { resources: ['task:a'], waitMs: 1 } });
    expect((await ask('GET', '/v1/fleet')).body).toMatchObject({
      counts: { agents: 2, leases: 1, waits: 1 },
      trouble: null,
    });
    const { body } = await ask('GET', '/v1/graph');
    expect(body).toMatchObject({ edges: [{ from: { agentId: 'bo' }, to: { agentId: 'ana' }, resource: 'task:a' }] });
    expect(body.nodes).toHaveLength(2);
    expect(JSON.stringify(body.drawing)).toContain('bo');
    expect((await ask('GET', '/v1/locks?waiting=true')).body).toMatchObject({ total: 1 });
    expect((await ask('GET', '/v1/processes')).status).toBe(200);
  });
});

describe('messages', () => {
  it('are read by their addressee once, and shown to author and operator, and to nobody else', async () => {
    const { ask, register, operatorToken } = await restRig();
    const [ana, bo, cy] = [await register('ana'), await register('bo'), await register('cy')];
    const sent = await ask('POST', '/v1/messages', { bearer: ana, body: { to: 'bo', text: 'between us' } });
    expect(sent.body).toMatchObject({ to: 'bo', isHere: true });
    expect((await ask('GET', '/v1/messages', { bearer: bo })).body).toMatchObject({
      messages: [{ text: 'between us' }],
    });
    expect((await ask('GET', '/v1/messages', { bearer: bo })).body).toMatchObject({ messages: [] });
    for (const bearer of [ana, bo, operatorToken]) {
      expect((await ask('GET', '/v1/messages?kept=true', { bearer })).text).toContain('between us');
    }
    expect((await ask('GET', '/v1/messages?agentId=bo', { bearer: operatorToken })).text).toContain('between us');
    expect((await ask('GET', '/v1/messages?kept=true', { bearer: cy })).text).not.toContain('between us');
    expect(await ask('GET', '/v1/messages?agentId=bo', { bearer: cy })).toMatchObject({ status: 403 });
    for (const path of ['/v1/export?format=ndjson', '/v1/audit', '/v1/fleet']) {
      expect((await ask('GET', path, { bearer: cy })).text).not.toContain('between us');
    }
    expect((await ask('GET', '/v1/export?format=ndjson', { bearer: operatorToken })).text).toContain('between us');
  });

  it('are waited for', async () => {
    const { ask, register } = await restRig();
    const [ana, bo] = [await register('ana'), await register('bo')];
    const reads = ask('GET', '/v1/messages?waitMs=600000', { bearer: bo });
    await ask('POST', '/v1/messages', { bearer: ana, body: { to: 'bo', text: 'now' } });
    expect((await reads).body).toMatchObject({ messages: [{ text: 'now' }] });
  });
});

describe('governance', () => {
  it('checks in, records an outcome, and recovers', async () => {
    const { ask, register, operatorToken } = await restRig();
    const bearer = await register('ana');
    const checked = await ask('POST', '/v1/checkins', { bearer, body: { summary: 'parsed it', confidence: 0.9 } });
    expect(checked.body).toMatchObject({ verdict: 'proceed', checkInId: expect.any(String) as string });
    const outcome = { checkInId: checked.body.checkInId, kind: 'tests', ok: true };
    expect((await ask('POST', '/v1/outcomes', { bearer, body: outcome })).body).toMatchObject({ agentId: 'ana' });
    const word = { bearer: operatorToken, body: { reason: 'look' } };
    expect((await ask('POST', '/v1/agents/ana/pause', word)).body).toMatchObject({
      lifecycle: 'paused',
      changed: true,
    });
    expect((await ask('POST', '/v1/recover', { bearer, body: { reflection: 'sorry' } })).body).toMatchObject({
      resumed: false,
    });
    expect(await ask('POST', '/v1/locks/acquire', { bearer, body: { resources: ['a'], waitMs: 0 } })).toMatchObject({
      status: 403,
      body: { code: 'AGENT_PAUSED' },
    });
    expect((await ask('POST', '/v1/agents/ana/resume', word)).body).toMatchObject({ lifecycle: 'active' });
  });
});

describe('an operator’s word', () => {
  it('may be a message, and an outcome', async () => {
    const { ask, register, operatorToken: bearer } = await restRig();
    const ana = await register('ana');
    const sent = await ask('POST', '/v1/messages', { bearer, body: { to: 'ana', text: 'how is it going?' } });
    expect(sent).toMatchObject({ status: 200, body: { to: 'ana', isHere: true } });
    const read = await ask('GET', '/v1/messages', { bearer: ana });
    expect(read.body).toMatchObject({ messages: [{ from: expect.stringMatching(/^operator:/) as string }] });
    const checked = await ask('POST', '/v1/checkins', { bearer: ana, body: { summary: 's', confidence: 0.5 } });
    const outcome = { checkInId: checked.body.checkInId, kind: 'review', ok: false };
    expect((await ask('POST', '/v1/outcomes', { bearer, body: outcome })).body).toMatchObject({ agentId: 'ana' });
    expect((await ask('POST', '/v1/outcomes', { body: outcome })).status).toBe(401);
    expect((await ask('POST', '/v1/messages', { body: { to: 'ana', text: 'x' } })).status).toBe(401);
  });

  it('needs the operator token', async () => {
    const { ask, register } = await restRig();
    const ana = await register('ana');
    const body = { reason: 'no' };
    expect(await ask('POST', '/v1/agents/ana/pause', { body })).toMatchObject({
      status: 401,
      body: { code: 'OPERATOR_REQUIRED' },
    });
    expect(await ask('POST', '/v1/agents/ana/pause', { bearer: ana, body })).toMatchObject({
      status: 403,
      body: { code: 'OPERATOR_REQUIRED' },
    });
    expect(await ask('POST', '/v1/agents/ana/pause', { bearer: 'f'.repeat(43), body })).toMatchObject({
      status: 403,
      body: { code: 'CREDENTIAL_WRONG' },
    });
    expect((await ask('GET', '/v1/agents/ana')).body).toMatchObject({ agent: { lifecycle: 'active' } });
  });

  it('ends, takes back, and is in the audit trail with its reason', async () => {
    const { ask, register, acquire, operatorToken: bearer } = await restRig();
    const ana = await register('ana');
    await acquire(ana, 'task:a');
    const revoked = await ask('POST', '/v1/locks/revoke', { bearer, body: { resource: 'task:a', reason: 'too long' } });
    expect(revoked.body).toMatchObject({ revoked: [{ resource: 'task:a', agentId: 'ana' }] });
    for (const op of ['archive', 'restore', 'retire']) {
      expect((await ask('POST', `/v1/agents/ana/${op}`, { bearer, body: { reason: op } })).status).toBe(200);
    }
    expect(await ask('POST', '/v1/agents/ana/resume', { bearer, body: { reason: 'x' } })).toMatchObject({
      status: 403,
    });
    expect(await ask('POST', '/v1/agents/nobody/pause', { bearer, body: { reason: 'x' } })).toMatchObject({
      status: 404,
    });
    const { body } = await ask('GET', '/v1/audit');
    const entries = body.entries as readonly {
      readonly type: string;
      readonly reason: string;
      readonly actor: string;
    }[];
    expect(entries.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'operator.token_set',
        'lease.revoked',
        'agent.archived',
        'agent.restored',
        'agent.retired',
      ]),
    );
    expect(entries.filter(({ actor }) => !actor.startsWith('operator:'))).toEqual([]);
    expect(entries.find(({ type }) => type === 'lease.revoked')?.reason).toBe('too long');
    const first = await ask('GET', '/v1/audit?limit=1');
    const rest = await ask('GET', `/v1/audit?cursor=${String(first.body.cursor)}`);
    expect([first.body.entries, rest.body.entries].flat()).toEqual(entries);
  });
});

describe('history out', () => {
  it('is the same as a table, in lines and as one array', async () => {
    const { ask, register } = await restRig();
    await register('ana');
    const [csv, lines, array] = await Promise.all(
      ['csv', 'ndjson', 'json'].map((format) => ask('GET', `/v1/export?format=${format}`)),
    );
    expect(csv?.headers.get('content-disposition')).toBe('attachment; filename="brigade-history.csv"');
    expect(csv?.text).toMatch(/^seq,at,agent_id,event,.*\n1,/);
    const facts = lines?.text.trimEnd().split('\n') ?? [];
    expect(facts.join('')).toContain('agent.registered');
    expect(JSON.parse(array?.text ?? '')).toEqual(facts.map((line) => JSON.parse(line) as unknown));
  });

  it('waits for a reader that takes nothing, ends with one that goes, and runs a few at a time', async () => {
    const { ask, app, register } = await restRig();
    await register('ana');
    const open = () => app.request('http://127.0.0.1:7420/v1/export?format=json');
    const running = await Promise.all([open(), open(), open(), open()]);
    expect(running.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await ask('GET', '/v1/export?format=json')).toMatchObject({ status: 429, body: { code: 'BUSY' } });
    for (const response of running) await response.body?.cancel();
    expect((await ask('GET', '/v1/export?format=json')).status).toBe(200);
  });

  it('is cut when the server stops, so that nobody takes it for the whole', async () => {
    const { app, stop, register } = await restRig();
    await register('ana');
    const response = await app.request('http://127.0.0.1:7420/v1/export?format=json');
    stop();
    await expect(response.text()).rejects.toThrow('stops');
  });
});

async function lastEvent(coordinator: Pick<Coordinator, 'feed'>) {
  let last: FeedEvent | null = null;
  for await (const event of coordinator.feed({ after: 0, once: true })) last = event;
  if (last === null) throw new Error('nothing was logged');
  return last;
}
