// A bound on how long somebody waits for what cannot be hurried or taken back.

import type { Clock } from '../../ports/clock.ts';

/** Answers as `work` does, or throws what `onLate` makes after `ms`. The work itself goes on. */
export async function within<T>(
  work: Promise<T>,
  ms: number,
  clock: Pick<Clock, 'after'>,
  onLate: () => Error,
): Promise<T> {
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

/** The same clock for waits that are no reason for a process to live: whoever needs the work waits for it elsewhere. */
export function inBackground(clock: Clock): Pick<Clock, 'after'> {
  return { after: (ms, run) => clock.after(ms, run, { background: true }) };
}
