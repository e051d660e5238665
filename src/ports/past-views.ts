// Looking back: views of the fleet as of any moment that the log still reaches, folded where it holds nobody up.

import { type Rejection, reject } from '../core/rejection.ts';
import type { PastMoment, PastQuery, PastView } from '../core/view/past.ts';

export interface PastViews {
  /**
   * What `query` showed then, or of what led up to then. Answers INVALID_ARGUMENT for a moment that the log does not have, HISTORY_TRUNCATED for one
   * that was archived, BUSY where too many ask at once. Rejects with a `StoreFault` where the log cannot be read.
   */
  view<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection>;
  close(): Promise<void>;
}

/** Under way at once: a few people, and a slider each. */
export const PAST_VIEWS_MAX = 16;

export function tooManyLookBack(): Rejection {
  return reject('BUSY', {
    message: `${PAST_VIEWS_MAX} views of the past are asked for already.`,
    next: 'Ask again in a moment.',
    retryAfterMs: 1_000,
  });
}
