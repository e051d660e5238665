// The estimator `evidence`: judges only what was reported and what came of it.
//
//   failures in a row   guide, pause     those without an outcome neither end nor lengthen a row
//   equal summaries     guide, pause     the same as the newest, among the last so many
//   lost leases         pause            within the window of the policy
//   calibration         guide            from enough labels on
//
// It has no memory of its own, no cooldown and no penalty: every rule looks at what is recorded, so it lets go as soon as what
// is recorded no longer shows it, and asking again changes nothing.
//
// Who resumed an agent, be it an operator or its own `recover`, has answered for what led to the pause: rules pause only for
// what came after it. Otherwise the next check-in would find the old row still standing and pause again at once. Rules that
// guide go on looking at everything.

import type { Instant } from '../../instant.ts';
import type { ConductRow, KnownCheckIn, LifecycleChange } from '../../rows.ts';
import type { Calibration, Reason, Verdict } from '../check-in.ts';
import type { Judgement } from '../check-in-rules.ts';
import type { EvidencePolicy } from '../policy.ts';
import { calibrationOf, hasSucceeded } from './calibration.ts';
import {
  calibrationReason,
  failuresReason,
  lostLeasesReason,
  repeatingReason,
  tooEarlyReason,
} from './evidence-reasons.ts';

export interface EvidenceInput {
  /** What is known of the agent's check-ins, oldest first; the one that is judged is the last, and not numbered yet. */
  readonly checkIns: readonly JudgedCheckIn[];
  /** As it was before this check-in: `updates` does not count it. */
  readonly conduct: Pick<ConductRow, 'updates' | 'lost'>;
  readonly policy: EvidencePolicy;
  readonly at: Instant;
  /** The last time the agent was resumed. */
  readonly resumed?: Pick<LifecycleChange, 'seq' | 'at'> | null;
}

type JudgedCheckIn = Pick<KnownCheckIn, 'digest' | 'confidence' | 'outcomes'> & { readonly seq?: number };

interface Finding {
  readonly verdict: Exclude<Verdict, 'proceed'>;
  readonly reason: Reason;
}

/** Reasons that pause come first; a rule that both guides and pauses gives the one that pauses. */
export function judgeEvidence(input: EvidenceInput): Judgement {
  const calibration = calibrationOf(input.checkIns);
  const facts = factsOf(input, calibration);
  const checkInsSoFar = input.conduct.updates + 1;
  if (checkInsSoFar < input.policy.minCheckIns) {
    return { verdict: 'proceed', reasons: [tooEarlyReason(checkInsSoFar, input.policy.minCheckIns)], facts };
  }
  const found = [...rulesThatPause(input), ...present(miscalibration(calibration, input.policy))];
  const reasons = [...reasonsOf(found, 'pause'), ...reasonsOf(found, 'guide')];
  const verdict = VERDICTS.find((worse) => found.some((one) => one.verdict === worse)) ?? 'proceed';
  return { verdict, reasons, facts };
}

/** The rules that pause, looked at over the last `boundsOf` check-ins; empty when none matches. */
export function evidenceInBounds(input: EvidenceInput): readonly Reason[] {
  const checkIns = newest(input.checkIns, input.policy.boundsOf);
  return reasonsOf(rulesThatPause({ ...input, checkIns, resumed: null }), 'pause');
}

const VERDICTS = ['pause', 'guide'] as const;

/** What the rules that can pause have found; it may be mere guidance. */
function rulesThatPause(input: EvidenceInput): readonly Finding[] {
  return [failures(input), repetition(input), lostLeases(input)].flatMap(present);
}

function present(finding: Finding | null): readonly Finding[] {
  return finding === null ? [] : [finding];
}

function reasonsOf(found: readonly Finding[], verdict: Finding['verdict']): readonly Reason[] {
  return found.filter((one) => one.verdict === verdict).map(({ reason }) => reason);
}

function failures(input: EvidenceInput): Finding | null {
  const { guideFailures, pauseFailures } = input.policy;
  const since = failuresInARow(sinceResumed(input));
  if (since >= pauseFailures) return { verdict: 'pause', reason: failuresReason(since, pauseFailures, 'pause') };
  const all = failuresInARow(input.checkIns);
  return all >= guideFailures ? { verdict: 'guide', reason: failuresReason(all, guideFailures, 'guide') } : null;
}

function repetition(input: EvidenceInput): Finding | null {
  const { guideEqual, guideEqualOf, pauseEqual, pauseEqualOf } = input.policy;
  const since = equalAmong(newest(sinceResumed(input), pauseEqualOf));
  if (since >= pauseEqual) return { verdict: 'pause', reason: repeatingReason(since, pauseEqual, pauseEqualOf) };
  const all = equalAmong(newest(input.checkIns, guideEqualOf));
  return all >= guideEqual ? { verdict: 'guide', reason: repeatingReason(all, guideEqual, guideEqualOf) } : null;
}

function lostLeases(input: EvidenceInput): Finding | null {
  const { resumed = null, at, policy } = input;
  const lost = lostWithin(input).filter((lease) => resumed === null || lease.at > resumed.at);
  if (lost.length < policy.pauseLostLeases) return null;
  return { verdict: 'pause', reason: lostLeasesReason(lost, policy, at) };
}

function miscalibration(seen: Calibration, { minLabels, guideBrier }: EvidencePolicy): Finding | null {
  if (seen.brier === null || seen.labels < minLabels || seen.brier <= guideBrier) return null;
  return { verdict: 'guide', reason: calibrationReason(seen, seen.brier, guideBrier) };
}

function factsOf(input: EvidenceInput, { labels, brier }: Calibration): Judgement['facts'] {
  return {
    name: 'evidence',
    labelled: labels,
    brier,
    failuresInARow: failuresInARow(input.checkIns),
    equal: equalAmong(newest(input.checkIns, input.policy.pauseEqualOf)),
    lostLeases: lostWithin(input).length,
  };
}

function failuresInARow(checkIns: readonly JudgedCheckIn[]): number {
  let inARow = 0;
  for (const checkIn of checkIns.toReversed()) {
    const succeeded = hasSucceeded(checkIn);
    if (succeeded === true) return inARow;
    if (succeeded === false) inARow += 1;
  }
  return inARow;
}

function equalAmong(checkIns: readonly JudgedCheckIn[]): number {
  const last = checkIns.at(-1);
  return checkIns.filter(({ digest }) => digest === last?.digest).length;
}

/** A loss exactly as long ago as the window is long still counts. */
function lostWithin({ conduct, policy, at }: EvidenceInput): EvidenceInput['conduct']['lost'] {
  return conduct.lost.filter((lease) => at - lease.at <= policy.lostLeasesMs);
}

function sinceResumed({ checkIns, resumed = null }: EvidenceInput): readonly JudgedCheckIn[] {
  return resumed === null ? checkIns : checkIns.filter(({ seq }) => seq === undefined || seq > resumed.seq);
}

function newest(checkIns: readonly JudgedCheckIn[], count: number): readonly JudgedCheckIn[] {
  return checkIns.slice(Math.max(0, checkIns.length - count));
}
