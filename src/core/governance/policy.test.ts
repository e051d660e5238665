import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentPattern, anyPolicy } from '../../../test/support/policy-arbitrary.ts';
import { explainPolicy } from './explain-policy.ts';
import { DEFAULT_POLICY, matchesPattern, type Policy, policyFor } from './policy.ts';
import { POLICY_SETTINGS, SETTING_NAMES, settingOf } from './policy-settings.ts';

const someId = fc
  .array(fc.constantFrom('a', 'b', '0', '7', '.', '_', '-', 'constructor'), { maxLength: 6 })
  .map((parts) => parts.join(''));

describe('matchesPattern', () => {
  it('says the same as a regular expression', () => {
    fc.assert(
      fc.property(agentPattern, someId, (pattern, agentId) => {
        const escaped = pattern.split('*').map((part) => part.replaceAll(/[.\-_]/g, (sign) => `\\u{${hex(sign)}}`));
        expect(matchesPattern(pattern, agentId)).toBe(new RegExp(`^${escaped.join('.*')}$`, 'su').test(agentId));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['*', '', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*ab*ab*', 'ab', false],
    ['*ab*ab*', 'xabab', true],
    ['ab*bc', 'abc', false],
    ['a.c', 'abc', false],
  ])('%s, %s: %s', (pattern, agentId, matches) => {
    expect(matchesPattern(pattern, agentId)).toBe(matches);
  });

  it('takes no longer for a pattern of many stars', () => {
    const agentId = 'a'.repeat(63);
    expect(matchesPattern(`${'*a'.repeat(30)}*b`, agentId)).toBe(false);
  });
});

describe('policyFor', () => {
  it('is the defaults where nobody adopted anything, and what is left out is the default', () => {
    expect(policyFor(null, 'ana')).toEqual(DEFAULT_POLICY);
    expect(policyFor({}, 'ana')).toEqual(DEFAULT_POLICY);
    expect(policyFor({ evidence: { pauseFailures: 9 } }, 'ana')).toEqual({
      ...DEFAULT_POLICY,
      evidence: { ...DEFAULT_POLICY.evidence, pauseFailures: 9 },
    });
  });

  it('lets later patterns win over earlier ones, setting by setting', () => {
    const policy: Policy = {
      onPause: 'release',
      archive: { silentMs: 3_600_000 },
      agents: {
        'ci_*': { onPause: 'keep', archive: null, evidence: { guideFailures: 1, pauseFailures: 2 } },
        '*_nightly': { evidence: { pauseFailures: 20 } },
        ana: { estimator: 'eisv-v1' },
      },
    };
    expect(policyFor(policy, 'ana')).toMatchObject({ estimator: 'eisv-v1', onPause: 'release' });
    const both = policyFor(policy, 'ci_nightly');
    expect(both).toMatchObject({ estimator: 'evidence', onPause: 'keep', archive: null });
    expect(both.evidence).toMatchObject({ guideFailures: 1, pauseFailures: 20, guideEqual: 3 });
    expect(policyFor(policy, null)).toMatchObject({ onPause: 'release', archive: { silentMs: 3_600_000 } });
  });
});

describe('explainPolicy', () => {
  it('tells the values that hold, whatever the policy and the agent', () => {
    fc.assert(
      fc.property(fc.option(anyPolicy), fc.option(someId), (policy, agentId) => {
        const effective = policyFor(policy, agentId);
        for (const { name, value } of explainPolicy(policy, agentId)) expect(value).toBe(settingOf(effective, name));
      }),
    );
  });

  it('names the pattern that says so, and the default that it says otherwise', () => {
    const policy: Policy = { onPause: 'release', agents: { 'ci_*': { archive: null }, '*': { archive: null } } };
    const told = Object.fromEntries(explainPolicy(policy, 'ci_1').map((each) => [each.name, each]));
    expect(told.estimator).toMatchObject({ value: 'evidence', from: 'default', pattern: null });
    expect(told.onPause).toMatchObject({ value: 'release', from: 'policy', default: 'keep' });
    expect(told['archive.silentMs']).toMatchObject({
      value: null,
      from: 'pattern',
      pattern: '*',
      default: 604_800_000,
    });
  });
});

describe('the defaults', () => {
  it('lie within the bounds, and every setting has one and its reason', () => {
    for (const name of SETTING_NAMES) {
      const value = settingOf(DEFAULT_POLICY, name);
      const { range, means, why } = POLICY_SETTINGS[name];
      expect(means).toMatch(/^[A-Z].*\.$/);
      expect(why).toMatch(/^[A-Z].*\.$/);
      if (range === undefined || value === null) continue;
      expect(value).toBeGreaterThanOrEqual(range[0]);
      expect(value).toBeLessThanOrEqual(range[1]);
    }
    const { evidence, archive, alerts, silentHolder, retention, hooks, ...words } = DEFAULT_POLICY;
    const { git, ...ofClients } = hooks;
    const groups = Object.entries({
      evidence,
      archive,
      alerts,
      silentHolder,
      retention,
      hooks: ofClients,
      'hooks.git': git,
    });
    const inGroups = groups.flatMap(([group, below]) => Object.keys(below ?? {}).map((name) => `${group}.${name}`));
    expect([...Object.keys(words), ...inGroups]).toEqual(SETTING_NAMES);
  });
});

function hex(sign: string): string {
  return (sign.codePointAt(0) as number).toString(16);
}
