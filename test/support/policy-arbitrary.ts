// Policies as people write them: any settings within their bounds, for all agents and by pattern. Mostly the thresholds agree
// with each other; sometimes that is left to chance.

import * as fc from 'fast-check';
import type { AgentPolicy, AlertsPolicy, EvidencePolicy, HooksSays, Policy } from '../../src/core/governance/policy.ts';
import { POLICY_SETTINGS, SETTING_NAMES, type SettingName } from '../../src/core/governance/policy-settings.ts';

const numberIn = (name: SettingName): fc.Arbitrary<number> => {
  const [min, max] = POLICY_SETTINGS[name].range ?? [0, 0];
  return name === 'evidence.guideBrier'
    ? fc.double({ min, max, noNaN: true }).map((each) => each + 0)
    : fc.integer({ min, max });
};

const numbersOf = <K extends string>(group: string): fc.Arbitrary<Partial<Record<K, number>>> =>
  fc.record(
    Object.fromEntries(
      SETTING_NAMES.filter((name) => name.startsWith(`${group}.`)).map((name) => [
        name.slice(group.length + 1),
        numberIn(name),
      ]),
    ) as Record<K, fc.Arbitrary<number>>,
    { requiredKeys: [] },
  );

const anyEvidence: fc.Arbitrary<Partial<EvidencePolicy>> = numbersOf('evidence');

const agreeing: fc.Arbitrary<Partial<EvidencePolicy>> = fc
  .tuple(anyEvidence, fc.array(numberIn('evidence.pauseEqual'), { minLength: 7, maxLength: 7 }))
  .map(([said, numbers]) => {
    const [guideFailures = 2, pauseFailures = 2, guideEqual = 2, pauseEqual = 2, ...windows] = numbers.toSorted(
      (a, b) => a - b,
    );
    const [guideEqualOf = 200, pauseEqualOf = 200, boundsOf = 200] = windows;
    const thresholds = { guideFailures, pauseFailures, guideEqual, pauseEqual };
    return { ...said, ...thresholds, guideEqualOf, pauseEqualOf, boundsOf };
  });

const evidence = fc.oneof({ arbitrary: agreeing, weight: 9 }, { arbitrary: anyEvidence, weight: 1 });

const layer = {
  estimator: fc.constantFrom('evidence' as const, 'eisv-v1' as const),
  onPause: fc.constantFrom('keep' as const, 'release' as const),
  silentSessionMs: numberIn('silentSessionMs'),
  evidence,
  archive: fc.option(fc.record({ silentMs: numberIn('archive.silentMs') })),
};

const signs = ['a', 'b', '0', '7', '*', '*', 'constructor'] as const;

export const agentPattern: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...signs), fc.array(fc.constantFrom(...signs, '.', '_', '-'), { maxLength: 5 }))
  .map(([first, rest]) => [first, ...rest].join(''));

const agentLayer: fc.Arbitrary<AgentPolicy> = fc.record(layer, { requiredKeys: [] });

const ofFleet = {
  alerts: numbersOf<keyof AlertsPolicy>('alerts'),
  silentHolder: fc.record({ afterMs: numberIn('silentHolder.afterMs'), revoke: fc.boolean() }, { requiredKeys: [] }),
  retention: fc.record(
    { keepMs: fc.option(numberIn('retention.keepMs')), keepEvents: fc.option(numberIn('retention.keepEvents')) },
    { requiredKeys: [] },
  ),
};

const wordsOf = <W extends string>(...words: readonly W[]): fc.Arbitrary<W> => fc.constantFrom(...words);

const hooks: fc.Arbitrary<HooksSays> = fc.record(
  {
    onHeld: wordsOf('deny', 'ask'),
    onFault: wordsOf('open', 'closed'),
    subagents: wordsOf('share', 'separate'),
    scope: wordsOf('file', 'repo'),
    quietMs: numberIn('hooks.quietMs'),
    git: fc.record(
      {
        onHeld: wordsOf('refuse', 'warn'),
        onPerson: wordsOf('warn', 'refuse'),
        trailers: fc.boolean(),
        push: fc.boolean(),
        watch: wordsOf('report', 'alert'),
      },
      { requiredKeys: ['onHeld'] },
    ),
  },
  { requiredKeys: [] },
);

export const anyPolicy: fc.Arbitrary<Policy> = fc.record(
  {
    ...layer,
    ...ofFleet,
    hooks,
    agents: fc.dictionary(agentPattern, agentLayer, { maxKeys: 5, noNullPrototype: true }),
  },
  { requiredKeys: [] },
);
