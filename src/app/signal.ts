// Tells those who listen, in the order in which they began to, in the same turn. Listeners must not throw.

export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Listens until the answer is called. */
  listen(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
