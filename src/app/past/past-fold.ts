// One fold that goes forward through the past, to any event, also in the middle of a batch. Like every reader it goes by the
// chain: what is read must continue what was folded, or this is not the log that it was.

import { apply } from '../../core/apply.ts';
import { emptyState, type FleetState, TABLE_NAMES } from '../../core/fleet-state.ts';
import { headAfter, verifyChain } from '../../ports/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { decodeBatch } from '../batch-codec.ts';
import type { Base } from '../load-replica.ts';
import type { NextTurn } from '../next-turn.ts';

export interface PastFoldOptions {
  readonly store: EventStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
  /** Called where whole batches are folded up to a head, between two reads. */
  readonly onWay: (fold: PastFold) => Promise<void>;
}

/** Events asked for in one read. */
const READ_EVENTS = 2_000;
/** Folding this long in one go, the event loop gets its turn: where there is no thread for it, others wait. */
const TURN_MS = 8;

export class PastFold {
  readonly state: FleetState;
  readonly #options: PastFoldOptions;
  /** Of the last batch that was folded whole. */
  #head: LogHead;

  constructor(options: PastFoldOptions, base: Base | null) {
    this.#options = options;
    this.state = base?.state ?? emptyState();
    this.#head = base?.head ?? EMPTY_HEAD;
  }

  /** The last event that was folded. */
  get seq(): number {
    return this.state.position.seq;
  }

  /** Where the log stands up to here; null in the middle of a batch. */
  get head(): LogHead | null {
    return this.#head.seq === this.seq ? this.#head : null;
  }

  /** How much memory it takes, in rows. */
  get rows(): number {
    return TABLE_NAMES.reduce((sum, name) => sum + this.state[name].size, 0);
  }

  /** Folds up to `seq`, which is not before `this.seq`, and no event further. Throws `StoreFault`. */
  async goTo(seq: number): Promise<void> {
    const { store, clock, nextTurn, onWay } = this.#options;
    let turnEndsMs = clock.monotonicMs() + TURN_MS;
    while (this.seq < seq) {
      const batches = await store.read(this.seq, Math.min(READ_EVENTS, seq - this.seq));
      if (batches.length === 0) return;
      for (const batch of batches) {
        // Nothing stands between the numbers of two epochs.
        if (batch.firstSeq > seq) return;
        this.#fold(batch, seq);
        if (clock.monotonicMs() < turnEndsMs) continue;
        await nextTurn();
        turnEndsMs = clock.monotonicMs() + TURN_MS;
      }
      await onWay(this);
    }
  }

  #fold(batch: StoredBatch, upTo: number): void {
    if (batch.prevHash !== this.#head.hash) throw notContinued(this.#head, batch);
    const broken = verifyChain(this.#options.hasher, this.#head, [batch]);
    if (broken !== null) throw damaged(batch, broken.problem);
    const { seq: from } = this;
    for (const event of decodeBatch(batch).events) if (event.seq > from && event.seq <= upTo) apply(this.state, event);
    if (batch.lastSeq <= upTo) this.#head = headAfter(batch);
  }
}

function notContinued(head: LogHead, batch: StoredBatch): StoreFault {
  return new StoreFault(
    'STORE_REGRESSED',
    `The log was replaced or rolled back while its past was folded: batch ${batch.id} does not continue ${head.seq}.`,
    { details: { seenSeq: head.seq, seenHash: head.hash } },
  );
}

function damaged(batch: StoredBatch, problem: string): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `Batch ${batch.id} at event ${batch.firstSeq} does not fit the log: ${problem}.`,
    {
      details: { batchId: batch.id, seq: batch.firstSeq },
    },
  );
}
