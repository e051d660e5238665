import { describe, expect, it } from 'vitest';
import { latestRun } from './latest-run.ts';

/** Runs that end when the test says so. */
function gated() {
  const ends: ((error?: Error) => void)[] = [];
  const run = latestRun(
    () =>
      new Promise((resolve, reject) => {
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
  );
  return { run, ends };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('latest run', () => {
  it('gives nobody a run that had started before', async () => {
    const { run, ends } = gated();
    const first = run();
    const second = run();
    const third = run();
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    ends[0]?.();
    await first;
    await turn();
    expect(ends).toHaveLength(2);
    const fourth = run();
    expect(fourth).not.toBe(third);
    ends[1]?.();
    await Promise.all([second, third]);
    await turn();
    ends[2]?.();
    await fourth;
    expect(ends).toHaveLength(3);
  });

  it('tells a failure to those of that run only', async () => {
    const { run, ends } = gated();
    const first = run();
    const second = run();
    ends[0]?.(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await turn();
    ends[1]?.();
    await second;
  });
});
