// Which paths a glob names, and which pairs of globs name a common one.

import { matchesGlob } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodePointSet, intersection } from './code-point-set.ts';
import { flawOfGlob, globAutomaton, globMatches, globMeetsTree, globsMeet } from './glob.ts';
import type { Automaton } from './glob-automaton.ts';
import { meet } from './glob-intersection.ts';
import { escapeName } from './key-text.ts';

/** Also asks for the intersection with the one path, which must say the same. */
function matches(pattern: string, path: string, foldCase = false): boolean {
  const isMatched = globMatches(pattern, path, foldCase);
  if (isValidPath(path) && globsMeet(pattern, escapeName(path), foldCase) !== isMatched) {
    throw new Error(`${pattern} and ${path}: matching and intersecting differ`);
  }
  return isMatched;
}

function intersect(left: string, right: string, foldCase = false): boolean {
  return globsMeet(left, right, foldCase);
}

describe('what a glob matches', () => {
  it.each([
    // pattern, path, matches
    ['*.ts', 'a.ts', true],
    ['*.ts', '.ts', true], // a leading dot is matched too
    ['*', '.git', true],
    ['*.ts', 'src/a.ts', false],
    ['src/*', 'src/a.ts', true],
    ['src/*', 'src', false],
    ['src/?.ts', 'src/a.ts', true],
    ['src/?.ts', 'src/😀.ts', true], // one code point is one character
    ['src/?.ts', 'src/ab.ts', false],
    ['?', '/', false],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[^a-c]x', 'bx', false],
    ['[!a]x', '/x', false],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[-a]', '-', true],
    ['[%5D]', ']', true],
    ['[*?]', '*', true],
    ['a]', 'a]', true],
    ['a}', 'a}', true],
    ['a,b*', 'a,b', true],
    ['{a,b}.ts', 'b.ts', true],
    ['{a,b}.ts', 'c.ts', false],
    ['a{,b}', 'a', true],
    ['a{,b}', 'ab', true],
    ['{a,{b,c}d}', 'cd', true],
    ['{a/b,c}/d', 'a/b/d', true],
    ['{a/b,c}/d', 'c/d', true],
    ['{a,}/b', 'b', true], // as if each alternative were written out
    ['{a%2Cb,c}', 'a,b', true],
    ['%2A*', '*x', true],
    ['%2A*', 'x', false],
    ['%5Bid%5D/*', '[id]/page', true],
    ['**', 'a', true],
    ['**', 'a/b/c', true],
    ['**/b', 'b', true],
    ['**/b', 'a/x/b', true],
    ['**/b', 'ab', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'ab', false],
    ['a/**', 'a/b', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**', 'ab', false],
    ['a/**/**/b', 'a/b', true],
    ['a**', 'ab', true], // two stars within a segment are one
    ['a**', 'a/b', false],
    ['**b', 'ab', true],
    ['**b', 'a/b', false],
    ['***/b', 'a/b', true],
    ['***/b', 'a/a/b', false],
    ['{**,x}/b', 'a/a/b', true],
    ['{**,x}/b', 'b', true],
    ['{a/,b}**', 'a/x/y', true],
    ['{a/,b}**', 'bx', true],
    ['{a/,b}**', 'b/x', false],
    ['a{/**,b}', 'a/x/y', true],
    ['a{/**,b}', 'a', false],
    ['a{/**,b}/c', 'a/c', true],
    ['{**,x}y', 'ay', true],
    ['{**,x}y', 'a/y', false],
    ['src/*/', 'src/a/b/c', true], // a final slash: everything beneath
    ['src/*/', 'src/a', false],
    ['src/{core/,app/}', 'src/core/a/b.ts', true],
    ['src/{core/,app/}', 'src/ports/b.ts', false],
    ['!a*', '!ab', true], // no negation of whole patterns
    ['+(a|b)*', '+(a|b)c', true], // nor of groups
    ['app/(shop)/*', 'app/(shop)/page.tsx', true],
    ['*', '...', true],
  ])('%s  %s  %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('ignores case where the fleet does', () => {
    expect(matches('SRC/*.TS', 'src/a.ts', true)).toBe(true);
    expect(matches('SRC/*.TS', 'src/a.ts', false)).toBe(false);
    expect(matches('[A-C]x', 'bX', true)).toBe(true);
    expect(matches('[!A-Za-z]x', 'sx', true)).toBe(true); // the long s is not in A-Z, and it is an s here
    expect(matches('[!A-Za-z]x', 'bx', true)).toBe(false);
    expect(matches('Σ*', 'ς', true)).toBe(true);
  });
});

describe('which globs name a common path', () => {
  it.each([
    ['src/**/*.ts', '**/a.*', true],
    ['src/**', 'src/a.ts', true],
    ['a/*', 'a/b/c', false],
    ['[a-c]x', '[d-f]x', false],
    ['[a-d]x', '[d-f]x', true],
    ['[!a]x', '[a]x', false],
    ['[!a]x', '[!b]x', true],
    ['[!a-m]', '[a-n]', true],
    ['{src,lib}/**', 'lib/x', true],
    ['{src,lib}/**', 'test/x', false],
    ['?', '.', false], // `.` is no path
    ['??', '..', false],
    ['???', '...', true],
    ['*', '{.,..}', false],
    ['a*', '*b', true],
    ['a*b', 'a*c', false],
    ['*a*', '*b*', true],
    ['**', '*', true],
    ['*/*', '*', false],
    ['**/*/*', '*', false],
    ['**/x', 'x/**', true],
    ['a/**/b', '*/b', true],
    ['a/**/b', '*/c', false],
    ['a/**/b/**/c', 'a/*/*/*/c', true],
    ['a/**/b/**/c', 'a/*', false],
    ['src/**/*.test.ts', 'src/**/*.ts', true],
    ['src/**/*.ts', 'src/**/*.md', false],
    ['src/*.{ts,js}', 'src/a.{js,css}', true],
    ['src/*.{ts,js}', 'src/a.{css,html}', false],
    ['*.ts', 'src/*.ts', false],
    ['**/*.ts', 'docs/**', true],
    ['{a,b}{c,d}', '{b,x}{d,y}', true],
    ['{a,b}{c,d}', '{b,x}{y,z}', false],
  ])('%s  %s  %s', (left, right, expected) => {
    expect(intersect(left, right)).toBe(expected);
    expect(intersect(right, left)).toBe(expected);
  });

  it('compares folded sets exactly where the fleet ignores case', () => {
    expect(intersect('[A-C]x', '[c-e]X', true)).toBe(true);
    expect(intersect('[A-C]x', '[d-e]X', true)).toBe(false);
    expect(intersect('[A-C]x', '[c-e]X', false)).toBe(false);
    expect(intersect('[!a]', 'A', true)).toBe(true); // `A` is matched, and `A` is `a` here
  });
});

describe('a glob that cannot be used', () => {
  it.each([
    ['src/[ab', 'has a [ without a ]'],
    ['src/[', 'has a [ without a ]'],
    ['[]', 'has a [ without a ]'],
    ['[!]', 'has a [ without a ]'],
    ['{a,b', 'has a { without a }'],
    ['{a,{b,c}', 'has a { without a }'],
    ['{a}', 'has braces without a comma'],
    ['{1..3}', 'has braces without a comma'],
    ['[a/b]', 'has a / in a class, but a class never matches /'],
    ['[[:alpha:]]', 'has a named class'],
    ['[z-a]', 'has a range that runs backwards'],
    [`{${Array.from({ length: 65 }, (_, index) => index).join(',')}}`, 'has more than 64 alternatives in braces'],
    ['{.,..}', 'matches no path'],
    ['[.]', 'matches no path'],
  ])('%s', (pattern, flaw) => {
    expect(flawOfGlob(pattern)?.flaw).toBe(flaw);
    expect(flawOfGlob(pattern)?.next).toMatch(/^[A-Z].*\.$/);
    expect(globsMeet(pattern, '**', false)).toBe(false);
  });

  it('takes 64 alternatives', () => {
    expect(flawOfGlob(`{${Array.from({ length: 64 }, (_, index) => index).join(',')}}`)).toBeNull();
  });
});

describe('a tree', () => {
  it.each([
    ['src', 'src', true],
    ['src', 'src/a', true],
    ['src', 'src/a/b', true],
    ['src', 'srcs', false],
    ['src', 's*', true],
    ['src', '*/a', true],
    ['src', 'lib/*', false],
    ['src/core', '*', false],
    ['src/core', '*/*', true],
    ['', '*', true],
    ['', '**/a', true],
  ])('%s/  against  %s  %s', (tree, pattern, expected) => {
    expect(globMeetsTree(pattern, tree, false)).toBe(expected);
  });
});

// Brute force: all valid paths over a small alphabet up to a length, and an independent reading of patterns.
const PATHS = validPaths(['a', 'b', '.', '/'], 5);
const CASED_PATHS = validPaths(['a', 'b', '/'], 3);
const piece = fc.constantFrom(
  'a',
  'b',
  '.',
  '/',
  '*',
  '**',
  '?',
  '[ab]',
  '[!a]',
  '{a,b}',
  '{a/,}',
  '{**,b}',
  '/**/',
  '{.,/a}',
);
const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('').replace(/^\/+/, 'a/'));

describe('over all paths of a small world', () => {
  it('matching is what the alternatives written out match', () => {
    fc.assert(
      fc.property(pattern, (text) => {
        const expected = PATHS.filter((path) => referenceMatches(text, path));
        expect(PATHS.filter((path) => matches(text, path))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('two globs meet where a path exists that both match, and only there', () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        // A common path is found by enumeration, or, when it is longer, read off the automata and then checked.
        const found = PATHS.find((path) => referenceMatches(left, path) && referenceMatches(right, path));
        const common = found ?? commonPath(left, right);
        expect(intersect(left, right)).toBe(common !== null);
        expect(intersect(right, left)).toBe(common !== null);
        fc.pre(common !== null);
        expect([isValidPath(common), referenceMatches(left, common), referenceMatches(right, common)]).not.toContain(
          false,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('where case is folded, two globs meet where each matches a path that folds to the same', () => {
    const cased = fc.constantFrom('a', 'A', 'b', '/', '*', '**', '?', '[ab]', '[!a]', '[!A-Z]', '{a,B}', '/**/');
    const casedPattern = fc
      .array(cased, { minLength: 1, maxLength: 4 })
      .map((pieces) => pieces.join('').replace(/^\/+/, 'a/'));
    fc.assert(
      fc.property(casedPattern, casedPattern, (left, right) => {
        const found = CASED_PATHS.find((path) => foldedMatches(left, path) && foldedMatches(right, path));
        const common = found ?? commonPath(left, right, true);
        expect(intersect(left, right, true)).toBe(common !== null);
        fc.pre(common !== null);
        expect([isValidPath(common), foldedMatches(left, common), foldedMatches(right, common)]).not.toContain(false);
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with the matcher of Node where the languages are the same', () => {
    const plain = fc.constantFrom('a', 'b', '/', '*', '?', '[ab]', '[!a]', '{a,b}', '/**/', 'a.b');
    const plainPattern = fc
      .array(plain, { minLength: 1, maxLength: 6 })
      .map((pieces) =>
        pieces
          .join('')
          .replace(/\/+/g, '/')
          .replace(/^\/|\/$/g, ''),
      )
      .filter((text) => text !== '' && !text.includes('***'));
    const path = fc
      .array(fc.array(fc.constantFrom('a', 'b', 'a.b'), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 })
      .map((names) => names.map((name) => name.join('')).join('/'));
    fc.assert(
      fc.property(plainPattern, path, (text, name) => {
        expect(matches(text, name)).toBe(matchesGlob(name, text));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the cost of an intersection', () => {
  it.each([
    ['stars that never meet', '*a'.repeat(256), '*b'.repeat(256)],
    ['folders that never meet', `${'**/a/'.repeat(102)}b`, `${'**/b/'.repeat(102)}a`],
    ['classes', `${'[!a]*'.repeat(102)}a`, `${'[!b]*'.repeat(102)}b`],
    ['folders of any depth in a row', `${'**/'.repeat(80)}x`, `${'**/'.repeat(80)}y`],
    ['optional parts', `${'{a,b*}'.repeat(32)}${'*?'.repeat(150)}x`, `${'{b,a*}'.repeat(32)}${'?*'.repeat(150)}y`],
  ])('%s: each pair of positions and state of the path at most once', (_name, left, right) => {
    expect(left.length).toBeLessThanOrEqual(512);
    expect(right.length).toBeLessThanOrEqual(512);
    const [a, b] = [globAutomaton(left, false), globAutomaton(right, false)];
    const { visited } = meet(a, b);
    expect(visited).toBeGreaterThan(1_000);
    expect(visited).toBeLessThanOrEqual(PAIRS_MAX);
    // And from each of them only a few steps.
    expect(Math.max(...[a, b].map(mostSteps))).toBeLessThanOrEqual(LIMIT_OF_STEPS);
  });
});

/** Positions of the longest patterns, with what a text may have ended in before them and what the path is. */
const PAIRS_MAX = 513 * 513 * 8;
/** A brace may have as many branches as alternatives are allowed; everything else has fewer. */
const LIMIT_OF_STEPS = 64;

function mostSteps(automaton: Automaton): number {
  const states = Array.from({ length: automaton.size }, (_, id) => automaton.state(id));
  return Math.max(...states.map(({ edges, goesOn }) => edges.length + goesOn.length));
}

function validPaths(alphabet: readonly string[], maxLength: number): readonly string[] {
  let texts = [''];
  const all: string[] = [];
  for (let length = 1; length <= maxLength; length++) {
    texts = texts.flatMap((text) => alphabet.map((character) => text + character));
    all.push(...texts);
  }
  return all.filter(isValidPath);
}

function isValidPath(text: string): boolean {
  return text.split('/').every((name) => !['', '.', '..'].includes(name));
}

/** True when `text` matches a path that folds to `folded`. */
function foldedMatches(text: string, folded: string): boolean {
  return spellings(folded).some((path) => referenceMatches(text, path));
}

function spellings(folded: string): readonly string[] {
  return Array.from(folded).reduce<readonly string[]>(
    (starts, character) =>
      starts.flatMap((start) => [...new Set([character, character.toUpperCase()])].map((each) => start + each)),
    [''],
  );
}

/** Two stars are two stars where they stand side by side in the text, not where braces bring two together. */
const TWO_STARS = '§';

/** Written out, then each alternative as a regular expression, segment by segment. */
function referenceMatches(text: string, path: string): boolean {
  const marked = text.replace(/\*+/g, (stars) => (stars.length === 2 ? TWO_STARS : '*'));
  return alternatives(marked).some((plain) => plainMatches(plain, path));
}

function plainMatches(plain: string, path: string): boolean {
  if (plain.replace(/\/+/g, '') === '') return false;
  const collapsed = plain.replace(/\/+/g, '/').replace(/^\//, '').replace(/\/$/, `/${TWO_STARS}`);
  return segmentsMatch(collapsed.split('/'), path.split('/'));
}

function segmentsMatch(patterns: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = patterns;
  if (first === undefined) return names.length === 0;
  if (first === TWO_STARS) {
    if (rest.length === 0) return names.length > 0;
    return names.some((_, index) => segmentsMatch(rest, names.slice(index))) || segmentsMatch(rest, []);
  }
  const [name, ...others] = names;
  return name !== undefined && segmentMatches(first, name) && segmentsMatch(rest, others);
}

function segmentMatches(text: string, name: string): boolean {
  const source = text.replace(/[.]/g, '\\.').replace(/[*§]+/g, '.*').replace(/\?/g, '.').replace(/\[!/g, '[^');
  return new RegExp(`^(?:${source})$`, 'u').test(name);
}

function alternatives(text: string): readonly string[] {
  const open = text.indexOf('{');
  if (open === -1) return [text];
  const close = text.indexOf('}', open);
  const choices = text.slice(open + 1, close).split(',');
  return choices.flatMap((choice) => alternatives(text.slice(0, open) + choice + text.slice(close + 1)));
}

/** A path that both accept, read off the automata: breadth first, one dot and one other character for each pair of edges. */
function commonPath(left: string, right: string, foldCase = false): string | null {
  const a = globAutomaton(left, foldCase);
  const b = globAutomaton(right, foldCase);
  const seen = new Set<string>();
  const waiting = [{ a: a.start, b: b.start, path: '' }];
  for (const { a: aState, b: bState, path } of waiting) {
    const [aNode, bNode] = [a.state(aState), b.state(bState)];
    if (aNode.accepts && bNode.accepts && isValidPath(path)) return path;
    const pairs = [
      ...aNode.goesOn.map((each) => ({ a: each, b: bState })),
      ...bNode.goesOn.map((each) => ({ a: aState, b: each })),
    ];
    for (const pair of pairs) {
      const id = `${pair.a} ${pair.b} ${pathStateOf(path)}`;
      if (!seen.has(id)) waiting.push({ ...pair, path });
      seen.add(id);
    }
    for (const aEdge of aNode.edges) {
      for (const bEdge of bNode.edges) {
        for (const character of charactersOf(aEdge.set, bEdge.set)) {
          const next = path + character;
          const id = `${aEdge.target} ${bEdge.target} ${pathStateOf(next)}`;
          if (seen.has(id) || (character === '/' && !isValidPath(path))) continue;
          seen.add(id);
          waiting.push({ a: aEdge.target, b: bEdge.target, path: next });
        }
      }
    }
  }
  return null;
}

function pathStateOf(path: string): number {
  const name = path.split('/').at(-1) ?? '';
  return /^\.?\.?$/.test(name) ? name.length : 3;
}

function charactersOf(left: CodePointSet | null, right: CodePointSet | null): readonly string[] {
  if (left === null || right === null) return left === right ? ['/'] : [];
  const dot = '.'.charCodeAt(0);
  return intersection(left, right).flatMap(({ from, to }) => {
    const found = from <= dot && dot <= to ? ['.'] : [];
    const other = from === dot ? from + 1 : from;
    return other <= to ? [...found, String.fromCodePoint(other)] : found;
  });
}
