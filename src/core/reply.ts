// What the core answers. Moments are instants of fleet time; whoever speaks to the caller turns them into durations at
// the moment of speaking, so that a repeat never repeats an old duration.

import type { Lifecycle, MessageKind, Mode } from './event.ts';
import type { Calibration, EstimatorFacts, Reason, Verdict } from './governance/check-in.ts';
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

export interface CheckInReply {
  readonly op: 'check_in';
  /** Null for a dry run: nothing was recorded. */
  readonly checkInId: string | null;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly next: string;
  /** Check-ins of this agent, this one among them. */
  readonly updates: number;
  readonly estimator: EstimatorFacts;
}

export interface RecordOutcomeReply {
  readonly op: 'record_outcome';
  readonly checkInId: string;
  readonly agentId: string;
  readonly calibration: Calibration;
}

export interface RecoverReply {
  readonly op: 'recover';
  readonly resumed: boolean;
  /** What still stands against it; empty when it goes on. */
  readonly reasons: readonly Reason[];
}

export interface SendMessageReply {
  readonly op: 'send_message';
  readonly messageId: string;
  readonly to: string;
  /** The addressee has a live session, as far as the log knows; otherwise it hears when it comes back. */
  readonly isHere: boolean;
}

export interface MessageFacts {
  readonly messageId: string;
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly replyTo: string | null;
  readonly thread: string;
  readonly lease: { readonly resource: string; readonly token: number; readonly holds: boolean } | null;
  readonly at: Instant;
  readonly wallAt: string;
}

export interface ReadMessagesReply {
  readonly op: 'read_messages';
  readonly messages: readonly MessageFacts[];
  /** Read on from here. */
  readonly cursor: number;
  /** Messages for the reader behind the cursor that are left. */
  readonly more: boolean;
  /** Until when the call may park, where there was nothing. */
  readonly parkedUntil: Instant | null;
}

export interface LifecycleReply {
  readonly op: 'lifecycle';
  readonly agentId: string;
  readonly was: Lifecycle;
  readonly lifecycle: Lifecycle;
  readonly changed: boolean;
  /** Leases that it holds still; what ends is told in the log. */
  readonly leases: number;
}

export interface AdoptPolicyReply {
  readonly op: 'adopt_policy';
  readonly changed: boolean;
  readonly diff: readonly string[];
}

export interface ImportReply {
  readonly op: 'import';
  readonly agentId: string;
  /** The fleet did not know the agent: its lifecycle, tags and notes are those of the record. */
  readonly registered: boolean;
  /** False where the same was imported before. */
  readonly changed: boolean;
  /** Lines of its history known now. */
  readonly lines: number;
}

export interface RevokeReply {
  readonly op: 'revoke';
  readonly revoked: readonly { readonly resource: string; readonly token: number; readonly agentId: string }[];
  readonly promoted: readonly Promotion[];
}

/** An event as a preview tells it; its number is known when it is logged. */
export interface ToldEvent {
  readonly type: string;
  readonly agentId: string | null;
  readonly resource: string | null;
  readonly token: number | null;
  readonly sentence: string;
}

/** What a dry run would have logged. */
export interface Foreseen {
  readonly events: readonly ToldEvent[];
  /** So many more than are told. */
  readonly leftOut: number;
}

export interface RescueReply {
  readonly op: 'rescue';
  readonly finding: string;
  /** What was done, as the finding said it. */
  readonly means: string;
  /** What came of it, in sentences; empty for a repeat that found it done. */
  readonly done: readonly string[];
  /** What was logged, or would be. */
  readonly events: readonly ToldEvent[];
  readonly leftOut: number;
}

/** Commands whose success needs no words. */
export interface DoneReply {
  readonly op: 'done';
  /** Whether anything was appended by the command itself. */
  readonly changed: boolean;
  /** Due work is left beyond the bound of one append. */
  readonly more: boolean;
}

export type Reply = (
  | RegisterReply
  | AcquireReply
  | ReleaseReply
  | WithdrawReply
  | CheckReply
  | HandOffReply
  | AnswerHandoffReply
  | PutStateReply
  | CheckInReply
  | RecordOutcomeReply
  | RecoverReply
  | SendMessageReply
  | ReadMessagesReply
  | LifecycleReply
  | AdoptPolicyReply
  | ImportReply
  | RevokeReply
  | RescueReply
  | DoneReply
) & {
  /** Of a dry run alone. */
  readonly foreseen?: Foreseen;
};

export type Answer = Reply | Rejection;
