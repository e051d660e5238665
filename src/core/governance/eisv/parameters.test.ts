import { describe, expect, it } from 'vitest';
import { changeOf, coherenceOf, fedParameters } from './parameters.ts';

describe('parameters', () => {
  it('are cut to 128, and the zeros at their end left out', () => {
    expect(fedParameters(Array<number>(200).fill(1))).toHaveLength(128);
    expect(fedParameters([...Array<number>(128).fill(0), 7])).toEqual([]);
    expect(fedParameters([0, 2, 0, 3, 0, 0])).toEqual([0, 2, 0, 3]);
  });

  it('count as 0 where they are not finite', () => {
    expect(fedParameters([Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2])).toEqual([
      0, 1, 0, 0, 2,
    ]);
    expect(fedParameters([Number.NaN, Number.POSITIVE_INFINITY])).toEqual([]);
  });

  it('have no negative zero, which JSON would not bring back', () => {
    expect(fedParameters([-0, 1])).toStrictEqual([0, 1]);
  });
});

describe('the change of parameters', () => {
  it('is 0 on the first update, whatever they are, and coherence 1', () => {
    expect(changeOf([1e9], null)).toBe(0);
    expect(coherenceOf(changeOf([1e9], null))).toBe(1);
  });

  it('is the mean over all 128, also where lists are short or of different length', () => {
    expect(changeOf([1], [])).toBe(1 / 128);
    expect(changeOf([], [0, 2])).toBe(4 / 128);
    expect(changeOf([], [])).toBe(0);
  });

  it('stays finite beyond all numbers, and coherence is 0 then', () => {
    const change = changeOf([1e308], [-1e308]);
    expect(change).toBe(Number.MAX_VALUE);
    expect(coherenceOf(change)).toBe(0);
  });
});
