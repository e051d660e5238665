// What a seat answers: the coordinator's outcome, and for whom the call was made. Durations are still instants here; the
// surface turns them into milliseconds when it speaks.

import type { Instant } from '../../core/instant.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type { RegisterReply, Reply } from '../../core/reply.ts';
import type { Notice } from '../../core/rows.ts';
import type { Outcome } from '../coordinator.ts';

/** In whose name a call was made. Both ids are public and prove nothing. */
export interface Acting {
  readonly agentId: string;
  readonly sessionId: string;
}

export interface SeatOutcome<R extends Reply = Reply> {
  readonly answer: R | Rejection;
  /** Fleet time at the moment of the answer. */
  readonly at: Instant;
  readonly waitedMs: number;
  /** By token. */
  readonly safeForMs: Readonly<Record<number, number>>;
  readonly notices: readonly Notice[];
  /** Null when no session took part. */
  readonly acting: Acting | null;
  /** This call was the first to need a session and registered it; the caller should hear under which name. */
  readonly registered: RegisterReply | null;
  /** Names of files are shown as seen from this worktree. */
  readonly worktree: string;
}

/** What a read answers. Notices come along as with any other call. */
export interface SeatView<V> {
  readonly view: V | Rejection;
  readonly notices: readonly Notice[];
  readonly worktree: string;
}

/** A refusal before the coordinator was asked. */
export function refused(rejection: Rejection, worktree: string): SeatOutcome<never> {
  return { ...NOTHING_HEARD, answer: rejection, worktree };
}

const NOTHING_HEARD = { at: 0, waitedMs: 0, safeForMs: {}, notices: [], acting: null, registered: null };

/**
 * `outcome` as the answer to a command whose reply is an `R`; the core answers each command with its own reply. Only a
 * cancelled wait is answered by what undid it, which to its caller is the end of the wait.
 */
export function narrow<R extends Reply>(outcome: Outcome, op: R['op']): Outcome & { readonly answer: R | Rejection } {
  const { answer } = outcome;
  if (isRejection(answer) || answer.op === op) return outcome as Outcome & { readonly answer: R | Rejection };
  if (op === 'acquire' && (answer.op === 'withdraw' || answer.op === 'release'))
    return { ...outcome, answer: cancelled() };
  throw new TypeError(`asked for ${op}, answered with ${answer.op}`);
}

function cancelled(): Rejection {
  return reject('WAIT_TIMED_OUT', {
    message: 'The call was cancelled: its place in line is given up, and what it was granted is released.',
    next: 'Ask again with the resources to join the line anew.',
  });
}

/** Of a call that shows no session, where none is taken for it. */
export function needsSession(): Rejection {
  return reject('CREDENTIAL_REQUIRED', {
    message: 'This call needs a session, and it registers none.',
    next: 'Call register first, and show the session handle that it returns.',
  });
}

/** Of a call that shows a handle which no session has. */
export function wrongHandle(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This handle belongs to no session of this fleet.',
    next: 'Leave out `session` to register an agent of your own.',
  });
}
