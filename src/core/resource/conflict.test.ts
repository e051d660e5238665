import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyArbitrary as parsedKey } from '../../../test/support/key-arbitrary.ts';
import { keyCovers, keysConflict } from './conflict.ts';
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
});
