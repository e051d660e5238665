// The little statistics that figures need.

/** Of an even number of values the higher middle one: a value that was measured. NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope; NaN with fewer than three points. */
  readonly slopeError: number;
}

/** The straight line of least squares. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const intercept = meanY - slope * meanX;
  const residuals = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0);
  return { slope, intercept, slopeError: n < 3 ? Number.NaN : Math.sqrt(residuals / (n - 2) / spread) };
}

export interface Growth {
  /** Of size in cost: 1 is linear, 2 quadratic. */
  readonly exponent: number;
  /** Standard error. */
  readonly error: number;
}

/** How cost grows with size: the slope of the logarithms. */
export function fitGrowth(points: readonly (readonly [size: number, cost: number])[]): Growth {
  const { slope, slopeError } = fitLine(points.map(([size, cost]) => [Math.log(size), Math.log(cost)]));
  return { exponent: slope, error: slopeError };
}
