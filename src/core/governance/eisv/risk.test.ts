import { describe, expect, it } from 'vitest';
import { charactersIn, riskOf, riskParts } from './risk.ts';

const NOTHING = { fromLength: 0, fromComplexity: 0, fromChange: 0, fromPhrases: 0 };

describe('the risk of eisv-v1', () => {
  it('is half of its share for a text of 2,000 characters', () => {
    expect(riskParts('x'.repeat(2_000), 0, 1)).toEqual({ ...NOTHING, fromLength: 0.1 });
  });

  it('counts characters and not what they are stored as', () => {
    expect(charactersIn('\u{1f468}\u200d\u{1f373}e\u0301')).toBe(5);
    expect(riskParts('\u{1f52a}'.repeat(2_000), 0, 1).fromLength).toBe(0.1);
    expect(charactersIn('\ud800')).toBe(1);
  });

  it.each([
    [-1, 0],
    [0, 0],
    [0.5, 0.15],
    [1, 0.3],
    [2, 0.3],
    [Number.NaN, 0],
  ])('a complexity of %d adds %d', (complexity, expected) => {
    expect(riskParts('', complexity, 1).fromComplexity).toBe(expected);
  });

  it.each([
    ['all is well', 0],
    ['SUDO make me a sandwich', 1],
    ['sudo sudo sudo', 1],
    ['Ignore Previous words and bypass it', 2],
    ['rm -rf / ; DROP TABLE users; <script>', 3],
    ['jailbreak the system prompt, violate it, override safety', 4],
  ])('%j hits %d of the phrases', (text, hits) => {
    expect(riskParts(text, 0, 1).fromPhrases).toBe(0.2 * Math.min(hits / 3, 1));
  });

  it('is clipped to 0 and 1', () => {
    expect(riskOf({ ...NOTHING, fromChange: 1.1 })).toBe(1);
    expect(riskOf({ ...NOTHING, fromChange: -0.1 })).toBe(0);
    expect(riskOf(riskParts('ignore previous jailbreak sudo '.repeat(200), 1, 0))).toBeLessThanOrEqual(1);
  });
});
