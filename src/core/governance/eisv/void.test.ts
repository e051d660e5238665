import { describe, expect, it } from 'vitest';
import { isVoid, voidShare, voidThreshold } from './void.ts';

const same = (value: number, count: number): number[] => Array<number>(count).fill(value);

describe('the void threshold', () => {
  it('is 0.15 below ten values, and what they say from the tenth on', () => {
    expect(voidThreshold([])).toBe(0.15);
    expect(voidThreshold(same(0.5, 9))).toBe(0.15);
    expect(voidThreshold(same(0.2, 10))).toBeCloseTo(0.2, 12);
  });

  it('is the mean of the sizes and two population deviations', () => {
    // Sizes 0.1 and 0.2, five of each: mean 0.15, deviation 0.05. The sample deviation would say 0.2554.
    expect(voidThreshold([...same(-0.1, 5), ...same(0.2, 5)])).toBeCloseTo(0.25, 12);
  });

  it('stays within 0.10 and 0.30', () => {
    expect(voidThreshold(same(0.09, 10))).toBe(0.1);
    expect(voidThreshold(same(0, 100))).toBe(0.1);
    expect(voidThreshold(same(0.31, 10))).toBe(0.3);
    expect(voidThreshold(same(0.29, 10))).toBeCloseTo(0.29, 12);
    expect(voidThreshold(same(0.11, 10))).toBeCloseTo(0.11, 12);
  });

  it('is no void itself, on either side of zero', () => {
    expect([0.15, -0.15].map((V) => isVoid(V, 0.15))).toEqual([false, false]);
    expect([0.150_000_000_1, -0.150_000_000_1].map((V) => isVoid(V, 0.15))).toEqual([true, true]);
  });
});

describe('the share of voids', () => {
  it('is 0 below ten values', () => {
    expect(voidShare(same(1, 9), 0.15)).toBe(0);
    expect(voidShare(same(1, 10), 0.15)).toBe(1);
  });

  it('counts both sides', () => {
    expect(voidShare([...same(0, 7), 0.2, -0.2, 0.1], 0.1)).toBe(0.2);
  });
});
