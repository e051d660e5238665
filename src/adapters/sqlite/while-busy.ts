// SQLite's lock is polled, not queued, and its own wait would stop the event loop. So a busy file is tried again by
// timer, until the deadline. The jitter has a constant mean: who waited longest must not look least often.

import type { Clock } from '../../ports/clock.ts';

export interface Patience {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly isBusy: (error: unknown) => boolean;
  /** Reading of `clock` after which nothing more is tried. */
  readonly untilMs: number;
  /** What the caller hears when it stayed busy all the time. */
  readonly onLate: (cause: unknown) => Error;
}

/** Answers what `attempt` answers. It is tried at once, and again 1 to 5 ms after each time the file was busy. */
export async function whileBusy<T>(attempt: () => T, patience: Patience): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!patience.isBusy(error)) throw error;
      if (patience.clock.monotonicMs() >= patience.untilMs) throw patience.onLate(error);
    }
    await pause(patience);
  }
}

function pause({ clock, random }: Patience): Promise<void> {
  return new Promise((resolve) => void clock.after(1 + random() * 4, resolve));
}
