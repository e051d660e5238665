// Views over a stretch of the log as a program meets them: a real log behind, and the thread that looks back.

import { describe, expect, it } from 'vitest';
import { restRig } from '../../../../test/support/rest-rig.ts';

interface Timeline {
  readonly from: { readonly seq: number; readonly atMs: number };
  readonly to: { readonly seq: number; readonly atMs: number };
  readonly isWhole: boolean;
  readonly lanes: readonly {
    readonly key: string;
    readonly spans: readonly Readonly<Record<string, unknown>>[];
    readonly marks: readonly Readonly<Record<string, unknown>>[];
  }[];
}

/** A lease that is waited for, taken back by an operator and granted to who waited. */
async function contended() {
  const rig = await restRig();
  const { ask, register, acquire, operatorToken } = rig;
  const [ana, bo, cy] = [await register('ana'), await register('bo'), await register('cy')];
  const token = await acquire(ana, 'src/a.ts');
  const queued = await ask('POST', '/v1/locks/acquire', { bearer: bo, body: { resources: ['src/a.ts'], waitMs: 1 } });
  await ask('POST', '/v1/locks/acquire', { bearer: cy, body: { resources: ['src/a.ts'], waitMs: 0 } });
  await ask('POST', '/v1/checkins', { bearer: bo, body: { summary: 'waits', confidence: 0.9 } });
  const body = { resource: 'file:src/a.ts', reason: 'it is frozen' };
  await ask('POST', '/v1/locks/revoke', { bearer: operatorToken, body });
  return { ...rig, ana, bo, token, ticket: String(queued.body.ticket) };
}

describe('/v1/timeline', () => {
  it('shows what was held, waited for and offered of each resource, and what happened meanwhile', async () => {
    const { ask, token, ticket } = await contended();
    const { status, body } = await ask('GET', '/v1/timeline');
    expect(status).toBe(200);
    const { lanes, isWhole } = body as unknown as Timeline;
    expect([isWhole, lanes.map(({ key }) => key)]).toEqual([true, ['file:src/a.ts']]);
    expect(lanes[0]?.spans).toMatchObject([
      { kind: 'held', agentId: 'ana', resource: 'file:src/a.ts', token, end: 'revoked' },
      { kind: 'waited', agentId: 'bo', ticket, toMs: null, end: null },
      { kind: 'offered', agentId: 'bo', ticket, toMs: null },
    ]);
    expect(lanes[0]?.marks.map(({ kind }) => kind)).toEqual(['refused', 'revoked']);
    expect(lanes[0]?.marks[1]?.text).toContain('file:src/a.ts');
  });

  it('shows sessions and check-ins in lanes of agents, and only what is asked for', async () => {
    const { ask } = await contended();
    const { lanes } = (await ask('GET', '/v1/timeline?by=agent&agentId=bo')).body as unknown as Timeline;
    expect(lanes.map(({ key }) => key)).toEqual(['bo']);
    expect(lanes[0]?.spans.map(({ kind }) => kind)).toEqual(['live', 'waited', 'offered']);
    expect(lanes[0]?.marks).toMatchObject([{ kind: 'check_in', verdict: 'proceed' }]);
    const elsewhere = (await ask('GET', '/v1/timeline?resource=src/b.ts')).body as unknown as Timeline;
    expect(elsewhere.lanes).toEqual([]);
  });

  it('ends at a moment of the past, and says which', async () => {
    const { ask, token } = await contended();
    const { headers, body } = await ask('GET', `/v1/timeline?at=${token}`);
    expect(headers.get('brigade-as-of-seq')).toBe(String(token));
    const { lanes, to } = body as unknown as Timeline;
    expect(to.seq).toBe(token);
    expect(lanes[0]?.spans).toMatchObject([{ kind: 'held', token, toMs: null, toSeq: null, end: null }]);
  });

  it.each(['fromMs=5&toMs=4', 'lanes=501', 'by=cook', 'toMs=1'])('refuses %s', async (query) => {
    const { ask } = await contended();
    const heard = await ask('GET', `/v1/timeline?${query}`);
    expect(heard).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });

  it('shows no text of a message', async () => {
    const { ask, ana } = await contended();
    const body = { to: 'bo', text: 'a secret between us' };
    expect((await ask('POST', '/v1/messages', { bearer: ana, body })).status).toBe(200);
    for (const path of ['/v1/timeline', '/v1/timeline?by=agent', '/v1/heat', '/v1/agents/ana/checkins'])
      expect((await ask('GET', path)).text).not.toContain('a secret');
  });
});

describe('/v1/heat', () => {
  it('says of each resource how it was used', async () => {
    const { ask } = await contended();
    const { body } = await ask('GET', '/v1/heat?minutes=5');
    expect(body).toMatchObject({
      isWhole: true,
      rows: [{ resource: 'file:src/a.ts', grants: 1, waits: 1, refusals: 1 }],
      leftOut: 0,
    });
  });
});

describe('/v1/metrics/series', () => {
  it('ends with how it stands now, and knows how long commits of this server took', async () => {
    const { ask, bo } = await contended();
    const { body } = await ask('GET', '/v1/metrics/series?minutes=10');
    const { atMs, series, stepMs } = body as unknown as {
      readonly stepMs: number;
      readonly atMs: readonly number[];
      readonly series: Readonly<Record<string, readonly (number | null)[]>>;
    };
    expect([stepMs, atMs.length]).toEqual([5_000, 120]);
    expect(Object.values(series).every((line) => line.length === atMs.length)).toBe(true);
    const last = Object.fromEntries(Object.entries(series).map(([name, line]) => [name, line.at(-1)]));
    expect(last).toMatchObject({ agents: 3, sessions: 3, leases: 0, waits: 1 });
    const sum = (name: string): number => (series[name] ?? []).reduce<number>((all, each) => all + (each ?? 0), 0);
    expect([sum('grants'), sum('refusals'), sum('checkIns')]).toEqual([1, 1, 1]);
    expect(sum('commitMs')).toBeGreaterThan(0);
    await ask('DELETE', '/v1/sessions/current', { bearer: bo });
    const then = await ask('GET', '/v1/metrics/series?minutes=10');
    expect((then.body.series as typeof series).sessions?.at(-1)).toBe(2);
  });
});

describe('/v1/agents/{id}/checkins', () => {
  it('lists the newest first, with what became of the work, page by page', async () => {
    const { ask, bo } = await contended();
    const checked = await ask('POST', '/v1/checkins', { bearer: bo, body: { summary: 'second', confidence: 0.25 } });
    const outcome = { checkInId: checked.body.checkInId, kind: 'tests', ok: false, evidence: '3 failed' };
    await ask('POST', '/v1/outcomes', { bearer: bo, body: outcome });
    const first = await ask('GET', '/v1/agents/bo/checkins?limit=1');
    expect(first.body).toMatchObject({
      isWhole: true,
      checkins: [
        {
          summary: 'second',
          outcomes: [{ kind: 'tests', ok: false, evidence: '3 failed' }],
          succeeded: false,
          brier: 0.0625,
          bin: 0.2,
          eisv: null,
        },
      ],
    });
    const rest = await ask('GET', `/v1/agents/bo/checkins?cursor=${String(first.body.cursor)}`);
    expect(rest.body).toMatchObject({
      checkins: [{ summary: 'waits', outcomes: [], succeeded: null, bin: null }],
      cursor: null,
    });
  });

  it('knows no agent that is not there', async () => {
    const { ask } = await restRig();
    expect(await ask('GET', '/v1/agents/nobody/checkins')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_AGENT' },
    });
  });
});

describe('an empty stretch', () => {
  it('is no fault', async () => {
    const { ask } = await restRig();
    for (const path of ['/v1/timeline', '/v1/heat', '/v1/metrics/series?minutes=1', '/v1/timeline?at=1'])
      expect((await ask('GET', path)).status).toBe(200);
  });
});
