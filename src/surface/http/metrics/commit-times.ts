// How long commits of this process took, second by second for a day: the one thing of a series that no log says. Bounded by
// its seconds. A process that is a guest of a desk commits nothing; the desk's own server tells it.

import type { AppendSeen } from '../../../app/instrument.ts';
import type { Clock } from '../../../ports/clock.ts';

/** As far as a series reaches back. */
const SECONDS_KEPT = 86_400;

interface Second {
  count: number;
  totalMs: number;
}

export class CommitTimes {
  readonly #clock: Pick<Clock, 'wallAt'>;
  /** By the second of the wall clock, the oldest first. */
  readonly #seconds = new Map<number, Second>();

  constructor(clock: Pick<Clock, 'wallAt'>) {
    this.#clock = clock;
  }

  see({ appended, tookMs }: Pick<AppendSeen, 'appended' | 'tookMs'>): void {
    if (!appended) return;
    const second = Math.floor(Date.parse(this.#clock.wallAt()) / 1_000);
    const known = this.#seconds.get(second);
    if (known === undefined) {
      this.#seconds.set(second, { count: 1, totalMs: tookMs });
      const [oldest] = this.#seconds.keys();
      if (this.#seconds.size > SECONDS_KEPT && oldest !== undefined) this.#seconds.delete(oldest);
    } else {
      known.count += 1;
      known.totalMs += tookMs;
    }
  }

  /** The mean of each step that begins with the end of the one before; null where nothing was committed. `atMs`: their ends. */
  means(atMs: readonly number[], stepMs: number): readonly (number | null)[] {
    const sums = atMs.map((): Second => ({ count: 0, totalMs: 0 }));
    const beginMs = (atMs[0] ?? 0) - stepMs;
    for (const [second, { count, totalMs }] of this.#seconds) {
      const ms = second * 1_000;
      // The last step is shorter than the others, so its number follows from where it begins.
      const sum = ms < beginMs ? undefined : sums[Math.floor((ms - beginMs) / stepMs)];
      if (sum === undefined) continue;
      sum.count += count;
      sum.totalMs += totalMs;
    }
    return sums.map(({ count, totalMs }) => (count === 0 ? null : Math.round((totalMs / count) * 1_000) / 1_000));
  }
}

const known = new WeakMap<object, CommitTimes>();

/** Those of the process that has `fleet` open. */
export function commitTimesOf(fleet: object, clock: Clock): CommitTimes {
  const times = known.get(fleet) ?? new CommitTimes(clock);
  known.set(fleet, times);
  return times;
}
