import { describe, expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

describe('oneLine', () => {
  it.each([
    ['plain words', 'plain words'],
    ['  two\n\tlines \r\n', 'two lines'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['a\u202eb\u2028c', 'a b c'],
    ['\u0000', ''],
    ['naïve 猫 🐈', 'naïve 猫 🐈'],
    ['lone \ud800 half', 'lone half'],
    ['go\u{e0069}\u{e0067}\u00ad\ufff9 on', 'go on'],
  ])('%j reads %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('cuts at code points and says so', () => {
    expect(oneLine('🐈🐈🐈🐈', 3)).toBe('🐈🐈…');
    expect(oneLine('abc', 3)).toBe('abc');
    expect(oneLine('abc  ', 3)).toBe('abc');
  });
});
