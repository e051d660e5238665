import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matching } from '../../../test/support/matching.ts';
import { anyPolicy } from '../../../test/support/policy-arbitrary.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/governance/policy.ts';
import { policyDiff } from '../../core/governance/policy-diff.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import { contradictionsIn } from './contradictions.ts';
import { type PolicyFlaw, parsePolicy, policyText } from './parse-policy.ts';

const parse = (text: string): Policy | Rejection => parsePolicy({ path: 'policy.json', text });

/** The flaws, each in one line; empty when it was taken. */
function flawsOf(text: string): readonly string[] {
  const parsed = parse(text);
  if (!isRejection(parsed)) return [];
  expect(parsed).toMatchObject({ code: 'POLICY_INVALID', category: 'invalid' });
  const flaws = parsed.details.flaws as readonly PolicyFlaw[];
  return flaws.map(({ path, message, line, column }) => `${line}:${column} ${path}: ${message}`);
}

const flawsIn = (value: unknown): readonly string[] => flawsOf(JSON.stringify(value));

describe('what a policy file may say', () => {
  it('takes comments, a comma behind the last entry, a byte order mark, and a schema for the editor', () => {
    const text = `\uFEFF{
      // an editor finds the schema here
      "$schema": "./policy.schema.json",
      /* half done work is not overtaken */
      "onPause": "release",
      "agents": { "ci_*": { "archive": null, }, },
    }\r\n`;
    expect(parse(text)).toEqual({ onPause: 'release', agents: { 'ci_*': { archive: null } } });
  });

  it('leaves out what says nothing', () => {
    expect(parse('{ "evidence": {}, "agents": { "a": {}, "b": { "evidence": {} } } }')).toEqual({});
    expect(parse('{ "agents": { "a": {}, "b": { "onPause": "keep" } } }')).toEqual({
      agents: { b: { onPause: 'keep' } },
    });
  });
});

describe('what is no JSON is told with its place', () => {
  it.each([
    ['', '1:1 : a value belongs here'],
    ['// nothing', '1:11 : a value belongs here'],
    ['{\n  "onPause" "keep"\n}', '2:13 : a colon belongs here'],
    ['{\n  "onPause": "keep"\n  "archive": null }', '3:3 : a comma belongs before this'],
    ['{ "onPause": keep }', '1:14 : this is no JSON'],
    ["{ 'onPause': 1 }", '1:3 : this is no JSON'],
    ['{ "onPause": "keep" ', '1:21 : a } is missing'],
    ['{} {}', '1:4 : nothing more belongs here'],
    ['{ /* }', '1:3 : this comment has no end'],
    ['[]', '1:1 : must be an object; it is a list'],
    ['null', '1:1 : must be an object; it is null'],
    ['{ "onPause": "keep",\r\n"onPause": "release" }', '2:1 onPause: stands here twice'],
    ['{ "__proto__": { "onPause": "release" } }', '1:3 __proto__: is no name for anything'],
    ['{}/*', '1:3 : this comment has no end'],
  ])('%j', (text, flaw) => {
    expect(flawsOf(text)).toEqual([flaw]);
  });

  it('also where it is nested without end', () => {
    expect(flawsOf('['.repeat(50_000))).toEqual(['1:9 : is nested deeper than any policy']);
    expect(flawsOf('{"a":'.repeat(20_000))).toEqual(['1:41 : is nested deeper than any policy']);
  });
});

describe('a key that does not exist', () => {
  it.each([
    [{ onPuase: 'keep' }, 'onPuase: is no setting; did you mean onPause?'],
    [{ ONPAUSE: 'keep' }, 'ONPAUSE: is no setting; did you mean onPause?'],
    [{ evidence: { pauseFailure: 3 } }, 'evidence.pauseFailure: is no setting; did you mean pauseFailures?'],
    [{ queueLength: 3 }, 'queueLength: is no setting here; it belongs into alerts'],
    [{ pauseFailures: 3 }, 'pauseFailures: is no setting here; it belongs into evidence'],
    [
      { agents: { 'a.b': { agents: {} } } },
      'agents["a.b"].agents: is no setting; there are estimator, onPause, silentSessionMs, evidence, archive',
    ],
    [{ archive: { silentMs: 3_600_000, after: 1 } }, 'archive.after: is no setting; there are silentMs'],
    [
      { 'a b\n': 1 },
      '["a b\\n"]: is no setting; there are $schema, estimator, onPause, silentSessionMs, evidence, archive, alerts, silentHolder, retention, hooks, agents',
    ],
  ])('%j', (value, flaw) => {
    expect(flawsIn(value).map((each) => each.replace(/^1:\d+ /, ''))).toEqual([flaw]);
  });

  it.each(['alerts', 'silentHolder', 'retention', 'hooks'])('of the whole fleet belongs to the top: %s', (key) => {
    const flaw = 'is a setting of the whole fleet and not of some agents: it belongs to the top of the file';
    expect(flawsIn({ agents: { 'ci_*': { [key]: {} } } })).toEqual([`1:20 agents["ci_*"].${key}: ${flaw}`]);
    expect(flawsIn({ [key]: {} })).toEqual([]);
  });

  it('two groups deep, and what says nothing there is left out', () => {
    const near = 'hooks.git.onperson: is no setting; did you mean onPerson?';
    expect(flawsIn({ hooks: { git: { onperson: 'warn' } } })).toEqual([`1:18 ${near}`]);
    expect(parse(JSON.stringify({ hooks: { onHeld: 'ask', git: {} } }))).toEqual({ hooks: { onHeld: 'ask' } });
    expect(parse(JSON.stringify({ hooks: { git: {} } }))).toEqual({});
  });
});

describe('a value out of its bounds', () => {
  it.each([
    [{ estimator: 'eisv' }, 'estimator: must be "evidence" or "eisv-v1"; it is "eisv"'],
    [{ onPause: null }, 'onPause: must be "keep" or "release"; it is null'],
    [{ evidence: { pauseFailures: 0 } }, 'evidence.pauseFailures: must be a whole number from 1 to 200; it is 0'],
    [{ evidence: { boundsOf: 5.5 } }, 'evidence.boundsOf: must be a whole number from 1 to 200; it is 5.5'],
    [{ evidence: { pauseEqualOf: 201 } }, 'evidence.pauseEqualOf: must be a whole number from 2 to 200; it is 201'],
    [{ evidence: { guideBrier: 1.1 } }, 'evidence.guideBrier: must be a number from 0 to 1; it is 1.1'],
    [{ evidence: { minLabels: '9' } }, 'evidence.minLabels: must be a whole number from 1 to 200; it is "9"'],
    [{ evidence: [] }, 'evidence: must be an object; it is a list'],
    [{ archive: {} }, 'archive.silentMs: must be a whole number from 3600000 to 315360000000; it is missing'],
    [
      { archive: { silentMs: LIMITS.silentMinMs - 1 } },
      matching(/^archive\.silentMs: must be a whole number from 3600000/),
    ],
    [{ alerts: { waitMs: 999 } }, 'alerts.waitMs: must be a whole number from 1000 to 86400000; it is 999'],
    [{ alerts: { lapses: 1.5 } }, 'alerts.lapses: must be a whole number from 1 to 1000; it is 1.5'],
    [{ alerts: null }, 'alerts: must be an object; it is null'],
    [{ silentHolder: { revoke: 'yes' } }, 'silentHolder.revoke: must be true or false; it is "yes"'],
    [{ archive: false }, 'archive: must be an object, or null; it is false'],
    [{ agents: { a: null } }, 'agents.a: must be an object; it is null'],
    [{ agents: [] }, 'agents: must be an object; it is a list'],
    [{ agents: { 'Ana?': {} } }, matching(/^agents\["Ana\?"\]: is no pattern: /)],
    [{ agents: { _a: {} } }, matching(/^agents\._a: is no pattern: /)],
    [{ agents: { ['a'.repeat(64)]: {} } }, matching(/^agents\.a+: is no pattern: /)],
    [{ $schema: 1 }, '$schema: must be a text; it is 1'],
  ])('%j', (value, flaw) => {
    expect(flawsIn(value).map((each) => each.replace(/^1:\d+ /, ''))).toEqual([flaw]);
  });

  it('is told for numbers that JSON cannot hold too', () => {
    expect(flawsOf('{ "evidence": { "guideBrier": 1e999 } }')[0]).toMatch(
      /must be a number from 0 to 1; it is Infinity/,
    );
    expect(parse('{ "evidence": { "guideBrier": -0 } }')).toEqual({ evidence: { guideBrier: 0 } });
  });
});

describe('thresholds that cannot be meant together', () => {
  it.each([
    [
      { guideFailures: 6 },
      'guideFailures is 6, above pauseFailures, which is not set here, with 5: an agent is guided before it is paused',
    ],
    [
      { pauseFailures: 2 },
      'pauseFailures is 2, below guideFailures, which is not set here, with 3: an agent is guided before it is paused',
    ],
    [
      { guideEqual: 7, pauseEqual: 7, guideEqualOf: 6 },
      'guideEqual is 7, above guideEqualOf with 6: so many are never among so few',
    ],
    [{ pauseEqual: 8, pauseEqualOf: 7 }, 'pauseEqual is 8, above pauseEqualOf with 7: so many are never among so few'],
    [
      { pauseFailures: 11 },
      'pauseFailures is 11, above boundsOf, which is not set here, with 10: a paused agent would be in bounds again at once',
    ],
    [
      { boundsOf: 5 },
      'boundsOf is 5, below pauseEqual, which is not set here, with 6: a paused agent would be in bounds again at once',
    ],
  ])('%j', (evidence, flaw) => {
    const told = (flaws: readonly string[]) => flaws.map((each) => each.replace(/^1:\d+ .*evidence\.(\w+): /, '$1 '));
    expect(told(flawsIn({ evidence }))).toEqual([flaw]);
    expect(told(flawsIn({ agents: { 'a*': { evidence } } }))).toEqual([flaw]);
  });

  it('are judged for each pattern on top of what holds for all', () => {
    const evidence = { guideFailures: 4 };
    expect(flawsIn({ evidence, agents: { a: { evidence: { pauseFailures: 4 } } } })).toEqual([]);
    expect(flawsIn({ evidence, agents: { a: { evidence: { pauseFailures: 3 } } } })).toHaveLength(1);
    // What is wrong for all is told once, and not for each pattern again.
    expect(flawsIn({ evidence: { guideFailures: 6 }, agents: { a: { onPause: 'keep' } } })).toHaveLength(1);
  });
});

describe('bounds of the file', () => {
  it('has at most so many patterns and bytes', () => {
    const patterns = (count: number) => ({
      agents: Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, { onPause: 'keep' }])),
    });
    expect(flawsIn(patterns(LIMITS.policyPatterns))).toEqual([]);
    expect(flawsIn(patterns(LIMITS.policyPatterns + 1))).toEqual([
      `1:2 agents: has ${LIMITS.policyPatterns + 1} patterns; there may be ${LIMITS.policyPatterns}`,
    ]);
    const long = (bytes: number) => `{ /*${' '.repeat(bytes - 8)}*/ }`;
    expect(parse(long(LIMITS.policyFileBytes - 1))).toEqual({});
    expect(flawsOf(long(LIMITS.policyFileBytes + 1))).toEqual([
      `1:1 : the file is longer than ${LIMITS.policyFileBytes} bytes`,
    ]);
  });

  it('tells the first of many flaws, in the order of the text, and how many more there are', () => {
    const parsed = parse('{ "x": 1, "onPause": 2, "evidence": { "minLabels": 0 }, "y": 1 }') as Rejection;
    expect(parsed.message).toMatch(
      /^policy\.json is no valid policy: line 1, column 3: x is no setting; .*; line 1, column 11: onPause .*; line 1, column 39: evidence\.minLabels .*; and 1 more\.$/,
    );
    expect(parsed.next).toContain('brigade policy check');
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, 1]));
    expect(flawsIn(many)).toHaveLength(50);
  });

  it('tells fifty flaws at most, however many keys of one place are wrong', () => {
    const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x${index}`, 1]));
    const flaws = flawsIn({ ...unknown, onPause: 1, evidence: unknown, agents: { a: 1, b: 2 } });
    expect(flaws).toHaveLength(50);
    expect(flaws[0]).toContain('onPause: must be');
  });

  it('is as short as a log takes, whatever of the file is only for people', () => {
    const { evidence } = DEFAULT_POLICY;
    const agents = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${'a'.repeat(55)}${i}`, { evidence }]));
    expect(flawsIn({ agents: agents(100) })).toEqual([]);
    expect(flawsIn({ agents: agents(256) })).toEqual([`1:1 : the policy is longer than ${LIMITS.policyBytes} bytes`]);
  });

  it('refuses ids that are whole numbers where their order would be lost', () => {
    expect(flawsOf('{ "agents": { "*": { "onPause": "keep" }, "7": { "onPause": "release" } } }')).toEqual([
      expect.stringMatching(/^1:43 agents\.7: would lose its place/),
    ]);
    const parsed = parse('{ "agents": { "7": { "onPause": "release" }, "*": { "archive": null } } }') as Policy;
    expect(Object.keys(parsed.agents ?? {})).toEqual(['7', '*']);
  });
});

describe('whatever the text', () => {
  /** Refused with a reason; or taken, and what is printed of it is read as the same again. */
  const isSound = (text: string): boolean => {
    const parsed = parse(text);
    if (isRejection(parsed)) return parsed.code === 'POLICY_INVALID' && (parsed.details.flaws as unknown[]).length > 0;
    const again = parse(policyText(parsed));
    return !isRejection(again) && isDeepStrictEqual(again, parsed) && policyText(again) === policyText(parsed);
  };

  it('neither throws nor takes what it cannot give back: any text', () => {
    const signs = fc.constantFrom(
      ...'{}[],:"\\/*\n\r\t -+.0123456789eE'.split(''),
      '\uFEFF',
      'null',
      '"agents"',
      '"evidence"',
      '"a*"',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(signs).map((parts) => parts.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(isSound(text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('neither throws nor takes what it cannot give back: policies, cut and patched', () => {
    const patch = fc.record({
      at: fc.nat(600),
      cut: fc.nat(6),
      put: fc.oneof(fc.constant(''), fc.json(), fc.string()),
    });
    const patched = fc
      .tuple(anyPolicy, fc.array(patch, { maxLength: 2 }))
      .map(([policy, patches]) =>
        patches.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), policyText(policy)),
      );
    fc.assert(
      fc.property(patched, (text) => {
        expect(isSound(text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a policy within its bounds exactly if its thresholds agree', () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const parsed = parse(policyText(policy));
        expect(isRejection(parsed)).toBe(contradictionsIn(policy).length > 0);
        if (isRejection(parsed)) return;
        const said = policyDiff(policy, parsed).filter(
          (line) => !line.includes(': {} -> ') && !line.startsWith('agents: order'),
        );
        expect(said).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
