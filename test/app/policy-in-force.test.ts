// The policy in force is in the log: no process has one of its own, and none is told to read it again.

import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { CheckInReply } from '../../src/core/reply.ts';
import { type Cook, FleetRig, leased, seat } from '../support/fleet-rig.ts';

let rig = FleetRig.onFakeClock();
afterEach(() => rig.close());

let asked = 0;
const CHEF = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;

function adopt(at: LocalCoordinator, policy: Policy, instead?: number | null) {
  asked += 1;
  const body = { op: 'adopt_policy', policy, reason: '', ...(instead === undefined ? {} : { instead }) } as const;
  return at.submit({ ...body, by: CHEF, requestId: `adopt-${asked}`, bodyHash: JSON.stringify(body) });
}

/** A check-in after work that failed. */
async function failing(cook: Cook, summary: string): Promise<CheckInReply> {
  const outcomes = [{ kind: 'tests', ok: false, evidence: 'exit 1' }];
  const said = { summary, digest: summary, complexity: null, confidence: null, plan: null, parameters: null };
  const { answer } = await cook.at.submit({ ...cook.head(), op: 'check_in', ...said, outcomes });
  if (isRejection(answer) || answer.op !== 'check_in') throw new Error(JSON.stringify(answer));
  return answer;
}

describe('the policy in force', () => {
  it('binds the next check-in at another coordinator on the same log, which is not told of it', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const bo = await seat(b, 'bo');
    const lease = leased(await bo.acquire('task:stew'));
    expect(lease.status).toBe('granted');
    for (const summary of ['one', 'two']) await failing(bo, summary);
    expect(await failing(bo, 'three')).toMatchObject({ verdict: 'guide' });

    const evidence = { guideFailures: 1, pauseFailures: 2 };
    await adopt(a, { agents: { 'b*': { onPause: 'release', evidence } } });
    const judged = await failing(bo, 'four');
    expect(judged).toMatchObject({ verdict: 'pause', reasons: [{ code: 'FAILURES_IN_A_ROW' }] });
    expect(judged.reasons[0]?.numbers).toMatchObject({ failures: 4, limit: 2 });
    const locks = await a.view({ kind: 'locks' });
    expect(locks.items).toEqual([]);
    expect(await b.view({ kind: 'policy' })).toEqual(await a.view({ kind: 'policy' }));
  });

  it('is compared with what an operator looked at, wherever the other one was adopted', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const both = await Promise.all([adopt(a, { onPause: 'release' }, null), adopt(b, { archive: null }, null)]);
    const codes = both.map(({ answer }) => (isRejection(answer) ? answer.code : 'adopted'));
    expect(codes.toSorted()).toEqual(['VERSION_MISMATCH', 'adopted']);
    const { adopted } = await a.view({ kind: 'policy' });
    expect(adopted?.content).toEqual(codes[0] === 'adopted' ? { onPause: 'release' } : { archive: null });
  });

  it('is there from the founding on, in the same append, by whoever founds', async () => {
    rig = FleetRig.onFakeClock({ foundingPolicyOf: (name) => ({ archive: { silentMs: name === 'a' ? 1e9 : 2e9 } }) });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    expect((await a.view({ kind: 'policy' })).adopted).toBeNull();
    await Promise.all([a.found(), b.found()]);
    const bodies = rig.log.batches.map(({ body }) => body);
    expect(bodies.filter((body) => body.includes('policy.adopted'))).toHaveLength(1);
    expect(bodies[0]).toMatch(/fleet\.founded.*policy\.adopted/s);
    const { adopted } = await b.view({ kind: 'policy' });
    expect(adopted).toMatchObject({ by: 'brigade', reason: expect.stringContaining('founded') as string });
    expect(adopted).toEqual((await a.view({ kind: 'policy' })).adopted);
  });
});
