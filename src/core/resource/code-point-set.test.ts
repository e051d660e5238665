import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCodePoint } from './case-folding.ts';
import {
  type CodePointSet,
  complement,
  foldSet,
  intersection,
  NAME_CHARACTERS,
  sharedBy,
  union,
} from './code-point-set.ts';

const range = fc
  .tuple(fc.integer({ min: 0x20, max: 0x180 }), fc.integer({ min: 0, max: 20 }))
  .map(([from, length]) => ({ from, to: from + length }));
const set = fc.array(range, { maxLength: 4 }).map((ranges) => intersection(union(ranges), NAME_CHARACTERS));

function members(codePoints: CodePointSet): readonly number[] {
  return codePoints.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

describe('sets of code points', () => {
  it('are sorted ranges that do not touch, after every operation', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        for (const result of [union([...left, ...right]), intersection(left, right), complement(left), foldSet(left)]) {
          result.forEach(({ from, to }, index) => {
            expect(from).toBeLessThanOrEqual(to);
            expect(from).toBeGreaterThan(result[index - 1]?.to ?? -1);
          });
        }
      }),
    );
  });

  it('are what the sets of their members are', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const [a, b] = [new Set(members(left)), new Set(members(right))];
        expect(new Set(members(union([...left, ...right])))).toEqual(new Set([...a, ...b]));
        expect(new Set(members(intersection(left, right)))).toEqual(new Set([...a].filter((member) => b.has(member))));
        expect(intersection(left, complement(left))).toEqual([]);
        expect(union([...left, ...complement(left)]).length).toBe(NAME_CHARACTERS.length);
      }),
    );
  });

  it('have a complement that begins behind them, where they begin at the beginning', () => {
    expect(complement([{ from: 0, to: 0x60 }])[0]).toEqual({ from: 0x61, to: 0x7e });
  });

  it('fold member by member', () => {
    fc.assert(
      fc.property(set, (codePoints) => {
        expect(new Set(members(foldSet(codePoints)))).toEqual(new Set(members(codePoints).map(foldCodePoint)));
      }),
    );
  });

  it('say what they share: the dot, anything else', () => {
    const of = (text: string): CodePointSet =>
      union(Array.from(text, (character) => ({ from: character.charCodeAt(0), to: character.charCodeAt(0) })));
    expect(sharedBy(of('.'), of('.'))).toEqual({ dot: true, other: false });
    expect(sharedBy(of('.a'), of('ab'))).toEqual({ dot: false, other: true });
    expect(sharedBy(of('.a'), NAME_CHARACTERS)).toEqual({ dot: true, other: true });
    expect(sharedBy(of('a'), of('b'))).toEqual({ dot: false, other: false });
  });
});
