// One thing after the other: an event loop, or a server with one thread.

import type { Timeline } from '../../test/simulation/timeline.ts';

export class Processor {
  readonly #timeline: Timeline;
  #freeAtMs = 0;
  #busyMs = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** How long it has worked, what is still before it included. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Behind whatever it has to do already. */
  work(ms: number, done: () => void): void {
    const nowMs = this.#timeline.nowMs;
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + ms;
    this.#busyMs += ms;
    this.#timeline.after(this.#freeAtMs - nowMs, done);
  }
}
