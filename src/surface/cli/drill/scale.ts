// Times of that night and times of the drill. A lease of the drill lives for seconds instead of minutes, and everything that
// follows from it is shorter by the same factor; what does not depend on a lease (the end of a process, a deadlock) is not scaled.

import { LIMITS } from '../../../core/limits.ts';

export const SCALE = {
  /**
   * Lease TTL of the drill: short enough to watch, long enough that a slow machine does not lose leases it is using, and that
   * who waits still hears of a holder that was the desk too, which takes the others two seconds to leave.
   */
  ttlMs: 4_000,
  /** What a fleet has by default. */
  defaultTtlMs: LIMITS.ttlMs,
  /** How long the first call of a waiting agent waits before it looks who is in its way; then it has time. */
  firstWaitMs: 400,
  waitMs: 20_000,
  /** Two agents that hold one file each and want the other's must not lose them to a slow machine meanwhile. */
  crossingTtlMs: 20_000,
} as const;

/** How many times shorter a lease of the drill is than one by default. */
export const FACTOR = SCALE.defaultTtlMs / SCALE.ttlMs;

/** A lease ends this long after its last use at the latest: its TTL, and a quarter, because use is recorded each quarter. */
export function longestLifeMs(ttlMs: number): number {
  return ttlMs + ttlMs / 4;
}
