// Places that freeze, vanish, come back and are started anew, with real coordinators on one simulated log. The seed is the
// whole story:
//
//   BRIGADE_TEST_SEED=7 npx vitest run test/simulation/places

import { describe, expect, it } from 'vitest';
import { campaignCount } from '../../support/campaign.ts';
import { Coverage } from '../coordinators/coverage.ts';
import { runPlaces } from './run-places.ts';

const only = process.env.BRIGADE_TEST_SEED === undefined ? null : Number(process.env.BRIGADE_TEST_SEED);
const COUNT = only === null ? campaignCount(400, { atLeast: 8 }) : 1;
const WITHIN_MS = 300_000;

describe('places that come and go', () => {
  const coverage = new Coverage();

  it(
    'have one history for one seed',
    async () => {
      const [first, second] = [await runPlaces(only ?? 1), await runPlaces(only ?? 1)];
      expect(first.hash).toBe(second.hash);
    },
    WITHIN_MS,
  );

  it.each(Array.from({ length: COUNT }, (_, i) => only ?? i + 1))(
    'seed %i: nobody is taken for gone who is there, and nobody who is gone stays',
    async (seed) => {
      const report = await runPlaces(seed);
      coverage.add(report.coverage);
      expect(report.hash).toMatch(/^[0-9a-f]{64}$/);
    },
    WITHIN_MS,
  );

  it('has met everything it should', () => {
    const all = <T>(expected: readonly T[]): readonly T[] => (only === null ? expected : []);
    expect(coverage.missing('case', all(['an earlier boot', 'a place gone']))).toEqual([]);
    expect(
      coverage.missing('fault', all(['place frozen for long', 'place vanished', 'host started anew', 'slept'])),
    ).toEqual([]);
  });
});
