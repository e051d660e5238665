import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { StoreMeters } from './store-meters.ts';

function metersOf(...tookMs: readonly number[]): StoreMeters {
  const meters = new StoreMeters(new Registry());
  for (const each of tookMs) meters.see({ appended: true, tookMs: each, events: 1 });
  return meters;
}

describe('figures of commits', () => {
  it('are of what was appended, each in one bucket', async () => {
    const meters = metersOf(0.5, 1.5, 1.5, 4, 9_000);
    meters.see({ appended: false, tookMs: 3, events: 1 });
    const { count, meanMs, buckets } = await meters.figures();
    expect([count, meanMs]).toEqual([5, expect.closeTo((0.5 + 1.5 + 1.5 + 4 + 9_000) / 5) as number]);
    expect(buckets.filter((each) => each.count > 0)).toEqual([
      { leMs: 1, count: 1 },
      { leMs: 2, count: 2 },
      { leMs: 5, count: 1 },
      { leMs: null, count: 1 },
    ]);
  });

  it('have quantiles within the bucket where they lie', async () => {
    const { p50Ms, p99Ms } = await metersOf(...Array.from({ length: 99 }, () => 1.5), 40).figures();
    expect(p50Ms).toBeCloseTo(1.505, 2);
    expect(p99Ms).toBeCloseTo(2, 5);
    expect((await metersOf(9_000).figures()).p50Ms).toBe(5_000);
    expect(await metersOf().figures()).toMatchObject({ count: 0, meanMs: null, p50Ms: null, p99Ms: null });
  });
});
