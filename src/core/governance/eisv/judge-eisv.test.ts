import { describe, expect, it } from 'vitest';
import type { EisvFacts } from '../check-in.ts';
import type { Judgement } from '../check-in-rules.ts';
import type { EisvState } from './eisv-state.ts';
import { eisvAfter, isEisvInBounds, judgeEisv } from './judge-eisv.ts';
import type { EisvInput } from './update.ts';

const DEFAULTS: EisvInput = { summary: '', complexity: null, parameters: [] };
const all = (value: number): EisvInput => ({ ...DEFAULTS, parameters: Array<number>(128).fill(value) });

interface Step {
  readonly facts: EisvFacts;
  readonly verdict: Judgement['verdict'];
  readonly codes: readonly string[];
  readonly state: EisvState;
}

function run(inputs: readonly EisvInput[]): readonly Step[] {
  const steps: Step[] = [];
  for (const input of inputs) {
    const before = steps.at(-1)?.state ?? null;
    const { verdict, reasons, facts } = judgeEisv(before, input);
    if (facts.name !== 'eisv-v1') throw new Error('another estimator answered');
    steps.push({
      facts,
      verdict,
      codes: reasons.map(({ code }) => code),
      state: eisvAfter(before, facts, input.summary),
    });
  }
  return steps;
}

/** The numbers that are further than 1e-9 from what was expected. */
function off(facts: EisvFacts | undefined, expected: Partial<Record<keyof EisvFacts, number>>): readonly string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const is = Number(facts?.[name as keyof EisvFacts]);
    return Math.abs(is - value) < 1e-9 ? [] : [`${name} is ${is}, not ${value}`];
  });
}

describe('the vectors of eisv-v1', () => {
  const steps = run(Array.from({ length: 10 }, () => DEFAULTS));

  it('update 1', () => {
    expect(
      off(steps[0]?.facts, {
        E: 0.5175,
        I: 0.894_55,
        S: 0.4575,
        V: -0.012,
        coherence: 1,
        risk: 0.153_597_241_992_418_3,
      }),
    ).toEqual([]);
    expect(steps[0]).toMatchObject({
      verdict: 'proceed',
      codes: [],
      facts: { decision: 'approve', status: 'healthy' },
    });
  });

  it('update 2', () => {
    expect(
      off(steps[1]?.facts, {
        E: 0.533_984_937_5,
        I: 0.889_354_630_863_077_9,
        S: 0.418_429_998_56,
        V: -0.022_831_5,
      }),
    ).toEqual([]);
  });

  it('update 10', () => {
    expect(
      off(steps[9]?.facts, {
        E: 0.635_943_356_875_255_4,
        I: 0.854_523_481_206_277_1,
        S: 0.200_347_919_691_604_26,
        V: -0.076_444_611_618_723_36,
        lambda1: 0.1796,
        time: 1,
      }),
    ).toEqual([]);
    expect(steps[9]?.facts).toMatchObject({ sampling: { maxTokens: 171 }, updates: 10 });
    expect(steps[8]?.facts).toMatchObject({ lambda1: 0.15, integral: 0, sampling: { maxTokens: 160 } });
  });

  it('four updates with all parameters the same', () => {
    const four = run([0.5, 0.55, 0.6, 0.7].map(all));
    const expected = [
      [1, 0.153_597_241_992],
      [0.606_530_659_713, 0.271_638_044_079],
      [0.606_530_659_713, 0.271_638_044_079],
      [0.367_879_441_171, 0.343_233_409_641],
    ] as const;
    expected.forEach(([coherence, risk], i) => {
      expect(off(four[i]?.facts, { coherence, risk })).toEqual([]);
    });
    expect(four.map(({ verdict }) => verdict)).toEqual(['proceed', 'proceed', 'proceed', 'pause']);
    expect(four[3]).toMatchObject({ codes: ['EISV_COHERENCE'], facts: { decision: 'reject', status: 'critical' } });
  });
});

describe('what is fed', () => {
  it('parameters that were left out are made of the summary, with its complexity', () => {
    const [step] = run([{ summary: 'Simple response without code.', complexity: null, parameters: null }]);
    expect(step?.facts.parameters.map((value) => Number(value.toFixed(10)))).toEqual([0.0866691655, 0.2, 1, 1]);
    expect(off(step?.facts, { risk: 0.2 / (1 + Math.exp((2000 - 29) / 500)) + 0.3 * 0.2 })).toEqual([]);
  });

  it('a stated complexity stands in both places', () => {
    const [step] = run([{ summary: '```', complexity: 0.9, parameters: null }]);
    expect(step?.facts.parameters[1]).toBe(0.9);
    expect(off(step?.facts, { risk: 0.2 / (1 + Math.exp((2000 - 3) / 500)) + 0.27 })).toEqual([]);
  });

  it('an empty list is all zeros, with complexity 0.5 unless another is given', () => {
    const [given, none] = [run([{ ...DEFAULTS, complexity: 0 }])[0], run([DEFAULTS])[0]];
    expect(given?.facts.parameters).toEqual([]);
    expect(off(none?.facts, { risk: Number(given?.facts.risk) + 0.15 })).toEqual([]);
  });

  it('zeros are parameters too: the second update is compared with them', () => {
    expect(off(run([DEFAULTS, all(0.1)])[1]?.facts, { coherence: Math.exp(-1) })).toEqual([]);
  });

  it('a summary is compared with the last one, whatever was fed then', () => {
    const [, second] = run([
      { ...DEFAULTS, summary: 'red green' },
      { summary: 'green blue', complexity: null, parameters: null },
    ]);
    expect(second?.facts.parameters[3]).toBe(1 / 3);
  });

  it('a second summary unlike the first one is rejected: so it was, and docs/governance.md says so', () => {
    const two = run([
      { summary: 'Wrote the parser and its tests.', complexity: null, parameters: null },
      { summary: 'Fixed two failing cases in the lexer.', complexity: null, parameters: null },
    ]);
    expect(two.map(({ verdict }) => verdict)).toEqual(['proceed', 'pause']);
  });
});

describe('the verdict of eisv-v1', () => {
  it('guides from risk 0.30 on, and says what the risk is made of', () => {
    const { verdict, reasons } = judgeEisv(null, { summary: 'sudo', complexity: 1, parameters: [] });
    expect(verdict).toBe('guide');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatchObject({ code: 'EISV_RISK', numbers: { limit: 0.3, fromComplexity: 0.3 } });
    expect(reasons[0]?.message).toBe('eisv-v1: the risk score is 0.37; from 0.3 on it says revise.');
  });

  it('pauses for risk alone where a long text is full of phrases', () => {
    const summary = 'sudo jailbreak bypass '.repeat(200).slice(0, 4_000);
    const steps = run([
      { summary, complexity: 1, parameters: [] },
      { summary, complexity: 1, parameters: Array<number>(128).fill(0.03) },
    ]);
    expect(steps[1]).toMatchObject({ verdict: 'pause', codes: ['EISV_RISK'], facts: { status: 'degraded' } });
  });

  it('names every rule that rejects, and the void goes on when the change is over', () => {
    const jumps = Array.from({ length: 24 }, (_, i) => ({ ...all(i % 2 === 0 ? 0 : 100), complexity: 1 }));
    const steps = run([...jumps, all(100)]);
    const both = steps.find(({ codes }) => codes.length > 1);
    expect(both?.codes).toEqual(['EISV_VOID', 'EISV_COHERENCE']);
    expect(steps.at(-1)).toMatchObject({ codes: ['EISV_VOID'], facts: { coherence: 1, void: true } });
  });

  it('is in bounds unless the last update was a reject, with the same reasons', () => {
    expect(isEisvInBounds(null)).toEqual([]);
    const steps = run([0, 1, 1].map(all));
    expect(steps.map(({ verdict }) => verdict)).toEqual(['proceed', 'pause', 'proceed']);
    expect(isEisvInBounds(steps[1]?.state ?? null)).toEqual(judgeEisv(steps[0]?.state ?? null, all(1)).reasons);
    expect(isEisvInBounds(steps[2]?.state ?? null)).toEqual([]);
    const revised = run([{ ...DEFAULTS, summary: 'sudo', complexity: 1 }]);
    expect(revised[0]?.verdict).toBe('guide');
    expect(isEisvInBounds(revised[0]?.state ?? null)).toEqual([]);
  });
});
