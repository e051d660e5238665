// Clipping as the formulas of `eisv-v1` mean it.

/** `value`, or the end of the range beyond which it lies. What is no number counts as below it, so that none gets any further. */
export function clip(value: number, low: number, high: number): number {
  if (value >= high) return high;
  return value > low ? value : low;
}
