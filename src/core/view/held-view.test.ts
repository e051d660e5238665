// Who holds what of many resources: what counts, and whose it is.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { LIMITS } from '../limits.ts';
import { VIEW_LIMITS } from './page.ts';
import { viewOf } from './view-of.ts';
import type { HeldView } from './views.ts';

function sees(fleet: CoreFleet, ...resources: readonly string[]): readonly HeldView[] {
  return viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'held', resources });
}

const names = (held: readonly HeldView[]) => held.map(({ asked, resource, agentId }) => [asked, resource, agentId]);

describe('who holds what', () => {
  it('is told of folders, patterns, symbols and all worktrees alike, the oldest lease first', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo', 'cy', 'di']) fleet.join(agent);
    fleet.acquire('ana', ['file:@w1/src/']);
    fleet.acquire('bo', ['file:@w1/lib/**/*.ts']);
    fleet.acquire('cy', ['file:@w1/a.ts#parse']);
    fleet.acquire('di', ['repo:docs/x.md']);
    expect(names(sees(fleet, 'file:@w1/src/deep/a.ts', 'file:@w1/lib/b.ts', 'file:@w1/lib/b.js'))).toEqual([
      ['file:@w1/src/deep/a.ts', 'file:@w1/src/', 'ana'],
      ['file:@w1/lib/b.ts', 'file:@w1/lib/**/*.ts', 'bo'],
    ]);
    expect(names(sees(fleet, 'file:@w1/a.ts', 'file:@w2/docs/x.md', 'file:@w2/a.ts'))).toEqual([
      ['file:@w1/a.ts', 'file:@w1/a.ts#parse', 'cy'],
      ['file:@w2/docs/x.md', 'repo:docs/x.md', 'di'],
    ]);
  });

  it('leaves out what has ended and is still to be settled', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.acquire('ana', ['file:@w1/a']);
    fleet.atMs = LIMITS.ttlMs;
    expect(sees(fleet, 'file:@w1/a')).toHaveLength(1);
    fleet.atMs = LIMITS.ttlMaxMs * 2;
    expect(sees(fleet, 'file:@w1/a')).toEqual([]);
  });

  it('is bounded in what is asked and in what is told of each', () => {
    const fleet = new CoreFleet();
    const many = Array.from({ length: VIEW_LIMITS.leasesPerResource + 5 }, (_, index) => `a${index}`);
    for (const agent of many) {
      fleet.join(agent);
      fleet.says(agent, {
        op: 'acquire',
        resources: ['file:@w1/a'],
        mode: 'shared',
        waitMs: 0,
        ttlMs: LIMITS.ttlMs,
        reason: '',
        priority: 0,
      });
    }
    expect(sees(fleet, 'file:@w1/a')).toHaveLength(VIEW_LIMITS.leasesPerResource);
    const asked = Array.from({ length: VIEW_LIMITS.rowsMax }, (_, index) => `file:@w1/b${index}`);
    expect(sees(fleet, ...asked, 'file:@w1/a')).toEqual([]);
  });
});
