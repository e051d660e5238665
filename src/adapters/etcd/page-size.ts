// How many batches are asked for at once. Nobody knows how large the next ones are, so it follows from how large the last ones
// were, for pages of about half a megabyte: short enough to be parsed without holding up the event loop.

import { StoreFault } from '../../ports/event-store.ts';
import { TooLong } from './connections.ts';

const PAGE_BYTES = 512 * 1024;
const FIRST = 32;
const MOST = 512;
/** Small ones say little about the next: the page grows step by step. */
const GROWTH = 4;

export class PageSize {
  #count = FIRST;

  /** What `ask` answers for a page of at most `limit` batches, and how many were asked for. Smaller ones where it is too long. */
  async fitted<T>(limit: number, ask: (count: number) => Promise<T>): Promise<readonly [T, number]> {
    for (let count = Math.max(1, Math.min(limit, this.#count)); ; count = Math.ceil(count / 8)) {
      try {
        return [await ask(count), count];
      } catch (error) {
        if (!(error instanceof TooLong)) throw error;
        this.#count = Math.ceil(count / 8);
        if (count === 1)
          throw new StoreFault('STORE_DAMAGED', 'One batch is longer than any that Brigade writes.', { cause: error });
      }
    }
  }

  /** A page of `asked` brought `count` batches of `bytes` together. */
  learn(count: number, bytes: number, asked: number): void {
    if (count === 0) return;
    const fits = Math.max(1, Math.floor(PAGE_BYTES / Math.max(bytes / count, 1)));
    if (count >= asked || fits < this.#count) this.#count = Math.min(fits, this.#count * GROWTH, MOST);
  }
}
