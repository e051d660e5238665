// What a holder may believe stops short of the end by a margin, whatever bounds it; and nobody was told to believe past what the
// log has of its holder.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { LIMITS } from '../limits.ts';
import { safeForMs, toldUntil } from './belief.ts';

describe('a holder may act on its lease', () => {
  it.each<[string, number, number | null, number]>([
    ['until 2 % and 50 ms before it ends', 100_000, null, 97_950],
    ['for whole milliseconds', 1_001, null, 930],
    ['for no longer than the longest belief, less the same', 3_600_000, null, 293_950],
    ['for no longer than its place is sure to count, less the same', 100_000, 10_000, 9_750],
    ['until it ends, where its place counts for longer', 10_000, 100_000, 9_750],
    ['not at all, while its place’s beat is not confirmed', 100_000, 0, 0],
    ['not at all, where the margin is all there is', 51, null, 0],
    ['not at all, when it is over', -1_000, null, 0],
  ])('%s', (_, leftMs, placeSafeForMs, expected) => {
    expect(safeForMs(7_000 + leftMs, 7_000, placeSafeForMs)).toBe(expected);
  });
});

describe('nobody was told to believe in a lease', () => {
  const STEP_MS = LIMITS.ttlMs / 4;

  function held(ttlMs: number, change: (fleet: CoreFleet) => void = () => undefined): number {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo']) fleet.join(agent);
    fleet.says('ana', {
      op: 'acquire',
      resources: ['task:a'],
      mode: 'exclusive',
      waitMs: 0,
      ttlMs,
      reason: '',
      priority: 0,
    });
    change(fleet);
    const [lease] = fleet.state.leases.rows();
    return lease === undefined ? Number.NaN : toldUntil(fleet.state, lease);
  }

  it('past its end', () => {
    expect(held(60_000)).toBe(75_000);
  });

  it('past the longest belief, from when its holder was last heard of, recorded or not', () => {
    expect(held(LIMITS.ttlMaxMs)).toBe(STEP_MS + LIMITS.beliefMaxMs);
    const active = (fleet: CoreFleet): void => {
      fleet.atMs = 100_000;
      fleet.acquire('ana', ['task:z']);
    };
    expect(held(LIMITS.ttlMaxMs, active)).toBe(100_000 + STEP_MS + LIMITS.beliefMaxMs);
  });

  it('past the longest belief, from when it was used, though its session did nothing else', () => {
    const used = ({ state }: CoreFleet): void => {
      for (const lease of state.leases.rows()) state.leases.set({ ...lease, usedAt: 100_000 });
    };
    expect(held(LIMITS.ttlMaxMs, used)).toBe(100_000 + STEP_MS + LIMITS.beliefMaxMs);
  });
});
