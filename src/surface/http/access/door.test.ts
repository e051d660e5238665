// A server that other hosts reach: who may ask it what.

import { describe, expect, it } from 'vitest';
import { type HttpRig, httpRig } from '../../../../test/support/http-rig.ts';
import { NEARBY } from './access-settings.ts';

const JOIN = 'j'.repeat(43);
const OPERATOR = 'o'.repeat(43);

async function openRig(): Promise<HttpRig> {
  const rig = await httpRig({ access: { ...NEARBY, bind: '0.0.0.0' } });
  await rig.setToken('join', JOIN);
  await rig.setToken('operator', OPERATOR);
  return rig;
}

interface Ask {
  readonly bearer?: string;
  readonly body?: object;
}

async function ask({ app }: HttpRig, path: string, { bearer, body }: Ask = {}) {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...authorization,
  };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await app.request(path, init);
  return { status: answer.status, text: await answer.text() };
}

async function register(rig: HttpRig, id: string, by: Ask): Promise<string> {
  const { status, text } = await ask(rig, '/v1/sessions', { ...by, body: { id, ...by.body } });
  expect([status, text]).toEqual([201, expect.stringContaining('"session"')]);
  return (JSON.parse(text) as { readonly session: string }).session;
}

const TOOL_CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'register', arguments: { id: 'mal' } },
};

describe('a server that other hosts reach', () => {
  it('answers strangers nothing but whether it is there', async () => {
    const rig = await openRig();
    for (const path of [
      '/v1/fleet',
      '/v1/locks',
      '/v1/events',
      '/v1/stream',
      '/metrics',
      '/openapi.json',
      '/mcp',
      '/x',
    ]) {
      expect([path, (await ask(rig, path)).status]).toEqual([path, 401]);
    }
    for (const body of [{ id: 'mallory' }, [], { id: 'mallory', joinToken: 7 }]) {
      expect((await ask(rig, '/v1/sessions', { body })).status).toBe(401);
    }
    expect((await ask(rig, '/mcp', { body: TOOL_CALL })).status).toBe(401);
    expect((await ask(rig, '/healthz')).status).toBe(200);
    expect(await rig.fleet.coordinator.view({ kind: 'agents' })).toMatchObject({ items: [] });
  });

  it('refuses credentials of nobody', async () => {
    const rig = await openRig();
    const bearer = 'x'.repeat(43);
    expect((await ask(rig, '/v1/fleet', { bearer })).status).toBe(403);
    expect((await ask(rig, '/mcp', { bearer, body: TOOL_CALL })).status).toBe(403);
    expect((await ask(rig, '/v1/sessions', { body: { id: 'mallory', joinToken: bearer } })).status).toBe(403);
    expect((await ask(rig, '/v1/sessions', { body: { id: 'mallory', joinToken: OPERATOR } })).status).toBe(403);
    expect(await rig.fleet.coordinator.view({ kind: 'agents' })).toMatchObject({ items: [] });
  });

  it('lets in who shows the join token, in the header or in the registration', async () => {
    const rig = await openRig();
    const ana = await register(rig, 'ana', { bearer: JOIN });
    const bo = await register(rig, 'bo', { body: { joinToken: JOIN } });
    expect((await ask(rig, '/v1/fleet', { bearer: JOIN })).status).toBe(200);
    const taken = await ask(rig, '/v1/locks/acquire', { bearer: ana, body: { resources: ['a.ts'], waitMs: 0 } });
    expect(taken.status).toBe(200);
    const refused = await ask(rig, '/v1/locks/acquire', { bearer: bo, body: { resources: ['a.ts'], waitMs: 0 } });
    expect(refused.status).toBe(409);
  });

  it('takes the join token for no session', async () => {
    const rig = await openRig();
    const asked = await ask(rig, '/v1/locks/acquire', { bearer: JOIN, body: { resources: ['a.ts'], waitMs: 0 } });
    expect(asked.status).toBe(401);
  });

  it('lets in the operator', async () => {
    const rig = await openRig();
    expect((await ask(rig, '/v1/audit', { bearer: OPERATOR })).status).toBe(200);
  });

  it('lets in nobody by a token that is another one now', async () => {
    const rig = await openRig();
    await rig.setToken('join', 'k'.repeat(43));
    expect((await ask(rig, '/v1/fleet', { bearer: JOIN })).status).toBe(403);
    expect((await ask(rig, '/v1/sessions', { body: { id: 'late', joinToken: JOIN } })).status).toBe(403);
  });
});
