import { describe, expect, it } from 'vitest';
import { fitGrowth, fitLine, median, quantile } from './statistics.ts';

const SIZES = [1_000, 2_000, 4_000, 8_000, 16_000];

describe('the growth of a cost', () => {
  it.each([1, 1.5, 2])('of exponent %d is found, whatever its factor', (exponent) => {
    const { exponent: found, error } = fitGrowth(SIZES.map((size) => [size, 0.003 * size ** exponent]));
    expect(found).toBeCloseTo(exponent, 9);
    expect(error).toBeCloseTo(0, 9);
  });

  it('has an error as wide as the measurement is rough', () => {
    const rough = SIZES.map((size, i) => [size, size * (i % 2 === 0 ? 1.2 : 0.8)] as const);
    const { exponent, error } = fitGrowth(rough);
    expect(Math.abs(exponent - 1)).toBeLessThan(2 * error);
  });
});

it('a line of least squares is the one of the textbook', () => {
  const { slope, intercept, slopeError } = fitLine([
    [1, 2],
    [2, 3],
    [3, 5],
    [4, 4],
  ]);
  expect([slope, intercept]).toEqual([0.8, 1.5]);
  expect(slopeError).toBeCloseTo(Math.sqrt(1.8 / 2 / 5), 12);
});

it('two points have a line and no error of it', () => {
  expect(
    fitLine([
      [0, 0],
      [2, 4],
    ]),
  ).toMatchObject({ slope: 2, slopeError: Number.NaN });
});

it('quantiles are values that were measured', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), quantile([1, 2, 3, 4], 0.99), quantile([], 0.5)]).toEqual([
    2,
    3,
    4,
    Number.NaN,
  ]);
});
