// Whether this fleet may grant at all. After a log was lost, or when an invariant is broken, nothing new is granted;
// reading, releasing and revoking go on.

import type { CommandOf } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Ledger } from '../ledger.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { done } from '../session/presence.ts';
import { movedFrom } from './moved.ts';

/** True unless granting rests, or the fleet is elsewhere. */
export function isGranting(state: FleetState): boolean {
  return state.fleet !== null && state.fleet.suspended === null && movedFrom(state) === null;
}

/** Why nothing is granted now, or null. */
export function refuseGranting(state: FleetState, at: number): Rejection | null {
  const suspended = state.fleet?.suspended;
  if (suspended == null) return null;
  const retryAfterMs = suspended.until === null ? null : Math.max(1, suspended.until - at);
  const goesOn =
    retryAfterMs === null
      ? 'An operator must look: brigade doctor, then brigade store repair.'
      : `Granting goes on by itself in ${Math.ceil(retryAfterMs / 1000)} s, when the longest belief handed out is over; an operator may say so earlier with brigade store repair.`;
  return reject(suspended.code, {
    message: `Nothing is granted since ${suspended.sinceWallAt}: ${suspended.why}.`,
    next: `${goesOn} Reading, releasing and revoking work meanwhile.`,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    details: { sinceAt: suspended.sinceWallAt },
  });
}

/** Granting stops until an operator has looked. A rest after a loss goes on underneath. */
export function reportBreak(ledger: Ledger, { invariant, detail }: CommandOf<'report_break'>): Answer {
  const suspended = ledger.state.fleet?.suspended ?? null;
  if (suspended?.code === 'INVARIANT_BROKEN') return done(false);
  const rest = suspended?.until == null ? {} : { rest: { until: suspended.until, why: suspended.why } };
  ledger.emit({ type: 'invariant.broken', invariant, detail, ...rest });
  return done(true);
}

/**
 * An operator has looked: granting goes on. Refused when it rests for another reason than the one they were shown, or still
 * rests after a loss when that reason is out of the way.
 */
export function resumeGranting(ledger: Ledger, { rest, reason }: CommandOf<'resume_granting'>): Answer {
  const { fleet } = ledger.state;
  if (fleet?.suspended == null) return done(false);
  const { code, why, under } = fleet.suspended;
  const isShown = rest?.epoch === fleet.epoch && rest.code === code && rest.why === why;
  if (rest !== undefined && !isShown) {
    return reject('NOT_SAFE', {
      message: `Granting rests for another reason now (${code}): ${why}.`,
      next: 'Look again with brigade doctor; then say so again.',
    });
  }
  ledger.group(() => {
    ledger.emit({ type: 'granting.resumed', why: reason });
    if (under === undefined || under.until <= ledger.at) return;
    ledger.emit({ type: 'granting.suspended', until: under.until, code: 'STORE_REGRESSED', why: under.why });
  });
  return refuseGranting(ledger.state, ledger.at) ?? done(true);
}
