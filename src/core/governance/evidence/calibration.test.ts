import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, hasSucceeded } from './calibration.ts';

type Labelled = Parameters<typeof calibrationOf>[0][number];

const says = (confidence: number | null, ...oks: boolean[]): Labelled => ({
  confidence,
  outcomes: oks.map((ok, i) => ({ kind: `kind ${i}`, ok })),
});

describe('calibration', () => {
  it('says nothing without labels', () => {
    const nothing = { labels: 0, brier: null, bins: [] };
    expect(calibrationOf([])).toEqual(nothing);
    expect(calibrationOf([says(0.9), says(null, true), says(null)])).toEqual(nothing);
  });

  it('is 0 for who is always sure and right, 1 for who is always sure and wrong, a quarter for a coin', () => {
    expect(calibrationOf([says(1, true), says(0, false)]).brier).toBe(0);
    expect(calibrationOf([says(1, false), says(0, true)]).brier).toBe(1);
    expect(calibrationOf([says(0.5, true), says(0.5, false)]).brier).toBe(0.25);
  });

  it('needs every outcome to be good', () => {
    expect([says(1, true, true), says(1, true, false), says(1, false), says(1)].map(hasSucceeded)).toEqual([
      true,
      false,
      false,
      null,
    ]);
  });

  it.each([
    [0, 0],
    [0.099_999, 0],
    [0.1, 0.1],
    [0.299_999_999_999_999_9, 0.2],
    [0.3, 0.3],
    [0.7, 0.7],
    [0.899_999, 0.8],
    [0.9, 0.9],
    [1, 0.9],
  ])('%d belongs to the bin from %d', (confidence, from) => {
    expect(calibrationOf([says(confidence, true)]).bins).toEqual([
      { from, count: 1, meanConfidence: confidence, succeeded: 1 },
    ]);
  });

  it('shows bins that hold something, ascending', () => {
    const { bins } = calibrationOf([
      says(0.95, true),
      says(0.25, false),
      says(0.25, true),
      says(0.85),
      says(0.95, true),
    ]);
    expect(bins).toEqual([
      { from: 0.2, count: 2, meanConfidence: 0.25, succeeded: 0.5 },
      { from: 0.9, count: 2, meanConfidence: 0.95, succeeded: 1 },
    ]);
  });
});

describe('any check-ins', () => {
  const confidence = fc.double({ min: 0, max: 1, noNaN: true });
  const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 3 });
  const labelled = fc.tuple(confidence, outcomes).map(([stated, oks]) => says(stated, ...oks));
  const unlabelled = fc.oneof(
    confidence.map((stated) => says(stated)),
    outcomes.map((oks) => says(null, ...oks)),
    fc.constant(says(null)),
  );

  it('have the mean of the squares as their score, and bins that add up', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(labelled, unlabelled), { maxLength: 60 }), (checkIns) => {
        let [count, squares, good] = [0, 0, 0];
        for (const one of checkIns) {
          if (one.confidence === null || one.outcomes.length === 0) continue;
          const failed = one.outcomes.some(({ ok }) => !ok);
          count += 1;
          squares += failed ? one.confidence * one.confidence : (1 - one.confidence) * (1 - one.confidence);
          good += failed ? 0 : 1;
        }
        const { labels, brier, bins } = calibrationOf(checkIns);
        expect(labels).toBe(count);
        expect(brier === null).toBe(count === 0);
        expect(brier ?? 0).toBeCloseTo(count === 0 ? 0 : squares / count, 12);
        const total = (of: (bin: (typeof bins)[number]) => number) => bins.reduce((sum, bin) => sum + of(bin), 0);
        expect(total((bin) => bin.count)).toBe(count);
        expect(total((bin) => bin.count * bin.succeeded)).toBeCloseTo(good, 9);
        for (const bin of bins) {
          expect(bin.meanConfidence).toBeGreaterThanOrEqual(bin.from - 1e-12);
          expect(bin.meanConfidence).toBeLessThanOrEqual(bin.from + 0.1 + 1e-12);
        }
      }),
    );
  });

  it('have the same score wherever unlabelled ones stand among them', () => {
    const mixed = fc.tuple(
      fc.array(labelled, { maxLength: 20 }),
      fc.array(fc.tuple(unlabelled, fc.nat(20)), { maxLength: 20 }),
    );
    fc.assert(
      fc.property(mixed, ([known, strewn]) => {
        const among = [...known];
        for (const [one, place] of strewn) among.splice(place, 0, one);
        expect(calibrationOf(among)).toEqual(calibrationOf(known));
      }),
    );
  });
});
