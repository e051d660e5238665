import { describe, expect, it } from 'vitest';
import { randomOf } from '../../test/support/random.ts';
import { judge, type Series } from './judge.ts';

const RULE = { series: 'heap', unit: 'MiB', perHourMax: 6 };

/** Sampled every 3 s for half an hour: growth from the start on, a saw-tooth as of snapshots, and noise. */
function heap(perHour: number, { warmUp = 0 } = {}): Series {
  const random = randomOf(7);
  return Array.from({ length: 600 }, (_, i) => {
    const seconds = i * 3;
    const grown = (perHour * seconds) / 3_600 + warmUp * (1 - Math.exp(-seconds / 300));
    return [seconds, 60 + grown + (seconds % 90) / 30 + random.between(-100, 100) / 100] as const;
  });
}

describe('a series', () => {
  it('that goes up and down is flat', () => {
    expect(judge(RULE, heap(0), 300)).toMatchObject({ isKept: true });
  });

  it('that only grows while it warms up is flat', () => {
    expect(judge(RULE, heap(0, { warmUp: 40 }), 1_200).isKept).toBe(true);
    expect(judge(RULE, heap(0, { warmUp: 40 }), 0).isKept).toBe(false);
  });

  it('that grows by twice its bound is not', () => {
    const verdict = judge(RULE, heap(12), 300);
    expect(verdict.isKept).toBe(false);
    expect(Math.abs(verdict.perHour - 12)).toBeLessThan(verdict.error + 1);
  });

  it('that shrinks is', () => {
    expect(judge(RULE, heap(-50), 300).isKept).toBe(true);
  });

  it('that was too large once is not', () => {
    const series = heap(0).map(([seconds, value], i) => [seconds, i === 500 ? 90 : value] as const);
    expect(judge({ series: 'wal', unit: 'MiB', most: 80 }, series, 300)).toMatchObject({ isKept: false, largest: 90 });
  });

  it('of a few samples is no evidence', () => {
    expect(() => judge(RULE, heap(0).slice(0, 30), 30)).toThrow(/too few/);
  });
});
