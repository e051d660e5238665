// A bound on how long somebody waits for what need not be heard to its end.

import type { Clock } from '../ports/clock.ts';

/** What `work` resolves with, or null in `ms`; the work itself goes on. Rejects as it does, if that comes first. */
export async function atMost<T>(ms: number, work: Promise<T>, clock: Pick<Clock, 'after'>): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const cancel = clock.after(ms, () => resolve(null));
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
