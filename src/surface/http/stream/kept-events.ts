// The last facts that were told, so that whoever comes back after a moment, or has read the log up to here, goes on without
// reading it again. Bounded by number and size: who is farther behind reads the log.

import type { ToldEvent } from './told-event.ts';

const KEPT_EVENTS = 2_048;
const KEPT_CHARACTERS = 4 * 1024 * 1024;

export class KeptEvents {
  #events: ToldEvent[] = [];
  #characters = 0;
  #base: number;

  /** Nothing up to number `base` is kept; everything after it is, from now on. */
  constructor(base: number) {
    this.#base = base;
  }

  add(event: ToldEvent): void {
    this.#events.push(event);
    this.#characters += event.json(false).length;
    // Dropped many at once, because dropping moves the rest.
    if (this.#events.length > 2 * KEPT_EVENTS || this.#characters > 2 * KEPT_CHARACTERS) this.#drop();
  }

  /** Everything after number `seq`; null when some of it is not kept. */
  after(seq: number): readonly ToldEvent[] | null {
    if (seq < this.#base) return null;
    let from = this.#events.length;
    while (from > 0 && (this.#events[from - 1]?.seq ?? 0) > seq) from -= 1;
    return this.#events.slice(from);
  }

  /** Keeps nothing up to number `base`. */
  forget(base: number): void {
    this.#events = [];
    this.#characters = 0;
    this.#base = base;
  }

  #drop(): void {
    let dropped = 0;
    while (this.#events.length - dropped > KEPT_EVENTS || this.#characters > KEPT_CHARACTERS) {
      const event = this.#events[dropped];
      if (event === undefined) break;
      this.#characters -= event.json(false).length;
      this.#base = event.seq;
      dropped += 1;
    }
    this.#events = this.#events.slice(dropped);
  }
}
