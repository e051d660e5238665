import { describe, expect, it } from 'vitest';
import { casedCodePoints, foldCodePoint, foldText } from './case-folding.ts';

describe('simple case folding', () => {
  it.each([
    ['SRC/A.ts', 'src/a.TS', true],
    ['ÄÖÜ', 'äöü', true],
    ['Σίσυφος', 'σίσυφοσ', true],
    ['\u212a', 'k', true], // the Kelvin sign
    ['\u017f', 's', true], // the long s
    ['ẞ', 'ß', true],
    ['ß', 'ss', false], // the length never changes
    ['ı', 'i', false], // the dotless i is another letter
    ['İ', 'i', false],
    ['Ꭰ', 'ꭰ', true], // Cherokee, where small letters are the newer ones
    ['𐐀', '𐐨', true], // beyond the basic plane
    ['a', 'b', false],
  ])('%s  %s  %s', (left, right, expected) => {
    expect(foldText(left) === foldText(right)).toBe(expected);
  });

  it('joins what a regular expression with the flags iu joins, over all code points', () => {
    const all: string[] = [];
    for (let codePoint = 0x20; codePoint <= 0x10ffff; codePoint++) {
      if (codePoint < 0xd800 || codePoint > 0xdfff) all.push(String.fromCodePoint(codePoint));
    }
    // A character without a partner is matched by itself alone; the properties name a superset of those with one.
    const candidates = all.filter((character) => /\p{Cased}|\p{CWCM}|\p{CWCF}/u.test(character));
    const text = candidates.join('');
    for (const character of candidates) {
      const codePoint = character.codePointAt(0) ?? 0;
      const same = text.match(new RegExp(`\\u{${codePoint.toString(16)}}`, 'giu')) ?? [];
      for (const other of same) expect(foldCodePoint(other.codePointAt(0) ?? 0)).toBe(foldCodePoint(codePoint));
      expect(casedCodePoints().filter(([, image]) => image === foldCodePoint(codePoint)).length).toBe(
        same.length === 1 ? 0 : same.length,
      );
    }
  });

  it('folds twice as once', () => {
    for (const [codePoint, image] of casedCodePoints()) {
      expect(foldCodePoint(codePoint)).toBe(image);
      expect(foldCodePoint(image)).toBe(image);
    }
  });
});
