// Several hosts on one shared log, with real coordinators on a simulated one. The seed is the whole story:
//
//   BRIGADE_TEST_SEED=7 npx vitest run test/simulation/hosts

import { describe, expect, it } from 'vitest';
import { campaignCount } from '../../support/campaign.ts';
import { Coverage } from '../coordinators/coverage.ts';
import { runHosts } from './run-hosts.ts';

const only = process.env.BRIGADE_TEST_SEED === undefined ? null : Number(process.env.BRIGADE_TEST_SEED);
const COUNT = only === null ? campaignCount(300, { atLeast: 8 }) : 1;
const WITHIN_MS = 300_000;

describe('hosts that share a log', () => {
  const coverage = new Coverage();

  it(
    'have one history for one seed',
    async () => {
      const [first, second] = [await runHosts(only ?? 1), await runHosts(only ?? 1)];
      expect(first.hash).toBe(second.hash);
    },
    WITHIN_MS,
  );

  it.each(Array.from({ length: COUNT }, (_, i) => only ?? i + 1))(
    'seed %i: nobody is granted what somebody on another host believes in, and who is gone does not stay',
    async (seed) => {
      const report = await runHosts(seed);
      coverage.add(report.coverage);
      expect(report.beliefs).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it('has met everything it should', () => {
    const all = <T>(expected: readonly T[]): readonly T[] => (only === null ? expected : []);
    expect(coverage.missing('case', all(['an earlier boot', 'a place gone']))).toEqual([]);
    const faults = [
      'host frozen for long',
      'host cut off',
      'host cut off for long',
      'host vanished',
      'outage',
      'wiped',
      'rolled back',
    ];
    expect(coverage.missing('fault', all(faults))).toEqual([]);
  });
});
