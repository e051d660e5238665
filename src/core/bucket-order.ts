// How many rows of a long bucket stand before one of them, without walking to it.

/** Keys in the order in which they came; those that left are no longer counted. */
export class BucketOrder {
  /** Ascending; a key at the end has the highest. */
  readonly #places: number[] = [];
  readonly #placeOf = new Map<string, number>();
  #next = 0;

  constructor(keys: Iterable<string>) {
    for (const key of keys) this.append(key);
  }

  append(key: string): void {
    this.#places.push(this.#next);
    this.#placeOf.set(key, this.#next);
    this.#next += 1;
  }

  /** Of a key that is in it. */
  remove(key: string): void {
    this.#places.splice(this.before(key), 1);
    this.#placeOf.delete(key);
  }

  /** How many stand before this one, which is in it. */
  before(key: string): number {
    const place = this.#placeOf.get(key);
    if (place === undefined) throw new RangeError(`${key} stands nowhere in it`);
    let from = 0;
    let to = this.#places.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#places[middle] ?? place) < place) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
