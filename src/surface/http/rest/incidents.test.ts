// Incidents over REST: their reports in the form that is asked for, also as of then, and who may say something of them.

import { describe, expect, it } from 'vitest';
import { type RestRig, restRig } from '../../../../test/support/rest-rig.ts';

/** Two take two things in opposite order. Answers the handle of one of them. */
async function afterDeadlock({ register, ask }: RestRig): Promise<string> {
  const [ana, bo] = [await register('ana'), await register('bo')];
  for (const [bearer, task] of [
    [ana, 'task:a'],
    [bo, 'task:b'],
    [ana, 'task:b'],
    [bo, 'task:a'],
  ] as const)
    await ask('POST', '/v1/locks/acquire', { bearer, body: { resources: [task], waitMs: 1 } });
  return bo;
}

describe('incidents over REST', () => {
  it('are none in a quiet fleet', async () => {
    const { ask } = await restRig();
    expect((await ask('GET', '/v1/incidents')).body).toEqual({ incidents: [], cursor: null, total: 0 });
    for (const path of ['', '/report']) {
      for (const id of ['1', '0', 'x', '-1', '9'.repeat(40)])
        expect(await ask('GET', `/v1/incidents/${id}${path}`)).toMatchObject({
          status: 404,
          body: { code: 'UNKNOWN_INCIDENT' },
        });
    }
  });

  it.each([
    ['', {}, 'application/json', '{"report":{"incident":1,'],
    ['?format=json', { accept: 'text/markdown' }, 'application/json', '{"report":{"incident":1,'],
    ['?format=md', {}, 'text/markdown', '# Incident 1: Deadlock of bo and ana\n'],
    ['', { accept: 'text/markdown' }, 'text/markdown', '# Incident 1: Deadlock of bo and ana\n'],
    ['', { accept: 'text/markdown, application/json' }, 'application/json', '{"report":{"incident":1,'],
  ])('report%s with %o is %s', async (query, headers, type, begins) => {
    const rig = await restRig();
    await afterDeadlock(rig);
    const heard = await rig.ask('GET', `/v1/incidents/1/report${query}`, { headers: { ...headers } });
    expect([heard.status, heard.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
    expect(heard.text.slice(0, begins.length)).toBe(begins);
  });

  it('are as they were, at a moment of the past, and were not before they began', async () => {
    const rig = await restRig();
    const bo = await afterDeadlock(rig);
    const { incident } = (await rig.ask('GET', '/v1/incidents/1')).body as { incident: { openedSeq: number } };
    const at = `?at=${incident.openedSeq}`;
    await rig.ask('POST', '/v1/incidents/1/notes', { bearer: bo, body: { text: 'seen' } });
    const close = { bearer: rig.operatorToken, body: { reason: 'known' } };
    expect((await rig.ask('POST', '/v1/incidents/1/close', close)).body).toMatchObject({ changed: true });
    expect((await rig.ask('GET', '/v1/incidents/1')).body).toMatchObject({ incident: { state: 'closed', notes: 1 } });
    expect((await rig.ask('GET', `/v1/incidents/1${at}`)).body).toMatchObject({
      incident: { state: 'open', notes: 0 },
    });
    const then = (await rig.ask('GET', `/v1/incidents/1/report${at}`)).body;
    expect(then.report).toMatchObject({ state: 'open', source: { toSeq: incident.openedSeq } });
    const before = await rig.ask('GET', `/v1/incidents/1?at=${incident.openedSeq - 1}`);
    expect(before).toMatchObject({ status: 404, body: { code: 'UNKNOWN_INCIDENT' } });
  });

  it('are closed by operators alone, and noted by whoever shows who it is', async () => {
    const rig = await restRig();
    const bearer = await afterDeadlock(rig);
    const reason = { reason: 'r' };
    const [closing, noting] = ['/v1/incidents/1/close', '/v1/incidents/1/notes'];
    expect(await rig.ask('POST', closing, { body: reason })).toMatchObject({ status: 401 });
    expect(await rig.ask('POST', closing, { bearer, body: reason })).toMatchObject({
      status: 403,
      body: { code: 'OPERATOR_REQUIRED' },
    });
    expect(await rig.ask('POST', noting, { body: { text: 'x' } })).toMatchObject({ status: 401 });
    expect(await rig.ask('POST', noting, { bearer, body: { text: '' } })).toMatchObject({ status: 400 });
    const headers = { 'idempotency-key': 'once' };
    for (let i = 0; i < 2; i += 1)
      expect(await rig.ask('POST', noting, { bearer, headers, body: { text: 'once' } })).toMatchObject({ status: 200 });
    expect((await rig.ask('GET', '/v1/incidents/1')).body.notes).toMatchObject([{ by: 'bo', text: 'once' }]);
  });

  it('have so many reports under way, and no more', async () => {
    const rig = await restRig();
    await afterDeadlock(rig);
    const heard = await Promise.all(Array.from({ length: 6 }, () => rig.ask('GET', '/v1/incidents/1/report')));
    const codes = heard.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(codes).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await rig.ask('GET', '/v1/incidents/1/report')).toMatchObject({ status: 200 });
  });
});
