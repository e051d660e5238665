import { describe, expect, it } from 'vitest';
import { decisionOf, samplingOf, statusOf } from './decision.ts';

const just = { below: (value: number) => value - 1e-12, above: (value: number) => value + 1e-12 };
const calm = { void: false, coherence: 1, risk: 0 };

describe('the decision of eisv-v1', () => {
  it.each([
    ['nothing at all', calm, 'approve'],
    ['risk just below 0.30', { ...calm, risk: just.below(0.3) }, 'approve'],
    ['risk of exactly 0.30', { ...calm, risk: 0.3 }, 'revise'],
    ['risk just below 0.70', { ...calm, risk: just.below(0.7) }, 'revise'],
    ['risk of exactly 0.70', { ...calm, risk: 0.7 }, 'reject'],
    ['coherence of exactly 0.60', { ...calm, coherence: 0.6 }, 'approve'],
    ['coherence just below 0.60', { ...calm, coherence: just.below(0.6) }, 'reject'],
    ['a void, whatever the risk', { ...calm, void: true }, 'reject'],
  ] as const)('%s', (_, seen, decision) => {
    expect(decisionOf(seen)).toBe(decision);
  });

  it.each([
    ['nothing at all', calm, 'healthy'],
    ['risk of exactly 0.70', { ...calm, risk: 0.7 }, 'healthy'],
    ['risk just above 0.70', { ...calm, risk: just.above(0.7) }, 'degraded'],
    ['coherence of exactly 0.60', { ...calm, coherence: 0.6 }, 'healthy'],
    ['coherence just below 0.60', { ...calm, coherence: just.below(0.6), risk: 1 }, 'critical'],
    ['a void', { ...calm, void: true }, 'critical'],
  ] as const)('the status: %s', (_, seen, status) => {
    expect(statusOf(seen)).toBe(status);
  });

  it('cuts the tokens off and rounds nothing', () => {
    expect(samplingOf(0.1796)).toMatchObject({ maxTokens: 171 });
    expect(samplingOf(0.179_99)).toMatchObject({ maxTokens: 171 });
    expect(samplingOf(0.18)).toMatchObject({ maxTokens: 172 });
    expect(samplingOf(0.05)).toEqual({ temperature: 0.535, topP: 0.855, maxTokens: 120 });
    expect(samplingOf(0.2)).toEqual({ temperature: 0.64, topP: 0.87, maxTokens: 180 });
  });
});
