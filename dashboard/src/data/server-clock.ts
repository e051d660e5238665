// What time it is at the server. Everything on the page is compared with its times, and the clock of a browser on another machine
// may be minutes off; how far, every answer tells.

/** An answer says its time to the second, so less than this says nothing. */
const KNOWN_WITHIN_MS = 2_000;

export class ServerClock {
  readonly #ownMs: () => number;
  #aheadMs = 0;

  constructor(ownMs: () => number = Date.now) {
    this.#ownMs = ownMs;
  }

  /** Wall milliseconds, as the server has them. */
  now(): number {
    return this.#ownMs() + this.#aheadMs;
  }

  /** Takes the `Date` of an answer that came right now; without one, or with nonsense, nothing changes. */
  hear(date: string | null): void {
    const saidMs = Date.parse(date ?? '') + HALF_A_SECOND_MS;
    const aheadMs = saidMs - this.#ownMs();
    if (Math.abs(aheadMs) <= KNOWN_WITHIN_MS) this.#aheadMs = 0;
    else if (Math.abs(aheadMs - this.#aheadMs) > KNOWN_WITHIN_MS) this.#aheadMs = aheadMs;
  }
}

/** What was cut off the second, on average. */
const HALF_A_SECOND_MS = 500;

export const serverClock = new ServerClock();
