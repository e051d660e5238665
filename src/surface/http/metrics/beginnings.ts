/** As many leases or waits at once are measured; of more, the oldest are counted and not measured. */
const KEPT = 100_000;

/** When things that are still going on began, in fleet time. */
export class Beginnings<Key> {
  readonly #at = new Map<Key, number>();

  begin(key: Key, at: number): void {
    this.#at.set(key, at);
    if (this.#at.size <= KEPT) return;
    for (const oldest of this.#at.keys()) {
      this.#at.delete(oldest);
      return;
    }
  }

  at(key: Key): number | undefined {
    return this.#at.get(key);
  }

  forget(key: Key): void {
    this.#at.delete(key);
  }
}
