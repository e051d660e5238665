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
    let drop = 0;
    while (this.#events > KEPT_EVENTS && drop < this.#batches.length - 1) {
      this.#events -= this.#batches[drop]?.events.length ?? 0;
      drop += 1;
    }
    this.#batches = this.#batches.slice(drop);
  }

  /** Everything after number `seq`, whole batches; null when some of it is not kept any more. */
  after(seq: number): readonly FoldedBatch[] | null {
    const first = this.#batches[0];
    if (first === undefined || first.firstSeq > seq + 1) return null;
    let from = this.#batches.length;
    while (from > 0 && (this.#batches[from - 1]?.head.seq ?? 0) > seq) from -= 1;
    return this.#batches.slice(from);
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
