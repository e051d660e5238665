import { describe, expect, it } from 'vitest';
import { CommitTimes } from './commit-times.ts';

const DAY_SECONDS = 86_400;

function timesOf(commits: readonly (readonly [atMs: number, tookMs: number, appended?: boolean])[]): CommitTimes {
  let nowMs = 0;
  const times = new CommitTimes({ wallAt: () => new Date(nowMs).toISOString() });
  for (const [atMs, tookMs, appended = true] of commits) {
    nowMs = atMs;
    times.see({ appended, tookMs });
  }
  return times;
}

describe('how long commits took', () => {
  it('is the mean of each step, null where there was none, and nothing of those before', () => {
    const times = timesOf([
      [4_000, 99],
      [10_000, 1],
      [14_900, 4],
      [20_000, 7],
      [20_500, 8, false],
      [32_000, 2],
    ]);
    // From 10 to 20, to 30, and to 33 s: the last step is under way.
    expect(times.means([20_000, 30_000, 33_000], 10_000)).toEqual([2.5, 7, 2]);
    expect(times.means([50_000, 60_000], 10_000)).toEqual([null, null]);
  });

  it('is known for a day', () => {
    const times = timesOf(Array.from({ length: DAY_SECONDS + 1 }, (_, second) => [second * 1_000, 3] as const));
    expect(times.means([1_000, 2_000], 1_000)).toEqual([null, 3]);
  });
});
