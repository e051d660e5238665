// What the core answers. Moments are instants of fleet time; whoever speaks to the caller turns them into durations at
// the moment of speaking, so that a repeat never repeats an old duration.

import type { Mode } from './event.ts';
import type { Instant } from './instant.ts';
import type { Rejection, RejectionCode } from './rejection.ts';

/** A lease as its holder hears of it. */
export interface LeaseFacts {
  readonly resource: string;
  readonly mode: Mode;
  readonly token: number;
  /** Earliest moment at which it may end without further activity. */
  readonly expiresAt: Instant;
  readonly guarded: boolean;
  /** Somebody waits for it: only its own use renews it now. */
  readonly wanted: boolean;
}

/** Why a request cannot be granted now. */
export interface Blocker {
  readonly kind: 'holder' | 'offer' | 'waiter';
  readonly agentId: string;
  readonly sessionId: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly token: number | null;
  readonly ticket: string | null;
  readonly since: Instant;
  readonly activeAt: Instant;
  readonly reason: string;
}

export interface RefusedLease {
  readonly resource: string;
  readonly token: number;
  readonly code: RejectionCode;
  readonly message: string;
}

export interface Promotion {
  readonly agentId: string;
  readonly ticket: string;
  readonly resources: readonly string[];
  readonly how: 'granted' | 'offered';
}

export interface RegisterReply {
  readonly op: 'register';
  readonly agentId: string;
  readonly sessionId: string;
  readonly resumed: boolean;
  readonly warnings: readonly string[];
  /** The fresh handle of the command is the session's; false when a repeat found the handle in use already. */
  readonly handleAccepted: boolean;
}

export interface AcquireReply {
  readonly op: 'acquire';
  readonly status: 'granted' | 'queued' | 'renewed';
  readonly leases: readonly LeaseFacts[];
  readonly refused: readonly RefusedLease[];
  readonly ticket: string | null;
  /** 1 is next in line. */
  readonly position: number | null;
  readonly blockedBy: readonly Blocker[];
  /** Until when the call may park. */
  readonly parkedUntil: Instant | null;
  /** An offer stands until then: ask again with the ticket to claim it. */
  readonly offeredUntil: Instant | null;
}

export interface ReleaseReply {
  readonly op: 'release';
  readonly released: readonly { readonly resource: string; readonly token: number }[];
  readonly refused: readonly RefusedLease[];
  readonly promoted: readonly Promotion[];
  /** More leases are left than one decision ends: ask again with the same command. */
  readonly more: boolean;
}

export interface WithdrawReply {
  readonly op: 'withdraw';
  readonly ticket: string;
  readonly withdrawn: boolean;
  /** Leases that the ticket had been granted already; they were released. */
  readonly released: readonly { readonly resource: string; readonly token: number }[];
}

export interface CheckReply {
  readonly op: 'check';
  readonly holds: boolean;
  readonly holder: { readonly agentId: string; readonly sessionId: string } | null;
  readonly currentToken: number | null;
  /** Facts of the lease when the token holds. */
  readonly lease: LeaseFacts | null;
}

export interface HandOffReply {
  readonly op: 'hand_off';
  readonly offer: string;
  readonly to: string;
  readonly until: Instant;
}

export interface AnswerHandoffReply {
  readonly op: 'answer_handoff';
  readonly offer: string;
  readonly accepted: boolean;
  readonly lease: LeaseFacts | null;
}

export interface PutStateReply {
  readonly op: 'put_state';
  readonly key: string;
  readonly version: number;
}

export interface RevokeReply {
  readonly op: 'revoke';
  readonly revoked: readonly { readonly resource: string; readonly token: number; readonly agentId: string }[];
  readonly promoted: readonly Promotion[];
}

/** Commands whose success needs no words. */
export interface DoneReply {
  readonly op: 'done';
  /** Whether anything was appended by the command itself. */
  readonly changed: boolean;
  /** Due work is left beyond the bound of one append. */
  readonly more: boolean;
}

export type Reply =
  | RegisterReply
  | AcquireReply
  | ReleaseReply
  | WithdrawReply
  | CheckReply
  | HandOffReply
  | AnswerHandoffReply
  | PutStateReply
  | RevokeReply
  | DoneReply;

export type Answer = Reply | Rejection;
