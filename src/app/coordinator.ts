// The one door to a fleet. Surfaces hold a `Coordinator` and never see a store; whether it folds the log itself or asks
// another process to do so is not theirs to know.

import type { Command } from '../core/command.ts';
import type { FleetEvent } from '../core/event.ts';
import type { Instant } from '../core/instant.ts';
import type { Rejection } from '../core/rejection.ts';
import type { Answer, Blocker } from '../core/reply.ts';
import type { Notice } from '../core/rows.ts';
import type { PastMoment, PastQuery, PastView } from '../core/view/past.ts';
import type { Query, ViewOf } from '../core/view/views.ts';
import type { LogHead, StoreCaveat, StoreTraits } from '../ports/event-store.ts';

export interface WaitProgress {
  readonly ticket: string;
  readonly position: number | null;
  readonly blockedBy: readonly Blocker[];
  readonly waitedMs: number;
}

export interface SubmitOptions {
  /** The caller's stream was cut: the call stops waiting, its ticket keeps its place, a grant becomes an offer. */
  readonly cut?: AbortSignal;
  /** The caller cancelled in so many words: the ticket is withdrawn, a grant that came first is released. */
  readonly cancelled?: AbortSignal;
  /** The caller asks elsewhere, with the same requestId: the call ends here without a trace, and its answer is not heard. */
  readonly gone?: AbortSignal;
  /** Asked before each decision: false once the caller may ask elsewhere, with the same requestId. Then nothing is decided. */
  readonly isStillAsked?: () => boolean;
  /** Monotonic milliseconds at which the request arrived; durations of the reply count from it. */
  readonly receivedMonoMs?: number;
  /** Heard once when the call parks, and each time its place changes. Carries no meaning that the reply lacks. */
  readonly onProgress?: (progress: WaitProgress) => void;
}

/** An answer at the moment of speaking. */
export interface Outcome {
  readonly answer: Answer;
  /** Fleet time now: subtract it from instants in the answer. */
  readonly at: Instant;
  /** Whole milliseconds since the request arrived, rounded down: a holder's belief counts from when it *sent* the request. */
  readonly waitedMs: number;
  /** How long the holder may believe in each token of the answer, from request sent + waitedMs. */
  readonly safeForMs: Readonly<Record<number, number>>;
  /** What the calling session must know; delivered until its next call has arrived. */
  readonly notices: readonly Notice[];
}

/** A fact as it is shown: with the chain hash of its batch. */
export type FeedEvent = FleetEvent & { readonly hash: string };

export interface Health {
  readonly head: LogHead;
  /** The newest snapshot that the coordinator knows of; absent where it folds nothing itself, 0 for none. */
  readonly snapshotSeq?: number;
  readonly traits: StoreTraits;
  readonly placeId: string;
  /** Null when all is well; else why nothing is decided here. */
  readonly trouble: { readonly code: string; readonly message: string; readonly sinceWallAt: string } | null;
  /** Of the store; absent where nothing is known of any. */
  readonly caveats?: readonly StoreCaveat[];
  readonly queued: number;
  readonly parked: number;
  readonly appends: number;
  readonly conflicts: number;
}

export interface Coordinator {
  /** Decides, makes durable, answers. Never throws for what a caller did; a fault of ours is answered as INTERNAL. */
  submit(command: Command, options?: SubmitOptions): Promise<Outcome>;
  /** Reads merged state; appends nothing, registers nobody. Rejects with a `StoreFault` when the log cannot be read. */
  view<Q extends Query>(query: Q): Promise<ViewOf<Q>>;
  /**
   * What `query` showed at a moment that has passed, or of the stretch of the log that led up to it, folded where it holds no other call up. Answers INVALID_ARGUMENT,
   * HISTORY_TRUNCATED or BUSY; rejects as `view` does.
   */
  viewAt<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection>;
  /** Facts from the number after `after` on, then live until the signal. `once` ends at the head. */
  feed(options: {
    readonly after: number;
    readonly once?: boolean;
    readonly signal?: AbortSignal;
  }): AsyncIterable<FeedEvent>;
  /** Counts the session as active while `work` runs (`brigade run`). */
  keepActive(sessionId: string): () => void;
  health(): Health;
  /** Leaves parked waits (their tickets keep their places), ends timers, closes the store. Idempotent. */
  close(): Promise<void>;
}

/** A coordinator as the process has it that opened it. */
export interface OwnCoordinator extends Coordinator {
  /** Null before the log was founded, as far as this process knows. */
  fleetId(): string | null;
  /** Founds an empty log, or joins whoever is faster. The fleet's id, or why there is none. */
  found(): Promise<string | Rejection>;
  /** Runs when this coordinator closes, while it can still decide: the place for a clean goodbye. */
  beforeClose(goodbye: () => Promise<void>): void;
}
