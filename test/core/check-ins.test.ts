// Check-ins, verdicts that bind, and the way back; the estimators have their own tests.

import { describe, expect, it } from 'vitest';
import { type OutcomeFacts, summaryKey } from '../../src/core/governance/check-in.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import type { CheckInReply } from '../../src/core/reply.ts';
import { CoreFleet } from '../support/core-fleet.ts';
import { tableSaying } from '../support/full-table.ts';
import { matching, near } from '../support/matching.ts';

interface Said {
  readonly summary?: string;
  readonly confidence?: number | null;
  readonly outcomes?: readonly OutcomeFacts[];
  readonly dryRun?: boolean;
}

const FAILED: OutcomeFacts = { kind: 'tests', ok: false, evidence: '3 failed' };
const OK: OutcomeFacts = { kind: 'tests', ok: true, evidence: '' };
let work = 0;

function open(policy?: Policy, ...names: readonly string[]): CoreFleet {
  const fleet = new CoreFleet(policy);
  for (const name of ['ana', ...names]) fleet.join(name);
  return fleet;
}

function checkIn(fleet: CoreFleet, agentId: string, said: Said = {}, requestId?: string) {
  work += 1;
  const { summary = `piece ${work}`, confidence = null, outcomes = [], dryRun } = said;
  const ask = {
    op: 'check_in',
    summary,
    digest: summaryKey(summary),
    complexity: null,
    confidence,
    outcomes,
    plan: null,
    parameters: null,
    ...(dryRun === undefined ? {} : { dryRun }),
  } as const;
  return fleet.says(agentId, ask, requestId).answer;
}

function told(answer: ReturnType<typeof checkIn>): CheckInReply {
  if (!('verdict' in answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer;
}

function codesOf(answer: ReturnType<typeof checkIn>): readonly string[] {
  return told(answer).reasons.map(({ code }) => code);
}

function failing(fleet: CoreFleet, times: number): CheckInReply {
  let last: CheckInReply | null = null;
  for (let i = 0; i < times; i += 1) last = told(checkIn(fleet, 'ana', { outcomes: [FAILED] }));
  if (last === null) throw new Error('nothing said');
  return last;
}

describe('a check-in', () => {
  it('tells a new agent that it is not judged yet', () => {
    const fleet = open();
    const first = told(checkIn(fleet, 'ana', { outcomes: [FAILED] }));
    expect(first).toMatchObject({ verdict: 'proceed', updates: 1, checkInId: matching(/^c\d+$/) });
    expect(first.reasons.map(({ code }) => code)).toEqual(['TOO_EARLY']);
  });

  it('guides at the third failure and pauses at the fifth, with reasons that say what to do', () => {
    const fleet = open();
    const verdicts = Array.from({ length: 5 }, () => failing(fleet, 1).verdict);
    expect(verdicts).toEqual(['proceed', 'proceed', 'guide', 'guide', 'pause']);
    const agent = fleet.state.agents.get('ana');
    expect(agent).toMatchObject({
      lifecycle: 'paused',
      pause: { by: 'policy', reasons: [{ code: 'FAILURES_IN_A_ROW' }] },
    });
    for (const { message, next } of agent?.pause?.reasons ?? [])
      expect([message, next].every((text) => text.length > 10)).toBe(true);
    expect(fleet.acquire('ana', ['task:a']).answer).toMatchObject({ code: 'AGENT_PAUSED', details: { by: 'policy' } });
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('of a paused agent moves its estimator, and the verdict stays pause', () => {
    const fleet = open();
    failing(fleet, 5);
    const paused = told(checkIn(fleet, 'ana', { outcomes: [OK] }));
    expect(paused).toMatchObject({ verdict: 'pause', updates: 6, estimator: { failuresInARow: 0 } });
    expect(paused.reasons[0]?.code).toBe('PAUSED');
    expect(fleet.events.filter(({ type }) => type === 'agent.paused')).toHaveLength(1);
  });

  it('is answered the same when it is repeated, and counted once', () => {
    const fleet = open();
    const first = checkIn(fleet, 'ana', { summary: 'same' }, 'k1');
    failing(fleet, 3);
    expect(checkIn(fleet, 'ana', { summary: 'same' }, 'k1')).toEqual(first);
    expect(fleet.state.conduct.get('ana')?.updates).toBe(4);
    expect(checkIn(fleet, 'ana', { summary: 'other' }, 'k1')).toMatchObject({ code: 'REQUEST_REUSED' });
  });

  it('dry leaves the state, the log and the counters as they were', () => {
    const fleet = open();
    failing(fleet, 4);
    const before = JSON.stringify([fleet.events, ...fleet.state.conduct.rows(), ...fleet.state.sessions.rows()]);
    expect(told(checkIn(fleet, 'ana', { outcomes: [FAILED], dryRun: true }))).toMatchObject({
      verdict: 'pause',
      checkInId: null,
    });
    expect(JSON.stringify([fleet.events, ...fleet.state.conduct.rows(), ...fleet.state.sessions.rows()])).toBe(before);
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('active');
  });

  it.each([
    [{ confidence: 1.5 }, 'confidence'],
    [{ confidence: Number.NaN }, 'confidence'],
    [{ summary: 'x'.repeat(LIMITS.textBytes + 1) }, 'summary'],
    [{ outcomes: [OK, OK] }, 'twice'],
    [{ outcomes: [{ ...OK, kind: '' }] }, 'kind'],
    [{ outcomes: Array.from({ length: 17 }, (_, i) => ({ ...OK, kind: `k${i}` })) }, 'outcomes'],
  ] as const)('with %o is refused and changes nothing', (said, word) => {
    const fleet = open();
    const logged = fleet.events.length;
    expect(JSON.stringify(checkIn(fleet, 'ana', said as Said))).toContain(word);
    expect(fleet.events.length).toBe(logged);
  });

  it('is forgotten when the fleet has too many, the oldest of all, and so is what was said of it', () => {
    const fleet = open(undefined, 'bo');
    const { checkInId } = told(checkIn(fleet, 'ana'));
    const tell = () => fleet.says('bo', { op: 'record_outcome', checkInId: checkInId ?? '', ...OK }, 'once').answer;
    expect(tell()).toMatchObject({ calibration: { labels: 0 } });
    Object.assign(fleet.state, { checkIns: tableSaying(fleet.state.checkIns, { size: LIMITS.checkInsKept }) });
    checkIn(fleet, 'bo');
    expect(fleet.state.conduct.get('ana')?.recent).toEqual([]);
    expect(fleet.state.conduct.get('bo')?.recent).toHaveLength(1);
    expect(tell()).toMatchObject({ code: 'UNKNOWN_CHECKIN' });
  });

  it('is forgotten with its outcome when there are too many, the oldest first', () => {
    const fleet = open();
    const first = told(checkIn(fleet, 'ana'));
    for (let i = 0; i < LIMITS.checkInsPerAgent; i += 1) checkIn(fleet, 'ana');
    expect(fleet.state.conduct.get('ana')?.recent.length).toBe(LIMITS.checkInsPerAgent);
    const late = fleet.says('ana', { op: 'record_outcome', checkInId: first.checkInId ?? '', ...OK }).answer;
    expect(late).toMatchObject({ code: 'UNKNOWN_CHECKIN' });
    expect(fleet.state.conduct.get('ana')?.updates).toBe(LIMITS.checkInsPerAgent + 1);
  });
});

describe('an outcome', () => {
  it('counts once for each kind, the last word, by whomever it is said', () => {
    const fleet = open(undefined, 'bo');
    const { checkInId } = told(checkIn(fleet, 'ana', { confidence: 0.8 }));
    const say = (by: string, outcome: OutcomeFacts) =>
      fleet.says(by, { op: 'record_outcome', checkInId: checkInId ?? '', ...outcome }).answer;
    expect(say('ana', OK)).toMatchObject({
      agentId: 'ana',
      calibration: { labels: 1, brier: near(0.04) },
    });
    expect(say('ana', OK)).toMatchObject({ calibration: { labels: 1 } });
    expect(say('bo', { ...FAILED, kind: 'review' })).toMatchObject({
      calibration: { labels: 1, brier: near(0.64) },
    });
    expect(say('bo', { ...OK, kind: 'review' })).toMatchObject({ calibration: { brier: near(0.04) } });
    expect(fleet.operator({ op: 'record_outcome', checkInId: checkInId ?? '', ...FAILED }).answer).toMatchObject({
      calibration: { brier: near(0.64) },
    });
    expect(fleet.state.conduct.get('bo')).toBeUndefined();
  });

  it('of a check-in that there is not is refused', () => {
    const fleet = open();
    expect(fleet.says('ana', { op: 'record_outcome', checkInId: 'c9999', ...OK }).answer).toMatchObject({
      code: 'UNKNOWN_CHECKIN',
    });
  });
});

describe('recover', () => {
  const recover = (fleet: CoreFleet, reflection = 'I read the error first now', requestId?: string) =>
    fleet.says('ana', { op: 'recover', reflection }, requestId).answer;

  it('needs a reflection', () => {
    const fleet = open();
    failing(fleet, 5);
    expect(recover(fleet, '  ')).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('is refused while the rule still matches, and resumes when it does not', () => {
    const fleet = open();
    failing(fleet, 5);
    expect(recover(fleet)).toMatchObject({ resumed: false, reasons: [{ code: 'FAILURES_IN_A_ROW' }] });
    checkIn(fleet, 'ana', { outcomes: [OK] });
    expect(recover(fleet)).toEqual({ op: 'recover', resumed: true, reasons: [] });
    expect(fleet.acquire('ana', ['task:a']).answer).toMatchObject({ status: 'granted' });
    expect(told(checkIn(fleet, 'ana', { outcomes: [OK] })).verdict).toBe('proceed');
  });

  it('that is repeated, because its answer was lost, resumed; and nothing is resumed by that once more', () => {
    const fleet = open();
    failing(fleet, 5);
    checkIn(fleet, 'ana', { outcomes: [OK] });
    const first = recover(fleet, 'so', 'once');
    expect(first).toMatchObject({ resumed: true });
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'let me look' });
    expect(recover(fleet, 'so', 'once')).toEqual(first);
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('paused');
  });

  it("does not end an operator's pause, nor one that an operator has taken over", () => {
    const fleet = open();
    failing(fleet, 5);
    checkIn(fleet, 'ana', { outcomes: [OK] });
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'let me look' });
    expect(recover(fleet)).toMatchObject({ resumed: false, reasons: [{ code: 'PAUSED_BY_OPERATOR' }] });
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('paused');
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'seen' });
    expect(recover(fleet)).toMatchObject({ resumed: false, reasons: [{ code: 'NOT_PAUSED' }] });
  });

  it('is what an operator may do at any time', () => {
    const fleet = open();
    failing(fleet, 5);
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'the tests were broken' });
    expect(fleet.acquire('ana', ['task:a']).answer).toMatchObject({ status: 'granted' });
    // What led to the pause is answered for; it guides still, and five new failures pause anew.
    expect(Array.from({ length: 5 }, () => failing(fleet, 1).verdict)).toEqual([
      'guide',
      'guide',
      'guide',
      'guide',
      'pause',
    ]);
  });
});

describe('a loop', () => {
  const same = (fleet: CoreFleet) => checkIn(fleet, 'ana', { summary: 'Fixing   the TEST', outcomes: [FAILED] });
  const untilRecovered = (fleet: CoreFleet): number => {
    for (let n = 1; n <= 50; n += 1) {
      checkIn(fleet, 'ana', { outcomes: [OK] });
      const { answer } = fleet.says('ana', { op: 'recover', reflection: 'other ways now' });
      if ('resumed' in answer && answer.resumed) return n;
    }
    throw new Error('never');
  };

  it('is named, answered with guidance, and ends when the behaviour ends; retrying does not extend it', () => {
    const named: string[] = [];
    const counts = [6, 60].map((times) => {
      const fleet = open();
      for (let i = 1; i <= times; i += 1) {
        const answer = same(fleet);
        if (i === 3) named.push(...codesOf(answer));
        // Asking to go on again and again is no behaviour of its own.
        if (i > 6) fleet.says('ana', { op: 'recover', reflection: 'please' });
      }
      expect(fleet.state.agents.get('ana')?.lifecycle).toBe('paused');
      return untilRecovered(fleet);
    });
    expect(counts[0]).toBe(counts[1]);
    expect(named.filter((code) => code === 'REPEATING')).toHaveLength(2);
  });
});

describe('lost leases', () => {
  it('pause at the third within the window, whatever else is said, and count no longer after it', () => {
    const fleet = open({ evidence: { lostLeasesMs: 60_000 } });
    for (let i = 0; i < 3; i += 1) checkIn(fleet, 'ana', { outcomes: [OK] });
    for (let i = 0; i < 3; i += 1) {
      fleet.acquire('ana', [`task:t${i}`]);
      fleet.operator({ op: 'revoke', resource: `task:t${i}`, token: null, reason: 'others wait' });
    }
    expect(codesOf(checkIn(fleet, 'ana', { outcomes: [OK] }))).toEqual(['LEASES_LOST']);
    expect(fleet.says('ana', { op: 'recover', reflection: 'shorter work' }).answer).toMatchObject({ resumed: false });
    fleet.atMs += 60_001;
    expect(fleet.says('ana', { op: 'recover', reflection: 'shorter work' }).answer).toMatchObject({ resumed: true });
  });
});

describe('eisv-v1', () => {
  it('judges where policy names it, also for one agent by a pattern', () => {
    const fleet = open({ agents: { 'old_*': { estimator: 'eisv-v1' } } }, 'old_one');
    expect(told(checkIn(fleet, 'ana')).estimator.name).toBe('evidence');
    expect(told(checkIn(fleet, 'old_one', { summary: '' })).estimator).toMatchObject({ name: 'eisv-v1', updates: 1 });
    expect(told(checkIn(fleet, 'old_one', { summary: '' })).estimator).toMatchObject({ updates: 2 });
  });
});
