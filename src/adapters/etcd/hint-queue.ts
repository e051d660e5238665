// Hints in the order of the log. What a hint brings is unpacked first, which takes a moment; whoever falls behind is told only
// that there is something.

import type { StoredBatch } from '../../ports/event-store.ts';
import type { RawKeyValue } from './wire.ts';

const WAITING_MAX = 64;

export interface HintQueueOptions {
  /** The batch; null for one that needs no hint, because it is our own. Throws for what is no batch. */
  readonly take: (found: RawKeyValue) => Promise<StoredBatch | null>;
  readonly hint: (batch: StoredBatch | undefined) => void;
}

export class HintQueue {
  readonly #options: HintQueueOptions;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: HintQueueOptions) {
    this.#options = options;
  }

  /** `found`: a batch as it came, null where none did. */
  add(found: RawKeyValue | null): void {
    const brought = this.#waiting < WAITING_MAX ? found : null;
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#give(brought));
  }

  async #give(found: RawKeyValue | null): Promise<void> {
    const { take, hint } = this.#options;
    try {
      const batch = found === null ? undefined : await take(found);
      if (batch !== null) hint(batch);
    } catch {
      // Whoever reads it is told what is wrong with it.
      hint(undefined);
    } finally {
      this.#waiting -= 1;
    }
  }
}
