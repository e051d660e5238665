// An answer at the moment of speaking: how long the call took, how long a holder may believe, and what else its session
// must know. Durations are computed anew each time, so a repeat never repeats an old one.

import type { Command } from '../core/command.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { Instant } from '../core/instant.ts';
import { safeForMs, toldUntil } from '../core/lease/belief.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer, LeaseFacts } from '../core/reply.ts';
import type { Notice } from '../core/rows.ts';
import { sessionOfHandle } from '../core/session/credential.ts';
import { noticesOf } from '../core/session/notices.ts';
import type { Outcome } from './coordinator.ts';

export interface Speaking {
  readonly state: FleetState;
  readonly command: Command;
  readonly answer: Answer;
  /** Fleet time now. */
  readonly at: Instant;
  /** The latest that it may turn out to be: nobody is told to believe past an end that comes by then. */
  readonly latestAt: Instant;
  /** Of what merged state says, only what is durable up to here is told. */
  readonly confirmedSeq: number;
  readonly waitedMs: number;
  /** How long this place is sure not to be counted as gone; null where nobody could. */
  readonly placeSafeForMs: number | null;
}

export function outcomeOf(speaking: Speaking): Outcome {
  const { answer, at, latestAt, state } = speaking;
  // What was granted may have ended since it was decided, even in the same append: by authority, or with its session.
  const endOf = ({ token, expiresAt }: LeaseFacts): Instant => (isInForce(state, token) ? expiresAt : latestAt);
  return {
    answer,
    at,
    waitedMs: Math.max(0, Math.floor(speaking.waitedMs)),
    safeForMs: Object.fromEntries(
      leasesIn(answer).map((lease) => {
        const until = Math.min(endOf(lease), toldEndOf(state, lease));
        return [lease.token, safeForMs(until, latestAt, speaking.placeSafeForMs)];
      }),
    ),
    notices: noticesFor(speaking),
  };
}

/** The end of a session ends what it held, also where that is not settled yet. */
function isInForce({ leases, sessions }: FleetState, token: number): boolean {
  const lease = leases.get(String(token));
  return lease !== undefined && sessions.get(lease.sessionId)?.state === 'live';
}

/** It may have been shortened since. */
function toldEndOf(state: FleetState, { token, expiresAt }: LeaseFacts): Instant {
  const lease = state.leases.get(String(token));
  return lease === undefined ? expiresAt : toldUntil(state, lease);
}

/** It lets somebody believe in something. */
export function tellsOfLeases(answer: Answer): boolean {
  return leasesIn(answer).length > 0;
}

function leasesIn(answer: Answer): readonly LeaseFacts[] {
  if (isRejection(answer)) return [];
  if (answer.op === 'acquire') return answer.leases;
  if (answer.op === 'check' || answer.op === 'answer_handoff') return answer.lease === null ? [] : [answer.lease];
  return [];
}

/** What is not durable yet comes with a later call. */
function noticesFor(speaking: Speaking): readonly Notice[] {
  return knownNotices(speaking).filter((notice) => notice.seq <= speaking.confirmedSeq);
}

/** What the caller said it has seen is left out; the rest comes again until the caller confirms it. */
function knownNotices({ state, command, answer }: Speaking): readonly Notice[] {
  if (command.op === 'register') {
    return isRejection(answer) || answer.op !== 'register' ? [] : noticesOf(state, answer.sessionId, 0);
  }
  if (command.by.kind !== 'session') return [];
  const session = sessionOfHandle(state, command.by.handleHash);
  return session === null ? [] : noticesOf(state, session.sessionId, command.by.noticesSeen ?? 0);
}
