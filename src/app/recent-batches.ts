// The last batches that were folded, so that whoever follows the log live need not read it again. Bounded: who falls
// behind reads from the store.

import type { FoldedBatch } from './replica.ts';

const KEPT_EVENTS = 4_096;

export class RecentBatches {
  #batches: FoldedBatch[] = [];
  #events = 0;

  add(batch: FoldedBatch): void {
    this.#batches.push(batch);
    this.#events += batch.events.length;
    if (this.#events <= 2 * KEPT_EVENTS) return;
    let dropped = 0;
    for (const { events } of this.#batches.slice(0, -1)) {
      if (this.#events <= KEPT_EVENTS) break;
      this.#events -= events.length;
      dropped += 1;
    }
    this.#batches = this.#batches.slice(dropped);
  }

  /** Everything after number `seq`, whole batches; null when some of it is not kept any more. */
  after(seq: number): readonly FoldedBatch[] | null {
    const first = this.#batches[0];
    if (first === undefined || first.firstSeq > seq + 1) return null;
    return this.#batches.slice(this.#batches.findLastIndex(({ head }) => head.seq <= seq) + 1);
  }

  /** Hashes at which the log was seen to end, as far as they are kept. */
  hashes(): ReadonlySet<string> {
    return new Set(this.#batches.map(({ head }) => head.hash));
  }

  clear(): void {
    this.#batches = [];
    this.#events = 0;
  }
}
