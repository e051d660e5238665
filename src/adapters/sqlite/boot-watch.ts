// Whether another kernel writes the same file. Each place beats into it with its boot id; a row of another boot whose
// counter moves, as seen on this process's own monotonic clock, is another kernel that is running now. A row that stands
// still is only the memory of an earlier boot.

import { type Beat, StoreFault } from '../../ports/event-store.ts';

/** How long a movement counts. Beats come every 2 s; this survives a machine that was busy or asleep for a while. */
const activeForMs = 60_000;

export class BootWatch {
  #ownBootId: string | null = null;
  readonly #counters = new Map<string, number>();
  #moved: { readonly bootId: string; readonly atMs: number } | null = null;

  /** What this process says of itself in its beats. */
  knowSelf(bootId: string): void {
    this.#ownBootId = bootId;
  }

  /** Takes note of the rows as read at `nowMs`. Counts nothing until this process has beaten once. */
  observe(beats: readonly Beat[], nowMs: number): void {
    if (this.#ownBootId === null) return;
    for (const { placeId, bootId, counter } of beats) {
      if (bootId === this.#ownBootId) continue;
      const key = `${placeId} ${bootId}`;
      const before = this.#counters.get(key);
      if (before !== undefined && before !== counter) this.#moved = { bootId, atMs: nowMs };
      this.#counters.set(key, counter);
    }
  }

  /** Throws STORE_UNSAFE while another kernel was seen writing within the last minute. */
  expectAlone(nowMs: number): void {
    if (this.#moved === null || nowMs - this.#moved.atMs > activeForMs) return;
    throw new StoreFault(
      'STORE_UNSAFE',
      'Another kernel writes this log too: a place with another boot id beats into it. That corrupts a SQLite file, so ' +
        'nothing is written from here. Let the other machine in by `brigade serve`, or use Redis.',
      { details: { otherBootId: this.#moved.bootId } },
    );
  }
}
