// How often somebody may call: a bucket that fills steadily, and from which each call takes one token.

import type { Rate } from './http-limits.ts';

/** Counted in thousandths, so that a whole number comes in with each millisecond. */
const TOKEN = 1_000;

export class TokenBucket {
  readonly #rate: Rate;
  #thousandths: number;
  #atMs: number;

  /** Full at first. */
  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#thousandths = rate.burst * TOKEN;
    this.#atMs = nowMs;
  }

  /** Takes a token; where there is none, answers in how many milliseconds there will be, else 0. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    this.#thousandths = Math.min(burst * TOKEN, this.#thousandths + (nowMs - this.#atMs) * perSecond);
    this.#atMs = nowMs;
    if (this.#thousandths < TOKEN) return Math.ceil((TOKEN - this.#thousandths) / perSecond);
    this.#thousandths -= TOKEN;
    return 0;
  }
}
