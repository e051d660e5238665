// A bound on how long somebody waits for what cannot be hurried or taken back.

import type { Clock } from '../../ports/clock.ts';

/** Answers as `work` does, or throws what `onLate` makes after `ms`. The work itself goes on. */
export async function within<T>(work: Promise<T>, ms: number, clock: Clock, onLate: () => Error): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(onLate()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
