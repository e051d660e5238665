import { describe, expect, it } from 'vitest';
import type { Health } from '../../../app/coordinator.ts';
import { EMPTY_HEAD, type StoreTraits } from '../../../ports/event-store.ts';
import { checkWitness } from './doctor-checks.ts';

function lostOn(sharedAcrossHosts: boolean): Pick<Health, 'trouble' | 'head' | 'traits'> {
  const limits = { maxBatchEvents: 1, maxBatchBytes: 1, pushesHints: false, survives: 'host' } as const;
  const traits: StoreTraits = {
    kind: sharedAcrossHosts ? 'redis' : 'sqlite',
    sharedAcrossHosts,
    location: 'x',
    ...limits,
  };
  return { head: EMPTY_HEAD, traits, trouble: { code: 'STORE_REGRESSED', message: 'It was wiped.', sinceWallAt: '' } };
}

describe('a log that was lost, as doctor tells it', () => {
  it.each([
    ['of one host', false, '5m00s'],
    ['of several hosts', true, '16s'],
  ] as const)('%s says for how long granting will rest', (_, isShared, restsFor) => {
    const [finding] = checkWitness(lostOn(isShared)).findings;
    expect(finding).toMatchObject({ code: 'STORE_REGRESSED', message: 'It was wiped.' });
    expect(finding?.next).toContain(`granting rests for at most ${restsFor}.`);
  });
});
