// The one thread of a simulation: everything that happens is an event on this timeline, and nothing happens between two.
// Its time is the real, monotonic time of the simulated host.

export class Timeline {
  #nowMs = 0;
  #made = 0;
  readonly #events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Runs `run` after `ms`; events of the same moment run in the order in which they were made. */
  after(ms: number, run: () => void): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, ms), order: this.#made, run });
    this.#made += 1;
  }

  /** Runs events until there is none, `untilMs` is reached or `most` have run; tells how many ran. */
  run(untilMs: number, most: number): number {
    let ran = 0;
    while (ran < most) {
      const next = this.#events[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      this.#nowMs = next.atMs;
      next.run();
      ran += 1;
    }
    if (ran < most && Number.isFinite(untilMs)) this.#nowMs = Math.max(this.#nowMs, untilMs);
    return ran;
  }

  #push(event: { readonly atMs: number; readonly order: number; readonly run: () => void }): void {
    const events = this.#events;
    let i = events.length;
    events.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, events[parent] as typeof event)) break;
      events[i] = events[parent] as typeof event;
      i = parent;
    }
    events[i] = event;
  }

  #pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= events.length) break;
      const right = left + 1;
      const child =
        right < events.length && isBefore(events[right] as typeof last, events[left] as typeof last) ? right : left;
      if (!isBefore(events[child] as typeof last, last)) break;
      events[i] = events[child] as typeof last;
      i = child;
    }
    events[i] = last;
  }
}

function isBefore(
  a: { readonly atMs: number; readonly order: number },
  b: { readonly atMs: number; readonly order: number },
): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
