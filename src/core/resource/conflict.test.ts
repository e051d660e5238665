import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyCovers, keysConflict } from './conflict.ts';
import { anchorOf, lookupPlan } from './conflict-index-keys.ts';
import type { ParsedKey } from './parsed-key.ts';
import { checkKey, parseKey } from './resource-key.ts';

function key(text: string): ParsedKey {
  const checked = checkKey(text);
  if (typeof checked !== 'string') throw new Error(checked.message);
  return parseKey(checked);
}

describe('two keys conflict when they can name the same thing', () => {
  it.each([
    ['file:@w/src/a.ts', 'file:@w/src/a.ts', true],
    ['file:@w/src/a.ts', 'file:@w/src/b.ts', false],
    ['file:@w/src/a.ts', 'file:@v/src/a.ts', false], // another worktree
    ['file:@w/src/a.ts', 'repo:src/a.ts', true],
    ['repo:src/a.ts', 'repo:src/a.ts', true],
    ['repo:src/', 'file:@v/src/a.ts', true],
    ['repo:*.ts', 'file:@v/src/a.ts', false],
    ['file:@w/src/', 'file:@w/src/a.ts', true],
    ['file:@w/src/', 'file:@w/src', true], // the folder itself
    ['file:@w/src/', 'file:@w/srcs', false],
    ['file:@w/src/', 'file:@w/src/core/', true],
    ['file:@w/src/', 'file:@w/lib/', false],
    ['file:@w/', 'file:@w/lib/', true],
    ['file:@w/', 'file:@w/', true],
    ['file:@w/', 'file:@v/', false],
    ['file:@w/src/**', 'file:@w/src/a.ts', true],
    ['file:@w/src/**/*.ts', 'file:@w/**/a.*', true],
    ['file:@w/src/*.ts', 'file:@w/src/core/', false],
    ['file:@w/src/**', 'file:@w/src/core/', true],
    ['file:@w/**/a.ts', 'file:@w/src/', true],
    ['file:@w/src/a.ts#parse', 'file:@w/src/a.ts', true],
    ['file:@w/src/a.ts#parse', 'file:@w/src/', true],
    ['file:@w/src/a.ts#parse', 'file:@w/src/*.ts', true],
    ['file:@w/src/a.ts#parse', 'file:@w/src/*.md', false],
    ['file:@w/src/a.ts#parse', 'file:@w/src/a.ts#parse', true],
    ['file:@w/src/a.ts#Foo', 'file:@w/src/a.ts#Foo.bar', true],
    ['file:@w/src/a.ts#Foo.bar', 'file:@w/src/a.ts#Foo.baz', false],
    ['file:@w/src/a.ts#Foo', 'file:@w/src/a.ts#Foobar', false],
    ['file:@w/src/a.ts#Foo', 'file:@w/src/b.ts#Foo', false],
    ['file:@w/src/a.ts#Foo', 'repo:src/a.ts#Foo.bar', true],
    ['file:@w/app/%5Bid%5D/page.tsx', 'file:@w/app/i/page.tsx', false],
    ['file:@w/app/%5Bid%5D/page.tsx', 'file:@w/app/*/page.tsx', true],
    ['file:@w/app/%5Bid%5D/*', 'file:@w/app/%5Bid%5D/page.tsx', true],
    ['task:a', 'task:a', true],
    ['task:a', 'task:A', false],
    ['task:a', 'port:a', false],
    ['task:src/', 'task:src/a', false], // names are only names
    ['task:src/a.ts', 'file:@w/src/a.ts', false],
  ])('%s  %s  %s', (left, right, expected) => {
    expect(keysConflict(key(left), key(right), false)).toBe(expected);
    expect(keysConflict(key(right), key(left), false)).toBe(expected);
  });

  it.each([
    ['file:@w/src/a.ts', 'file:@w/SRC/A.ts', true],
    ['file:@w/src/a.ts', 'file:@v/SRC/A.ts', false],
    ['file:@w/SRC/', 'file:@w/src/a.ts', true],
    ['file:@w/SRC/*.TS', 'file:@w/src/a.ts', true],
    ['file:@w/SRC/*.TS', 'file:@w/src/**/A.ts', true],
    ['file:@w/SRC/*.TS', 'file:@w/src/', true],
    ['file:@w/ÄB/[À-Ö]', 'file:@w/äb/ö', true],
    ['file:@w/src/a.ts#parse', 'file:@w/SRC/a.ts#parse', true],
    ['file:@w/src/a.ts#parse', 'file:@w/src/a.ts#Parse', false], // a symbol is no file name
    ['task:a', 'task:A', false],
  ])('where the fleet folds case: %s  %s  %s', (left, right, expected) => {
    expect(keysConflict(key(left), key(right), true)).toBe(expected);
    expect(keysConflict(key(right), key(left), true)).toBe(expected);
  });
});

describe('a key covers another when it names all that the other names', () => {
  it.each([
    ['file:@w/src/', 'file:@w/src/a.ts', true],
    ['file:@w/src/', 'file:@w/src', true],
    ['file:@w/src/', 'file:@w/src/a.ts#parse', true],
    ['file:@w/src/', 'file:@w/src/core/', true],
    ['file:@w/src/', 'file:@w/src/', true],
    ['file:@w/src/', 'file:@w/src/**/*.ts', true],
    ['file:@w/src/', 'file:@w/**/*.ts', false],
    ['file:@w/src/core/', 'file:@w/src/', false],
    ['file:@w/', 'file:@w/**', true],
    ['file:@w/src/a.ts', 'file:@w/src/a.ts', true],
    ['file:@w/src/a.ts', 'file:@w/src/a.ts#parse', true],
    ['file:@w/src/a.ts', 'file:@w/src/a.ts/', false],
    ['file:@w/src/a.ts#Foo', 'file:@w/src/a.ts#Foo.bar', true],
    ['file:@w/src/a.ts#Foo.bar', 'file:@w/src/a.ts#Foo', false],
    ['file:@w/src/a.ts#Foo', 'file:@w/src/a.ts', false],
    ['file:@w/src/*.ts', 'file:@w/src/a.ts', true],
    ['file:@w/src/*.ts', 'file:@w/src/a.ts#Foo', true],
    ['file:@w/src/*.ts', 'file:@w/src/*.ts', true],
    ['file:@w/src/*.ts', 'file:@w/src/a.md', false],
    ['file:@w/src/**', 'file:@w/src/*.ts', false], // true, but not found out
    ['file:@w/app/%5Bid%5D/', 'file:@w/app/%5Bid%5D/*', true],
    ['repo:src/', 'file:@w/src/a.ts', true],
    ['file:@w/src/', 'repo:src/a.ts', false],
    ['task:a', 'task:a', true],
    ['task:a', 'task:b', false],
  ])('%s  %s  %s', (outer, inner, expected) => {
    expect(keyCovers(key(outer), key(inner), false)).toBe(expected);
  });

  it('ignores case where the fleet does', () => {
    expect(keyCovers(key('file:@w/SRC/'), key('file:@w/src/a.ts'), true)).toBe(true);
    expect(keyCovers(key('file:@w/SRC/'), key('file:@w/src/a.ts'), false)).toBe(false);
  });
});

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
const parsedKey: fc.Arbitrary<ParsedKey> = fc.oneof(
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

describe('for all keys', () => {
  it('conflict is symmetric, and every key conflicts with itself and covers itself', () => {
    fc.assert(
      fc.property(parsedKey, parsedKey, fc.boolean(), (a, b, foldCase) => {
        expect(keysConflict(a, b, foldCase)).toBe(keysConflict(b, a, foldCase));
        expect(keysConflict(a, a, foldCase)).toBe(true);
        expect(keyCovers(a, a, foldCase)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('folding case never takes a conflict away', () => {
    fc.assert(
      fc.property(parsedKey, parsedKey, (a, b) => {
        fc.pre(keysConflict(a, b, false));
        expect(keysConflict(a, b, true)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('what is covered conflicts with everything that meets the covered one', () => {
    fc.assert(
      fc.property(parsedKey, parsedKey, parsedKey, fc.boolean(), (outer, inner, other, foldCase) => {
        fc.pre(keyCovers(outer, inner, foldCase) && keysConflict(inner, other, foldCase));
        expect(keysConflict(outer, other, foldCase)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('the index finds every claim that conflicts, whether or not the fleet folds case', () => {
    fc.assert(
      fc.property(parsedKey, parsedKey, fc.boolean(), (claim, asked, foldCase) => {
        fc.pre(keysConflict(claim, asked, foldCase));
        const anchor = anchorOf(claim);
        const { points, ranges } = lookupPlan(asked, ['v', 'w']);
        expect(points.includes(anchor) || ranges.some(({ from, to }) => from <= anchor && anchor < to)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('where an index looks', () => {
  it.each([
    [
      'file:@w/src/core/a.ts',
      '@w/src/core/a.ts',
      ['@*', '@*/src', '@*/src/core', '@*/src/core/a.ts', '@w', '@w/src', '@w/src/core', '@w/src/core/a.ts'],
      [],
    ],
    [
      'file:@w/SRC/',
      '@w/src',
      ['@*', '@*/src', '@w', '@w/src'],
      [
        ['@*/src/', '@*/src0'],
        ['@w/src/', '@w/src0'],
      ],
    ],
    [
      'file:@w/',
      '@w',
      ['@*', '@w'],
      [
        ['@*/', '@*0'],
        ['@w/', '@w0'],
      ],
    ],
    [
      'file:@w/src/a*/b',
      '@w/src',
      ['@*', '@*/src', '@w', '@w/src'],
      [
        ['@*/src/', '@*/src0'],
        ['@w/src/', '@w/src0'],
      ],
    ],
    [
      'file:@w/%5Ba%5D/*',
      '@w/[a]',
      ['@*', '@*/[a]', '@w', '@w/[a]'],
      [
        ['@*/[a]/', '@*/[a]0'],
        ['@w/[a]/', '@w/[a]0'],
      ],
    ],
    ['file:@w/a#f', '@w/a', ['@*', '@*/a', '@w', '@w/a'], []],
    ['repo:a', '@*/a', ['@*', '@*/a', '@v', '@v/a', '@w', '@w/a'], []],
    [
      'repo:a/',
      '@*/a',
      ['@*', '@*/a', '@v', '@v/a', '@w', '@w/a'],
      [
        ['@*/a/', '@*/a0'],
        ['@v/a/', '@v/a0'],
        ['@w/a/', '@w/a0'],
      ],
    ],
    ['task:x/y', 'task:x/y', ['task:x/y'], []],
  ])('%s is filed under %s', (text, anchor, points, ranges) => {
    expect(anchorOf(key(text))).toBe(anchor);
    const plan = lookupPlan(key(text), ['v', 'w']);
    expect(plan.points).toEqual(points);
    expect(plan.ranges).toEqual(ranges.map(([from, to]) => ({ from, to })));
  });

  it('a range holds what lies beneath and nothing beside it', () => {
    const [range] = lookupPlan(key('file:@w/a/'), []).ranges.slice(1);
    const inside = (text: string): boolean => range !== undefined && range.from <= text && text < range.to;
    expect(['@w/a/b', '@w/a/\u{10ffff}', '@w/a/-'].every(inside)).toBe(true);
    expect(['@w/a', '@w/a-b', '@w/a.b', '@w/a0', '@w/ab', '@wx/a/b'].some(inside)).toBe(false);
  });
});
