// One reader's fold of one log: merged state, and the head it stands for.
//
// Only whole batches are folded, each in one turn of the event loop, so whoever looks between two turns sees the fleet as
// it was after some batch. Long catching up gives the loop its turn between batches. What is read must continue what was
// folded: a batch on another hash means that this is not the log that it was (STORE_REGRESSED).

import { apply } from '../core/apply.ts';
import type { FleetEvent } from '../core/event.ts';
import { emptyState, type FleetState, forkState, mergeState } from '../core/fleet-state.ts';
import type { Instant } from '../core/instant.ts';
import { headAfter, verifyChain } from '../ports/chain.ts';
import type { Clock } from '../ports/clock.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import { isSameHead } from '../ports/log-range.ts';
import { decodeBatch } from './batch-codec.ts';
import { latestRun } from './latest-run.ts';
import type { NextTurn } from './next-turn.ts';

/** A batch that is part of merged state now. */
export interface FoldedBatch {
  readonly id: string;
  readonly placeId: string;
  readonly at: Instant;
  readonly head: LogHead;
  readonly firstSeq: number;
  readonly events: readonly FleetEvent[];
}

export interface ReplicaOptions {
  readonly store: EventStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
  /** Called after each batch, in the same turn. Must not throw. */
  readonly onFolded: (batch: FoldedBatch) => void;
  /** Where to start; without it, at the beginning of the log. */
  readonly base?: { readonly state: FleetState; readonly head: LogHead };
}

/** Events asked for in one read. */
const READ_EVENTS = 2_000;
/** Looking at the clock costs about as much as folding an event. */
const EVENTS_BETWEEN_LOOKS = 64;
/** Folding this long in one go, the event loop gets its turn. */
const TURN_MS = 8;

export class Replica {
  readonly state: FleetState;
  /**
   * Resolves once everything is folded that the log held when it was called. It may still be lost with the power: nobody
   * is told of it before `confirm`. Throws `StoreFault`.
   */
  readonly readAhead: () => Promise<void>;
  readonly #options: ReplicaOptions;
  #head: LogHead;
  #confirmedSeq: number;
  /** A fold that failed half-way leaves a state that is no fleet's; it is never folded on. */
  #broken: StoreFault | null = null;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.state = options.base?.state ?? emptyState();
    this.#head = options.base?.head ?? EMPTY_HEAD;
    // A snapshot is older than what it stands for.
    this.#confirmedSeq = this.#head.seq;
    this.readAhead = latestRun(() => this.#readAhead());
  }

  /** As `readAhead`, and what was folded is as durable as an acknowledged append. */
  async catchUp(): Promise<void> {
    await this.readAhead();
    await this.confirm();
  }

  /** Resolves once everything folded so far is durable. Throws `StoreFault`. */
  async confirm(): Promise<void> {
    if (this.isConfirmed) return;
    const { seq } = this.#head;
    await this.#options.store.ahead?.confirm(seq);
    this.#confirm(seq);
  }

  get confirmedSeq(): number {
    return this.#confirmedSeq;
  }

  /** Nothing that was folded can be lost with the power. */
  get isConfirmed(): boolean {
    return this.#confirmedSeq >= this.#head.seq;
  }

  get head(): LogHead {
    return this.#head;
  }

  /**
   * Merges a draft that was appended at `expected` in one batch. Where reading has brought the batch in already, the draft
   * is dropped: its parent has moved on without it.
   */
  adoptDraft(expected: LogHead, draft: FleetState, batch: FoldedBatch): void {
    if (!isSameHead(this.#head, expected)) return;
    mergeState(this.state, draft);
    this.#adopt(batch);
  }

  /** The same for a batch that is only a part of a draft: its events are folded one by one. */
  adoptEvents(expected: LogHead, batch: FoldedBatch): void {
    if (!isSameHead(this.#head, expected)) return;
    this.#apply(batch.events);
    this.#adopt(batch);
  }

  /** Folds a batch that came by itself. False when it does not follow what is folded. Throws `StoreFault`. */
  offer(stored: StoredBatch): boolean {
    if (stored.lastSeq <= this.#head.seq) return true;
    if (this.#broken !== null || stored.prevHash !== this.#head.hash) return false;
    this.#fold(stored);
    return true;
  }

  /** A batch was folded half-way: `state` is no fleet's, and nothing may go on from it. */
  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /**
   * The log was removed or replaced: folds what this handle can still read of it. True when that was everything; false
   * where the store cannot tell, and where a batch cannot be folded, of which nothing is left then.
   */
  async foldRemains(): Promise<boolean> {
    const { store } = this.#options;
    if (store.readRemains === undefined || this.#broken !== null) return false;
    try {
      for (;;) {
        const batches = await store.readRemains(this.#head.seq, READ_EVENTS);
        if (batches.length === 0) return true;
        for (const batch of batches) this.#fold(batch, (events) => this.#applyWhole(events));
      }
    } catch {
      // What cannot be read any more is what others may know better.
      return false;
    }
  }

  /** What was appended is durable, and whatever it stands on with it. */
  #adopt(batch: FoldedBatch): void {
    this.#confirm(batch.head.seq);
    this.#finish(batch);
  }

  #confirm(seq: number): void {
    this.#confirmedSeq = Math.max(this.#confirmedSeq, seq);
  }

  async #readAhead(): Promise<void> {
    const { store, clock, nextTurn } = this.#options;
    if (this.#broken !== null) throw this.#broken;
    let turnEndsMs = clock.monotonicMs() + TURN_MS;
    let foldedEvents = 0;
    // Where asking is a journey, one answer is to be enough: if a batch more would have fitted, there was none.
    const roomEvents = store.traits.sharedAcrossHosts ? store.traits.maxBatchEvents : 0;
    for (;;) {
      const batches = await (store.ahead ?? store).read(this.#head.seq, READ_EVENTS + roomEvents);
      if (batches.length === 0) return;
      const hasAll = roomEvents > 0 && batches.reduce((sum, { count }) => sum + count, 0) <= READ_EVENTS;
      for (const batch of batches) {
        // An append of our own may have been merged while this read was under way.
        if (batch.lastSeq > this.#head.seq) this.#fold(batch);
        foldedEvents += batch.count;
        if (foldedEvents < EVENTS_BETWEEN_LOOKS || clock.monotonicMs() < turnEndsMs) continue;
        foldedEvents = 0;
        await nextTurn();
        turnEndsMs = clock.monotonicMs() + TURN_MS;
      }
      if (hasAll) return;
    }
  }

  #fold(stored: StoredBatch, applyAll = (events: readonly FleetEvent[]) => this.#apply(events)): void {
    if (stored.prevHash !== this.#head.hash) throw notContinued(this.#head, stored);
    const broken = verifyChain(this.#options.hasher, this.#head, [stored]);
    if (broken !== null) throw damaged(stored, broken.problem);
    const { id, placeId, at, events } = decodeBatch(stored);
    applyAll(events);
    if (this.#options.store.ahead === undefined) this.#confirm(stored.lastSeq);
    this.#finish({ id, placeId, at, head: headAfter(stored), firstSeq: stored.firstSeq, events });
  }

  #apply(events: readonly FleetEvent[]): void {
    try {
      for (const event of events) apply(this.state, event);
    } catch (error) {
      this.#broken = unfoldable(events[0]?.seq ?? 0, error);
      throw this.#broken;
    }
  }

  /** All of them or none. Costs more for each batch, for what is read once. */
  #applyWhole(events: readonly FleetEvent[]): void {
    const draft = forkState(this.state);
    for (const event of events) apply(draft, event);
    mergeState(this.state, draft);
  }

  #finish(batch: FoldedBatch): void {
    this.#head = batch.head;
    this.#options.onFolded(batch);
  }
}

function notContinued(head: LogHead, stored: StoredBatch): StoreFault {
  return new StoreFault(
    'STORE_REGRESSED',
    `The log was replaced or rolled back: it was read up to ${head.seq} with hash ${head.hash}, and batch ${stored.id} ` +
      `continues hash ${stored.prevHash}.`,
    { details: { seenSeq: head.seq, seenHash: head.hash } },
  );
}

/** The chain is whole, so it was written like this: by another program, or by a version with a mistake. */
function unfoldable(seq: number, cause: unknown): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `What stands in the log from number ${seq} on cannot be folded, although its chain is whole there: no Brigade should have ` +
      'written it. Nothing was changed; `brigade doctor` explains what can be saved.',
    { cause, details: { seq } },
  );
}

function damaged(stored: StoredBatch, problem: string): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `Batch ${stored.id} (events ${stored.firstSeq} to ${stored.lastSeq}) does not fit the log: ${problem}. Nothing was ` +
      'changed; `brigade doctor` explains what can be saved.',
    { details: { batchId: stored.id, seq: stored.firstSeq } },
  );
}
