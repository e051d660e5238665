// Resource keys for property tests.

import * as fc from 'fast-check';
import type { ParsedKey } from '../../src/core/resource/parsed-key.ts';

const segment = fc.constantFrom('a', 'b', 'A', 'a-b', 'a0', 'ä', '[a]');
const pathText = fc.array(segment, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const globText = fc
  .array(fc.constantFrom('a', 'b', 'A', '*', '**', 'a*', '{a,b}', '[!a]', '%5Ba%5D'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'))
  .filter((text) => /[*?[{]/.test(text));
const place = fc.constantFrom(
  { kind: 'file' as const, space: 'w' },
  { kind: 'file' as const, space: 'v' },
  { kind: 'repo' as const, space: '*' },
);
/** Parsed keys of all forms, in two worktrees and in all of them, over few names so that many of them meet. */
export const keyArbitrary: fc.Arbitrary<ParsedKey> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('a', 'b').map((name): ParsedKey => ({ form: 'name', kind: 'task', name })) },
  { weight: 3, arbitrary: fc.tuple(place, pathText).map(([at, path]): ParsedKey => ({ ...at, form: 'exact', path })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, fc.oneof(pathText, fc.constant('')))
      .map(([at, path]): ParsedKey => ({ ...at, form: 'tree', path })),
  },
  { weight: 3, arbitrary: fc.tuple(place, globText).map(([at, path]): ParsedKey => ({ ...at, form: 'glob', path })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(place, pathText, fc.constantFrom('f', 'f.g', 'h'))
      .map(([at, path, symbol]): ParsedKey => ({ ...at, form: 'symbol', path, symbol })),
  },
);
