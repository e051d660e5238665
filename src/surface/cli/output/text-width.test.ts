import { describe, expect, it } from 'vitest';
import { cutEnd, cutMiddle, textWidth } from './text-width.ts';

describe('textWidth', () => {
  it.each([
    ['abc', 3],
    ['猫a', 3],
    ['e\u0301', 1],
    ['🐈', 2],
    ['é', 1],
    ['', 0],
  ])('%j takes %d columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('cutting', () => {
  it('keeps what fits', () => {
    expect(cutEnd('abc', 3)).toBe('abc');
    expect(cutMiddle('abc', 3)).toBe('abc');
  });

  it('never takes more columns than there are', () => {
    expect(cutEnd('abcdef', 4)).toBe('abc…');
    expect(cutEnd('猫猫猫', 4)).toBe('猫…');
    expect(cutMiddle('file:src/core/lease.ts', 11)).toBe('file:…se.ts');
    expect(cutMiddle('abcdef', 2)).toBe('…f');
    expect(cutMiddle('abcdef', 0)).toBe('');
    for (let width = 1; width < 12; width += 1) {
      expect(textWidth(cutEnd('ab猫cd🐈ef', width))).toBeLessThanOrEqual(width);
      expect(textWidth(cutMiddle('ab猫cd🐈ef', width))).toBeLessThanOrEqual(width);
    }
  });
});
