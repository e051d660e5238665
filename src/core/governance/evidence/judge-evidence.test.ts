import { describe, expect, it } from 'vitest';
import type { LostLease } from '../../rows.ts';
import { DEFAULT_POLICY, type EvidencePolicy } from '../policy.ts';
import { type EvidenceInput, evidenceInBounds, judgeEvidence } from './judge-evidence.ts';

type CheckIn = EvidenceInput['checkIns'][number];

const AT = 10_000_000;
const HOUR = 3_600_000;

let made = 0;

/** A check-in that says something new, with no outcome and no confidence. */
const another = (given: Partial<CheckIn> = {}): CheckIn => ({
  digest: `digest ${made++}`,
  confidence: null,
  outcomes: [],
  ...given,
});
const times = (count: number, make: () => CheckIn): CheckIn[] => Array.from({ length: count }, make);
const outcome = (ok: boolean) => ({ outcomes: [{ kind: 'tests', ok }] });
const failing = (): CheckIn => another(outcome(false));
const good = (): CheckIn => another(outcome(true));
const same = (): CheckIn => another({ digest: 'the same' });
const stuck = (): CheckIn => another({ digest: 'stuck', ...outcome(false) });
const lostAt = (...at: number[]): LostLease[] =>
  at.map((when, i) => ({ at: when, how: i === 0 ? 'revoked' : 'expired', resource: `task:${i}`, token: i }));

interface Given {
  readonly lost?: readonly LostLease[];
  readonly policy?: Partial<EvidencePolicy>;
  readonly updates?: number;
  readonly resumed?: EvidenceInput['resumed'];
}

function input(
  checkIns: readonly CheckIn[],
  { lost = [], policy = {}, updates, resumed = null }: Given = {},
): EvidenceInput {
  return {
    checkIns,
    conduct: { updates: updates ?? checkIns.length - 1, lost },
    policy: { ...DEFAULT_POLICY.evidence, ...policy },
    at: AT,
    resumed,
  };
}

/** The verdict and its codes, as one line. */
function judged(checkIns: readonly CheckIn[], given?: Given): string {
  const { verdict, reasons } = judgeEvidence(input(checkIns, given));
  return [verdict, ...reasons.map(({ code }) => code)].join(' ');
}

function inBounds(checkIns: readonly CheckIn[], given?: Given): boolean {
  return evidenceInBounds(input(checkIns, given)).length === 0;
}

describe('a new agent', () => {
  it('is not judged before its third check-in, whatever it did', () => {
    expect(judged(times(1, stuck))).toBe('proceed TOO_EARLY');
    expect(judged(times(2, stuck), { lost: lostAt(AT, AT, AT) })).toBe('proceed TOO_EARLY');
    expect(judged(times(3, stuck))).toBe('guide FAILURES_IN_A_ROW REPEATING');
    expect(judged(times(4, another))).toBe('proceed');
  });

  it('is told so', () => {
    const [reason] = judgeEvidence(input(times(2, another))).reasons;
    expect(reason?.message).toBe('This is check-in 2; nobody is judged before 3.');
    expect(reason?.numbers).toEqual({ checkIns: 2, needed: 3 });
  });

  it('is none by being forgotten: what counts is how often it checked in, not what is still known', () => {
    expect(judged([failing()], { updates: 0 })).toBe('proceed TOO_EARLY');
    expect(judged([failing()], { updates: 300 })).toBe('proceed');
  });
});

describe('failures in a row', () => {
  it.each([
    [2, 'proceed'],
    [3, 'guide FAILURES_IN_A_ROW'],
    [4, 'guide FAILURES_IN_A_ROW'],
    [5, 'pause FAILURES_IN_A_ROW'],
    [6, 'pause FAILURES_IN_A_ROW'],
  ])('%d of them: %s', (count, expected) => {
    expect(judged([...times(3, good), ...times(count, failing)])).toBe(expected);
  });

  it('are neither ended nor lengthened by check-ins without an outcome', () => {
    expect(judged([failing(), another(), failing(), ...times(4, another)])).toBe('proceed');
    expect(judged([failing(), another(), failing(), another(), failing(), another()])).toBe('guide FAILURES_IN_A_ROW');
  });

  it('end with one whose outcomes are all good', () => {
    expect(judged([...times(50, failing), good()])).toBe('proceed');
    const half = another({ outcomes: [...outcome(true).outcomes, { kind: 'review', ok: false }] });
    expect(judged([...times(50, failing), half])).toBe('pause FAILURES_IN_A_ROW');
  });

  it('are judged anew when an outcome is recorded late', () => {
    const checkIns = times(4, failing);
    expect(judged([...checkIns, failing()])).toBe('pause FAILURES_IN_A_ROW');
    const known = checkIns.map((one, i) => (i === 2 ? { ...one, ...outcome(true) } : one));
    expect(judged([...known, failing()])).toBe('proceed');
    expect(judged([...times(5, another), another()])).toBe('proceed');
    expect(judged([...times(5, failing), another()])).toBe('pause FAILURES_IN_A_ROW');
  });
});

describe('equal summaries', () => {
  it.each([
    [2, 'proceed'],
    [3, 'guide REPEATING'],
    [5, 'guide REPEATING'],
    [6, 'pause REPEATING'],
    [7, 'pause REPEATING'],
  ])('%d of them: %s', (count, expected) => {
    expect(judged([...times(3, another), ...times(count, same)])).toBe(expected);
  });

  it('guide among the last ten only', () => {
    expect(judged([same(), ...times(7, another), same(), same()])).toBe('guide REPEATING');
    expect(judged([same(), ...times(8, another), same(), same()])).toBe('proceed');
  });

  it('pause among the last twenty only', () => {
    const five = times(5, same);
    expect(judged([same(), ...times(14, another), ...five])).toBe('pause REPEATING');
    expect(judged([same(), ...times(15, another), ...five])).toBe('guide REPEATING');
  });

  it('are those equal to this one: an old loop is over', () => {
    expect(judged([...times(19, same), another()])).toBe('proceed');
  });
});

describe('lost leases', () => {
  it.each([
    [2, 'proceed'],
    [3, 'pause LEASES_LOST'],
    [4, 'pause LEASES_LOST'],
  ])('%d of them: %s', (count, expected) => {
    expect(judged(times(3, another), { lost: lostAt(...Array.from({ length: count }, () => AT - 1)) })).toBe(expected);
  });

  it('count for an hour', () => {
    const lost = (first: number) => ({ lost: lostAt(first, AT - 60_000, AT - 1) });
    expect(judged(times(3, another), lost(AT - HOUR + 1))).toBe('pause LEASES_LOST');
    expect(judged(times(3, another), lost(AT - HOUR))).toBe('pause LEASES_LOST');
    expect(judged(times(3, another), lost(AT - HOUR - 1))).toBe('proceed');
  });

  it('say how many of which kind, and until when they count', () => {
    const lost = lostAt(AT - HOUR, AT - 1_800_000, AT - 60_000, AT);
    const given = input(times(3, another), { lost });
    const [reason] = judgeEvidence(given).reasons;
    expect(reason?.numbers).toEqual({ lost: 4, expired: 3, revoked: 1, limit: 3, windowMs: HOUR, endsInMs: 1_800_001 });
    expect(reason?.message).toBe('You lost 4 leases within 60 minutes, 3 expired and 1 revoked; the limit is 3.');
    expect(evidenceInBounds({ ...given, at: AT + 1_800_000 })).toHaveLength(1);
    expect(evidenceInBounds({ ...given, at: AT + 1_800_001 })).toEqual([]);
  });
});

describe('calibration', () => {
  const sure = (confidence: number, ok: boolean) => () => another({ confidence, ...outcome(ok) });
  /** No two failures in a row, so that nothing else has a say. */
  const mixed = (count: number, confidence: number): CheckIn[] =>
    Array.from({ length: count }, (_, i) => sure(confidence, i % 2 === 0)());

  it.each([
    [9, 'proceed'],
    [10, 'guide CALIBRATION_OFF'],
    [11, 'guide CALIBRATION_OFF'],
  ])('%d labels: %s', (count, expected) => {
    expect(judged(mixed(count, 0.9))).toBe(expected);
  });

  it('guides above a quarter, and not at it', () => {
    expect(judged(mixed(10, 0.5))).toBe('proceed');
    expect(judged(mixed(10, 0.501))).toBe('guide CALIBRATION_OFF');
    expect(judged(mixed(10, 0.499))).toBe('guide CALIBRATION_OFF');
    expect(judged(times(10, sure(0.7, true)))).toBe('proceed');
  });

  it('sees only labels', () => {
    expect(judged([...mixed(9, 0.9), ...times(20, () => another({ confidence: 1 }))])).toBe('proceed');
  });

  it('says what was stated and what came of it', () => {
    const [reason] = judgeEvidence(input(mixed(10, 0.9))).reasons;
    expect(reason?.message).toBe(
      'Your Brier score is 0.41 over 10 check-ins, above 0.25: you stated a confidence of 0.9 on average, and 50 % of them succeeded.',
    );
    expect(reason?.numbers).toMatchObject({ labels: 10, limit: 0.25, succeeded: 0.5 });
  });
});

describe('a judgement', () => {
  it('is the worst, gives pausing reasons first, and one reason for each rule', () => {
    const wrong = times(10, () => another({ digest: 'stuck', confidence: 0.9, ...outcome(false) }));
    expect(judged(wrong)).toBe('pause FAILURES_IN_A_ROW REPEATING CALIBRATION_OFF');
    expect(judged(times(5, stuck), { lost: lostAt(AT, AT, AT) })).toBe('pause FAILURES_IN_A_ROW LEASES_LOST REPEATING');
  });

  it('shows what it saw', () => {
    const checkIns = [another({ confidence: 0.5, ...outcome(true) }), ...times(3, stuck)];
    expect(judgeEvidence(input(checkIns, { lost: lostAt(0, AT) })).facts).toEqual({
      name: 'evidence',
      labelled: 1,
      brier: 0.25,
      failuresInARow: 3,
      equal: 3,
      lostLeases: 1,
    });
  });

  it('has for each reason a sentence, finite numbers and a next step', () => {
    const wrong = times(10, () => another({ digest: 'stuck', confidence: 0.9, ...outcome(false) }));
    const reasons = [
      ...judgeEvidence(input(wrong, { lost: lostAt(AT, AT, AT) })).reasons,
      ...judgeEvidence(input(times(4, stuck))).reasons,
      ...judgeEvidence(input(times(1, stuck))).reasons,
    ];
    expect(new Set(reasons.map(({ code }) => code)).size).toBe(5);
    for (const { message, numbers, next } of reasons) {
      expect(message).toMatch(/^[A-Z0-9].*\.$/);
      expect(next).toMatch(/^[A-Z].*\.$/);
      expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
    }
  });

  it('follows the policy', () => {
    expect(judged(times(2, failing), { policy: { minCheckIns: 1, pauseFailures: 2 } })).toBe('pause FAILURES_IN_A_ROW');
    expect(judged(times(6, same), { policy: { guideEqual: 20, pauseEqual: 20 } })).toBe('proceed');
  });
});

describe('in bounds', () => {
  it('is who no rule that pauses matches over the last ten', () => {
    expect(inBounds([...times(4, failing)])).toBe(true);
    expect(inBounds([...times(5, failing)])).toBe(false);
    expect(inBounds(times(5, same))).toBe(true);
    expect(inBounds(times(6, same))).toBe(false);
    expect(inBounds(times(3, another), { lost: lostAt(AT, AT) })).toBe(true);
    expect(inBounds(times(3, another), { lost: lostAt(AT, AT, AT) })).toBe(false);
    expect(inBounds([])).toBe(true);
  });

  it('looks no further back', () => {
    expect(inBounds([...times(5, failing), ...times(5, another)])).toBe(false);
    expect(inBounds([...times(5, failing), ...times(6, another)])).toBe(true);
    expect(inBounds([same(), ...times(5, another), ...times(5, same)])).toBe(true);
    expect(inBounds([...times(5, failing), ...times(5, another)], { policy: { boundsOf: 9 } })).toBe(true);
  });

  it('is not disturbed by what merely guides', () => {
    const unsure = times(12, () => another({ confidence: 0, ...outcome(true) }));
    expect(judged(unsure)).toBe('guide CALIBRATION_OFF');
    expect(inBounds(unsure)).toBe(true);
  });
});

describe('a loop', () => {
  /** Check-ins of this kind until the agent is in bounds again. */
  function untilInBounds(before: readonly CheckIn[], make: () => CheckIn): number {
    const checkIns = [...before];
    while (!inBounds(checkIns)) checkIns.push(make());
    return checkIns.length - before.length;
  }

  it.each([6, 60, 199])('of %d identical failing check-ins ends as soon as any other', (count) => {
    const loop = times(count, stuck);
    expect(judged(loop)).toBe('pause FAILURES_IN_A_ROW REPEATING');
    expect(untilInBounds(loop, good)).toBe(1);
    expect(untilInBounds(loop, another)).toBe(6);
    expect(judged([...loop, good()])).toBe('proceed');
  });

  it('gets the same answer however often it is asked', () => {
    const asked = input(times(8, stuck));
    expect(judgeEvidence(asked)).toEqual(judgeEvidence(asked));
  });
});

describe('after a resumption', () => {
  const numbered = (checkIns: readonly CheckIn[]): CheckIn[] => checkIns.map((one, i) => ({ ...one, seq: i + 1 }));
  const paused = numbered(times(6, stuck));
  const resumed = { seq: 100, at: AT - 1_000 };
  const later = (checkIns: readonly CheckIn[]): CheckIn[] => checkIns.map((one, i) => ({ ...one, seq: 101 + i }));

  it('what led to the pause guides, and pauses nobody again', () => {
    expect(judged([...paused, another()])).toBe('pause FAILURES_IN_A_ROW');
    expect(judged([...paused, another()], { resumed })).toBe('guide FAILURES_IN_A_ROW');
    expect(judged([...paused, stuck()], { resumed })).toBe('guide FAILURES_IN_A_ROW REPEATING');
    expect(judged([...paused, good()], { resumed })).toBe('proceed');
  });

  it('the rules that pause count from there on', () => {
    expect(judged([...paused, ...later(times(3, failing)), failing()], { resumed })).toBe('guide FAILURES_IN_A_ROW');
    expect(judged([...paused, ...later(times(4, failing)), failing()], { resumed })).toBe('pause FAILURES_IN_A_ROW');
    const equal = numbered(times(6, same));
    expect(judged([...equal, ...later(times(4, same)), same()], { resumed })).toBe('guide REPEATING');
    expect(judged([...equal, ...later(times(5, same)), same()], { resumed })).toBe('pause REPEATING');
  });

  it('leases lost before it are forgiven too', () => {
    const at = resumed.at;
    expect(judged(times(3, another), { resumed, lost: lostAt(at, at, at) })).toBe('proceed');
    expect(judged(times(3, another), { resumed, lost: lostAt(at, at + 1, at + 2) })).toBe('proceed');
    expect(judged(times(3, another), { resumed, lost: lostAt(at + 1, at + 2, at + 3) })).toBe('pause LEASES_LOST');
  });
});
