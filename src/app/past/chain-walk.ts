// Going forward through the log by its chain: what is read must continue what was read before, or this is not the log that it
// was. Reads are bounded, and between them others get their turn.

import type { FleetEvent } from '../../core/event.ts';
import { headAfter, verifyChain } from '../../ports/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { decodeBatch } from '../batch-codec.ts';
import type { NextTurn } from '../next-turn.ts';

export interface ChainWalkOptions {
  readonly store: EventStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
}

interface Walker {
  readonly hear: (event: FleetEvent) => void;
  /** Called where whole batches were heard, between two reads. */
  readonly onWay?: () => Promise<void>;
}

/** Events asked for in one read. */
const READ_EVENTS = 2_000;
/** Going on this long in one go, the event loop gets its turn: where there is no thread for it, others wait. */
const TURN_MS = 8;

export class ChainWalk {
  readonly #options: ChainWalkOptions;
  #seq: number;
  #head: LogHead | null;

  /** After `seq`. `head`: where the log stood with the last whole batch up to there; null where that is not known. */
  constructor(options: ChainWalkOptions, seq: number, head: LogHead | null) {
    this.#options = options;
    this.#seq = seq;
    this.#head = head;
  }

  /** The last whole batch that was heard; null where none was yet. */
  get head(): LogHead | null {
    return this.#head;
  }

  /** Hears everything up to `seq`, and no event further. Throws `StoreFault`. */
  async goTo(seq: number, { hear, onWay }: Walker): Promise<void> {
    const { store, clock, nextTurn } = this.#options;
    let turnEndsMs = clock.monotonicMs() + TURN_MS;
    while (this.#seq < seq) {
      const batches = await store.read(this.#seq, Math.min(READ_EVENTS, seq - this.#seq));
      if (batches.length === 0) return;
      for (const batch of batches) {
        // Nothing stands between the numbers of two epochs.
        if (batch.firstSeq > seq) return;
        this.#hear(batch, seq, hear);
        if (clock.monotonicMs() < turnEndsMs) continue;
        await nextTurn();
        turnEndsMs = clock.monotonicMs() + TURN_MS;
      }
      await onWay?.();
    }
  }

  #hear(batch: StoredBatch, upTo: number, hear: Walker['hear']): void {
    if (this.#head !== null && batch.prevHash !== this.#head.hash) throw notContinued(this.#head, batch);
    const broken = verifyChain(this.#options.hasher, this.#head, [batch]);
    if (broken !== null) throw damaged(batch, broken.problem);
    for (const event of decodeBatch(batch).events) {
      if (event.seq <= this.#seq || event.seq > upTo) continue;
      hear(event);
      this.#seq = event.seq;
    }
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
