// When what could not be delivered is tried again, and when it is given up.

import { LIMITS } from '../limits.ts';
import type { DeliveryTarget } from './target.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Soon at first, for what is over in a moment; then rarely, over most of a day, for what somebody has to repair. */
export const RETRIES_MS: readonly number[] = [
  5_000,
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
];

/** A share of each wait that is added at random, so that many messages do not come back all at once. */
const SPREAD = 0.2;

export interface Failure {
  /** How many tries there were, with this one. */
  readonly attempts: number;
  /** Uniform in [0, 1). */
  readonly jitter: number;
  /** What the receiver asked for; null where it did not say. */
  readonly retryAfterMs: number | null;
}

/** How long to wait before the next try; null when this was the last. A receiver may ask for longer, within a bound. */
export function retryDelayMs({ retriesMs = RETRIES_MS }: DeliveryTarget, failure: Failure): number | null {
  const delayMs = retriesMs[failure.attempts - 1];
  if (delayMs === undefined) return null;
  const asked = Math.min(failure.retryAfterMs ?? 0, LIMITS.retryAfterMaxMs);
  return Math.max(Math.round(delayMs * (1 + SPREAD * failure.jitter)), asked);
}
