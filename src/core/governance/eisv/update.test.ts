// Long runs: against a second implementation that shares nothing with the first but the formulas, and under inputs that
// nobody means well.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EisvFacts } from '../check-in.ts';
import { EISV_START, type EisvState } from './eisv-state.ts';
import { eisvAfter } from './judge-eisv.ts';
import { type EisvInput, type EisvUpdate, updateEisv } from './update.ts';

function updatesOf(inputs: readonly EisvInput[]): readonly EisvUpdate[] {
  let state = EISV_START;
  return inputs.map((input) => {
    const update = updateEisv(state, input);
    state = eisvAfter(state, update.facts, input.summary);
    return update;
  });
}

function run(inputs: readonly EisvInput[]): readonly EisvFacts[] {
  return updatesOf(inputs).map(({ facts }) => facts);
}

/** Rows of [E, I, S, V, lambda1, integral, T, coherence, risk], from whole arrays of the past. */
function secondOpinion(inputs: readonly EisvInput[]): readonly (readonly number[])[] {
  const within = (low: number, high: number, x: number) => [low, x, high].toSorted((a, b) => a - b)[1] ?? low;
  const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  const words = (text: string): readonly string[] => text.toLowerCase().match(/\S+/gu) ?? [];
  const fences = (text: string) =>
    [/```/, /tool_call/i, /algorithm|function|class|import|async/i].map((p) => p.test(text));
  const texts = inputs.map(({ summary }) => summary);
  const complexities = inputs.map(({ parameters, complexity, summary }) => {
    if (complexity !== null) return complexity;
    if (parameters !== null) return 0.5;
    const [fence, call, term] = fences(summary).map(Number) as [number, number, number];
    return within(0, 1, (2 + 3 * fence + 3 * call + 2 * term) / 10);
  });
  const vectors = inputs.map(({ parameters }, k) => {
    const vector = new Float64Array(128);
    const text = texts[k] ?? '';
    const [now, then] = [words(text), words(texts[k - 1] ?? '')];
    const all = new Set([...now, ...then]).size;
    const shared = new Set(now.filter((word) => then.includes(word))).size;
    const jaccard = k === 0 ? 1 : now.length * then.length === 0 ? 0.5 : shared / all;
    const info = now.length === 0 ? 0 : new Set(now).size / now.length;
    const length = logistic((Array.from(text).length - 500) / 200);
    vector.set(parameters?.slice(0, 128) ?? [length, complexities[k] ?? 0, info, jaccard]);
    return vector.map((x) => (Number.isFinite(x) ? x : 0));
  });
  const D2 = vectors.map((vector, k) =>
    k === 0 ? 0 : sum(Array.from(vector, (x, i) => (x - (vectors[k - 1]?.[i] ?? 0)) ** 2)) / 128,
  );
  let [E, I, S, V, lambda1, integral] = [0.5, 0.9, 0.5, 0, 0.15, 0];
  const voids: number[] = [];
  return inputs.map((_, k) => {
    const d = D2[k] ?? 0;
    const C = (1 + Math.tanh(V)) / 2;
    [E, I, S, V] = [
      within(0, 1, E + 0.1 * ((I - E) / 2 - (E * S) / 10 + lambda1 * E * d)),
      within(0, 1, I + 0.1 * (-S / 10 + (I * C) / 20 - 0.3 * (I - I * I))),
      within(0, 1, S + 0.1 * (lambda1 * d - 0.8 * S - C / 20)),
      0.96 * V + 0.03 * (E - I),
    ];
    voids.push(V);
    const last = voids.slice(-100).map(Math.abs);
    const mean = sum(last) / last.length;
    // E[x^2] - E[x]^2, which is another way to the same deviation.
    const deviation = Math.sqrt(Math.max(0, sum(last.map((x) => x * x)) / last.length - mean * mean));
    const T = voids.length < 10 ? 0.15 : within(0.1, 0.3, mean + 2 * deviation);
    const coherence = Math.exp(-10 * Math.sqrt(d));
    if ((k + 1) % 10 === 0) {
      const f = last.filter((x) => x > T).length / last.length;
      integral = within(-5, 5, integral + (0.02 - f) / 10);
      lambda1 = within(0.05, 0.2, lambda1 + 0.35 * (0.02 - f) + 0.15 * (coherence - 0.85) + integral / 20);
    }
    const hits = [
      /ignore previous/i,
      /system prompt/i,
      /jailbreak/i,
      /sudo/i,
      /rm -rf/i,
      /drop table/i,
      /script>/i,
      /violate/i,
    ]
      .concat([/bypass/i, /override safety/i])
      .filter((p) => p.test(texts[k] ?? '')).length;
    const length = logistic((Array.from(texts[k] ?? '').length - 2000) / 500);
    const risk = within(
      0,
      1,
      length / 5 + 0.3 * (complexities[k] ?? 0) + 0.3 * (1 - coherence) + (0.2 * within(0, 3, hits)) / 3,
    );
    return [E, I, S, V, lambda1, integral, T, coherence, risk];
  });
}

/** Calm stretches, drifts and jumps, with and without parameters, in an order that is always the same. */
function longRun(updates: number): readonly EisvInput[] {
  let seed = 20_251_119;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const pool = [
    'Fixed',
    'the',
    'parser',
    'tool_call',
    '```',
    'async',
    'sudo',
    'bypass',
    'naïve',
    '\u{1f52a}',
    'Tests',
    'ok',
    'rm -rf',
  ];
  let level = 0.5;
  return Array.from({ length: updates }, (_, k) => {
    const phase = Math.floor(k / 50) % 5;
    level += ([0, 0.03, 0, 0.05, 3][phase] ?? 0) * random();
    const texts = phase === 2 || random() < 0.05;
    const wild = phase === 4 && random() < 0.8;
    const size = Math.floor(random() * (random() < 0.1 ? 600 : 30));
    const summary = Array.from({ length: size }, () => pool[Math.floor(random() * pool.length)]).join(' ');
    const given = phase === 1 ? 128 : Math.floor(random() * 140);
    const parameters = Array.from({ length: given }, (_x, i) => (wild ? random() * 40 : level + i / 500));
    return {
      summary,
      complexity: random() < 0.5 ? null : random(),
      parameters: texts ? null : phase === 0 ? [level] : parameters,
    };
  });
}

describe('a thousand updates', () => {
  const inputs = longRun(1_000);
  const made = updatesOf(inputs);
  const facts = made.map((update) => update.facts);

  it('agree with a second implementation to 1e-9', () => {
    let furthest = 0;
    secondOpinion(inputs).forEach(([E, I, S, V, lambda1, integral, T, coherence, risk], k) => {
      const { facts: mine, threshold } = made[k] ?? {};
      if (mine === undefined) throw new Error('too few');
      const pairs = [
        [mine.E, E],
        [mine.I, I],
        [mine.S, S],
        [mine.V, V],
        [mine.lambda1, lambda1],
        [mine.integral, integral],
        [threshold, T],
        [mine.coherence, coherence],
        [mine.risk, risk],
        [mine.sampling.temperature, 0.5 + 0.7 * (lambda1 ?? 0)],
        [mine.sampling.topP, 0.85 + 0.1 * (lambda1 ?? 0)],
        [mine.time, (k + 1) / 10],
        [Number(mine.void), Number(Math.abs(V ?? 0) > (T ?? 0))],
      ];
      for (const [one = 0, other = Number.NaN] of pairs) furthest = Math.max(furthest, Math.abs(one - other));
    });
    expect(furthest).toBeLessThan(1e-9);
  });

  it('pass through everything there is to disagree about', () => {
    const seen = (of: (facts: EisvFacts) => unknown) => new Set(facts.map(of));
    expect(seen(({ decision }) => decision)).toEqual(new Set(['approve', 'revise', 'reject']));
    expect(seen((one) => one.void)).toEqual(new Set([true, false]));
    expect(seen(({ lambda1 }) => lambda1).size).toBeGreaterThan(8);
    expect([...seen(({ lambda1 }) => lambda1)]).toEqual(expect.arrayContaining([0.05, 0.2]));
    expect([...seen(({ E }) => E)]).toContain(1);
    expect([...seen(({ S }) => S)]).toEqual(expect.arrayContaining([0, 1]));
  });
});

describe('hostile input', () => {
  const number = fc.oneof(
    fc.double(),
    fc.double({ min: -2, max: 2 }),
    fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '',
      ' ',
      '\ud800',
      '\udc00 \ufeff',
      '\u0000',
      '\u0130',
      'sudo rm -rf script>',
      'x'.repeat(4_096),
      '\u{1f52a}'.repeat(1_024),
    ),
  );
  const input: fc.Arbitrary<EisvInput> = fc.record({
    summary: text,
    complexity: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    parameters: fc.option(
      fc.oneof(
        fc.array(number, { maxLength: 140 }),
        number.map((value) => Array<number>(128).fill(value)),
      ),
    ),
  });

  it('never leads out of bounds, nor to what is no number', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 40 }), (inputs) => {
        expect(run(inputs).flatMap(flaws)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('not in a long run either', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 2, maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (some, each) => {
        const inputs = Array.from({ length: 400 }, (_, k) => some[Math.floor(k / each) % some.length]);
        expect(run(inputs.filter((one) => one !== undefined)).flatMap(flaws)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves nothing that JSON would change: a state read back goes on bit for bit', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 25 }), (inputs) => {
        let [kept, read]: [EisvState, EisvState] = [EISV_START, EISV_START];
        for (const one of inputs) {
          const { facts } = updateEisv(kept, one);
          const again = updateEisv(read, one);
          expect(again.facts).toStrictEqual(facts);
          kept = eisvAfter(kept, facts, one.summary);
          read = copied(eisvAfter(read, copied(again.facts), copied(one.summary)));
          expect(read).toStrictEqual(kept);
        }
      }),
      { numRuns: 100 },
    );
  });

  function copied<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
  }

  function flaws(facts: EisvFacts): readonly string[] {
    const { E, I, S, V, lambda1, integral, coherence, risk, time, sampling, parameters } = facts;
    const numbers = { E, I, S, V, lambda1, integral, coherence, risk, time, ...sampling };
    const endless = Object.entries(numbers).filter(([, value]) => !Number.isFinite(value) || Object.is(value, -0));
    const outside = Object.entries({ E, I, S, coherence, risk }).filter(([, value]) => value < 0 || value > 1);
    const far = [
      ...(lambda1 >= 0.05 && lambda1 <= 0.2 ? [] : [`lambda1 ${lambda1}`]),
      ...(Math.abs(integral) <= 5 ? [] : [`integral ${integral}`]),
      ...(Math.abs(V) <= 0.75 ? [] : [`V ${V}`]),
      ...(parameters.length <= 128 && parameters.every(Number.isFinite) && parameters.at(-1) !== 0
        ? []
        : ['parameters']),
    ];
    return [...[...endless, ...outside].map((entry) => entry.join(' ')), ...far];
  }
});

describe('the history', () => {
  it('has the newest value in it when the threshold is taken: the tenth update is the first to adapt', () => {
    const calm = Array.from({ length: 10 }, () => ({ summary: '', complexity: null, parameters: [] }));
    expect(updatesOf(calm).map(({ threshold }) => threshold)).toEqual([...Array<number>(9).fill(0.15), 0.1]);
  });

  it('is of a hundred values', () => {
    let state = EISV_START;
    for (const input of longRun(130)) state = eisvAfter(state, updateEisv(state, input).facts, input.summary);
    expect(state.updates).toBe(130);
    expect(state.history).toHaveLength(100);
    expect(state.history.at(-1)).toBe(state.V);
  });
});
