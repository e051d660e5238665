// Token buckets by name, as many as fit: who called longest ago is forgotten first. Who did not call for a while has a full
// bucket anyway, so forgetting costs nobody anything.

import { HTTP_LIMITS, type Rate } from './http-limits.ts';
import { TokenBucket } from './token-bucket.ts';

interface Entry {
  readonly bucket: TokenBucket;
  usedMs: number;
}

export class Buckets {
  readonly #rate: Rate;
  readonly #max: number;
  /** In the order of their last call. */
  readonly #entries = new Map<string, Entry>();

  constructor(rate: Rate, max: number = HTTP_LIMITS.counted) {
    this.#rate = rate;
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Takes a token of `name`; see `TokenBucket`. */
  take(name: string, nowMs: number): number {
    const known = this.#entries.get(name);
    const entry = known ?? { bucket: new TokenBucket(this.#rate, nowMs), usedMs: nowMs };
    if (known !== undefined) this.#entries.delete(name);
    else this.#makeRoom();
    entry.usedMs = nowMs;
    this.#entries.set(name, entry);
    return entry.bucket.take(nowMs);
  }

  /** Forgets who did not call since. */
  forgetBefore(ms: number): void {
    for (const [name, { usedMs }] of this.#entries) {
      if (usedMs >= ms) return;
      this.#entries.delete(name);
    }
  }

  #makeRoom(): void {
    for (const name of this.#entries.keys()) {
      if (this.#entries.size < this.#max) return;
      this.#entries.delete(name);
    }
  }
}
