// What a holder may believe. Belief ends at *request sent + waitedMs + safeForMs* on the holder's own monotonic clock, so
// it always ends before another is granted: it counts from before the coordinator answered, and stops short of the end.

import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';

/**
 * Milliseconds for which the holder may act on a lease that ends at `expiresAt`, counted from `at`. `placeSafeForMs` is how
 * long this place is sure not to be counted as gone: null where nobody could, 0 when its beat is not confirmed.
 */
export function safeForMs(expiresAt: Instant, at: Instant, placeSafeForMs: number | null): number {
  const bound = Math.min(expiresAt - at, LIMITS.beliefMaxMs, placeSafeForMs ?? Number.POSITIVE_INFINITY);
  return Math.max(0, Math.floor(bound * (1 - LIMITS.beliefShare) - LIMITS.beliefMarginMs));
}
