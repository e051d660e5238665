import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPolicy } from '../../../test/support/policy-arbitrary.ts';
import { LIMITS } from '../limits.ts';
import type { Policy } from './policy.ts';
import { policyDiff } from './policy-diff.ts';

describe('policyDiff', () => {
  it('has one line for each setting, by its name', () => {
    const before: Policy = { onPause: 'keep', evidence: { pauseFailures: 5 }, archive: { silentMs: 3_600_000 } };
    const after: Policy = { evidence: { pauseFailures: 3 }, archive: null, agents: { 'ci.*': { onPause: 'release' } } };
    expect(policyDiff(before, after)).toEqual([
      'agents["ci.*"].onPause: (default) -> "release"',
      'archive.silentMs: 3600000 -> null',
      'evidence.pauseFailures: 5 -> 3',
      'onPause: "keep" -> (default)',
    ]);
  });

  it('is empty for a policy and itself, and names as many settings forwards as backwards', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, (one, other) => {
        expect(policyDiff(one, structuredClone(one))).toEqual([]);
        expect(policyDiff(one, other)).toHaveLength(policyDiff(other, one).length);
      }),
    );
  });

  it('says so when only the order of the patterns differs, because later ones win', () => {
    const [a, b] = [{ onPause: 'keep' }, { onPause: 'release' }] as const;
    expect(policyDiff({ agents: { 'a*': a, '*a': b } }, { agents: { '*a': b, 'a*': a } })).toEqual([
      'agents: order ["a*","*a"] -> ["*a","a*"]',
    ]);
  });

  it('leaves room in its event, however much changes', () => {
    const settings = { guideFailures: 1, pauseFailures: 200, guideEqual: 2, pauseEqual: 200, minLabels: 200 };
    const many = (mark: string): Policy => ({
      agents: Object.fromEntries(
        Array.from({ length: LIMITS.policyPatterns }, (_, i) => [
          `${i}_${mark}`.padEnd(63, '_'),
          { evidence: settings },
        ]),
      ),
    });
    const lines = policyDiff(many('a'), many('b'));
    expect(lines).toHaveLength(LIMITS.policyDiffLines);
    expect(lines.at(-1)).toBe(`and ${2 * LIMITS.policyPatterns * 5 - LIMITS.policyDiffLines + 1} settings more`);
    expect(JSON.stringify(lines).length).toBeLessThan(LIMITS.groupBytes / 2);
  });
});
