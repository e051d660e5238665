import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyArbitrary } from '../../../test/support/key-arbitrary.ts';
import { keysConflict } from '../resource/conflict.ts';
import { formatKey } from '../resource/resource-key.ts';
import { conflictBuckets, conflictSortKeys, lookUp } from './conflict-index.ts';

// Only the weight of a table is asked; this one is never empty.
const table = { weight: () => 1 };

/** True when looking for claims that may conflict with `asked` comes upon a claim on `claimed`. */
function isFound(claimed: string, asked: string): boolean {
  const { exact, wide, range } = lookUp(table, asked);
  if (conflictBuckets([claimed], 'exact').includes(exact)) return true;
  if (conflictBuckets([claimed], 'wide').some((bucket) => wide.includes(bucket))) return true;
  return range !== null && conflictSortKeys([claimed]).some((key) => range.from <= key && key < range.to);
}

describe('the index of claims', () => {
  it('finds every claim that conflicts, whether or not the fleet folds case', () => {
    fc.assert(
      fc.property(keyArbitrary, keyArbitrary, fc.boolean(), (claimed, asked, foldCase) => {
        fc.pre(keysConflict(claimed, asked, foldCase));
        expect(isFound(formatKey(claimed), formatKey(asked))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['file:@w/src/b.ts', 'file:@w/src/a.ts', false],
    ['file:@w/lib/', 'file:@w/src/a.ts', false],
    ['file:@w/src-2/a.ts', 'file:@w/src/', false],
    ['file:@w/src.ts', 'file:@w/src/', false],
    ['file:@w/src0', 'file:@w/src/', false],
    ['file:@w/src/\u{10ffff}', 'file:@w/src/', true],
    ['task:a', 'task:b', false],
  ])('a claim on %s is looked at for %s: %s', (claimed, asked, expected) => {
    expect(isFound(claimed, asked)).toBe(expected);
  });
});
