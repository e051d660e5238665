// What `evidence` says to an agent: what was seen, in numbers, and what helps.

import type { Instant } from '../../instant.ts';
import type { LostLease } from '../../rows.ts';
import { counted } from '../../view/count-text.ts';
import type { Calibration, Reason } from '../check-in.ts';
import type { EvidencePolicy } from '../policy.ts';

export function tooEarlyReason(checkIns: number, needed: number): Reason {
  return {
    code: 'TOO_EARLY',
    message: `This is ${checkIns === 1 ? 'your first check-in' : `check-in ${checkIns}`}; nobody is judged before ${needed}.`,
    numbers: { checkIns, needed },
    next: 'Go on, and check in again after the next piece of work.',
  };
}

export function failuresReason(failures: number, limit: number, verdict: 'guide' | 'pause'): Reason {
  const guide =
    'Find out why before you try again: read the evidence of the last failure, then change the approach or ask.';
  const pause = 'Find the cause. A check-in whose outcomes are all good, or an outcome recorded anew, ends the row.';
  return {
    code: 'FAILURES_IN_A_ROW',
    message: `${counted(failures, 'check-in')} in a row failed, up to the last one with an outcome; the limit is ${limit}.`,
    numbers: { failures, limit },
    next: verdict === 'guide' ? guide : pause,
  };
}

export function repeatingReason(equal: number, limit: number, among: number): Reason {
  return {
    code: 'REPEATING',
    message: `${equal} of your last ${among} check-ins say the same as this one; the limit is ${limit}.`,
    numbers: { equal, limit, among },
    next: 'Do something else, or ask for help; then say what is new. The first check-in that says something else ends it.',
  };
}

/** `lost` are those within the window, oldest first. */
export function lostLeasesReason(lost: readonly LostLease[], policy: EvidencePolicy, at: Instant): Reason {
  const { pauseLostLeases: limit, lostLeasesMs: windowMs } = policy;
  const expired = lost.filter(({ how }) => how === 'expired').length;
  const last = lost.at(-limit);
  const endsInMs = last === undefined ? 0 : Math.max(0, last.at + windowMs + 1 - at);
  return {
    code: 'LEASES_LOST',
    message: `You lost ${counted(lost.length, 'lease')} within ${minutes(windowMs)}, ${expired} expired and ${lost.length - expired} revoked; the limit is ${limit}.`,
    numbers: { lost: lost.length, expired, revoked: lost.length - expired, limit, windowMs, endsInMs },
    next: `Acquire less at once, with a ttlMs that the work fits into, and release early. This no longer counts in ${minutes(endsInMs)}.`,
  };
}

export function calibrationReason({ labels, bins }: Calibration, brier: number, limit: number): Reason {
  const over = (what: (bin: Calibration['bins'][number]) => number): number =>
    bins.reduce((sum, bin) => sum + bin.count * what(bin), 0) / labels;
  const stated = over((bin) => bin.meanConfidence);
  const succeeded = over((bin) => bin.succeeded);
  return {
    code: 'CALIBRATION_OFF',
    message: `Your Brier score is ${short(brier)} over ${labels} check-ins, above ${limit}: you stated a confidence of ${short(stated)} on average, and ${percent(succeeded)} of them succeeded.`,
    numbers: { brier, limit, labels, stated, succeeded },
    next: 'State a high confidence only for what you have checked, and a low one for the rest; 0.5 says that you do not know.',
  };
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function minutes(ms: number): string {
  return counted(Math.ceil(ms / 60_000), 'minute');
}
