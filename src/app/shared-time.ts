// Fleet time among hosts that share a log but no clock.
//
// The promise: of two events in the log the later one is not farther on in fleet time than real time went on in between, plus
// `LIMITS.placeSlackMs`, whoever wrote them. So nobody finds a lease expired sooner than its holder was told, less that much.
// No clock is compared with another one and nothing is sent. Each process keeps three numbers, each the difference between a
// fleet time and a reading of its own clock:
//
//   ceiling  whatever another host wrote at fleet time `at` was written before we saw it: from then on we are at most as far as
//            `at`, the time since we saw it, and the slack. The lowest counts. A clock that was ahead is so set back, by an
//            anchor in the log, which binds the other processes that read it.
//   floor    from an event that we saw on, time has gone on at least as long as we have seen it; so who is behind catches up with
//            the first event of somebody who is not. What somebody else writes later is a ceiling to that too.
//   own      of the last event that this process wrote it knows when that was. From it on nobody is farther than its time, the
//            time since and the slack; what holders are told to believe counts from there. Without one nothing can be believed.
//
// Why it holds: let e be followed by f, written by W at its time t(f). W had seen e, at m >= t(e). Its reading was bounded by
// the ceiling of e, so at(f) <= at(e) + t(f) - m + slack; or was lifted by some g after e, for which the promise holds, to
// at(g) + t(f) - m(g) with m(g) >= t(g). Either way at(f) - at(e) <= t(f) - t(e) + slack. Clocks that go differently add their
// difference, as a share of the time between e and f: so only the newest own event counts, and the share is taken off.
//
// Slow time harms nobody: leases live longer. Who looks at the log late makes time slow, not wrong; so whoever takes part in a
// shared log follows it.

import type { Instant } from '../core/instant.ts';
import { LIMITS } from '../core/limits.ts';

export class SharedTime {
  #ceiling = Number.POSITIVE_INFINITY;
  #floor = Number.NEGATIVE_INFINITY;
  #own: { readonly at: Instant; readonly monoMs: number } | null = null;

  /** This process has written nothing yet whose moment it knows. */
  get isUnheard(): boolean {
    return this.#own === null;
  }

  /** A batch of another clock was met at this reading. */
  metOther(at: Instant, monoMs: number): void {
    this.#ceiling = Math.min(this.#ceiling, at - monoMs + LIMITS.placeSlackMs);
    this.met(at, monoMs);
  }

  /** A batch of whatever clock was met. */
  met(at: Instant, monoMs: number): void {
    const seen = at - monoMs;
    this.#floor = Math.max(seen, Math.min(this.#floor, seen + LIMITS.placeSlackMs));
  }

  /** This process decided something at this reading, and it is in the log. */
  wrote(at: Instant, monoMs: number): void {
    this.#own = { at, monoMs };
  }

  /** An anchor of this clock stands in the log after all that was met; who made it had met that too. */
  anchored(): void {
    this.#ceiling = Number.POSITIVE_INFINITY;
  }

  /** This clock may have been read after a sleep, which is not to be counted. */
  slept(): void {
    this.#floor = Number.NEGATIVE_INFINITY;
  }

  /** How far ahead of what it may be a reading of fleet time is. */
  aheadMs(reading: Instant, monoMs: number): number {
    return Math.max(0, reading - (this.#ceiling + monoMs));
  }

  /** Fleet time, by what anchors alone would have it. */
  bounded(reading: Instant, monoMs: number): Instant {
    return Math.max(this.#floor + monoMs, Math.min(reading, this.#ceiling + monoMs));
  }

  /** The farthest that anybody can be. */
  latest(monoMs: number): Instant {
    if (this.#own === null) return Number.MAX_SAFE_INTEGER;
    const sinceMs = monoMs - this.#own.monoMs;
    return Math.ceil(this.#own.at + sinceMs * (1 + LIMITS.beliefShare)) + LIMITS.placeSlackMs;
  }
}
