// When a host gave its last sign of life, as the store has it, seen by a test that looks at the beats all the time.

import { setTimeout as pass } from 'node:timers/promises';
import type { Beat } from '../../src/ports/event-store.ts';

interface Sign {
  readonly counter: number;
  /** It came after this. */
  readonly afterMs: number;
}

const LOOK_MS = 50;

export class SignWatch {
  readonly #beats: () => Promise<readonly Beat[]>;
  readonly #signs = new Map<string, Sign>();
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(beats: () => Promise<readonly Beat[]>) {
    this.#beats = beats;
    this.#watching = this.#watch();
  }

  /** No sign of this place came later than shortly after this moment, and the last one not before it. */
  lastSignMs(placeId: string): number {
    return this.#signs.get(placeId)?.afterMs ?? Number.NEGATIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    let lookedMs = performance.now();
    while (!this.#isOver) {
      const beganMs = performance.now();
      const beats = await this.#beats().catch(() => {
        // While the store answers nothing there is nothing to see.
        return null;
      });
      // What is new came after the last look began that was answered.
      for (const { placeId, counter } of beats ?? []) {
        if (this.#signs.get(placeId)?.counter !== counter) this.#signs.set(placeId, { counter, afterMs: lookedMs });
      }
      if (beats !== null) lookedMs = beganMs;
      await pass(LOOK_MS);
    }
  }
}
