import { describe, expect, it } from 'vitest';
import { columns, hanging, wrapped } from './wrap.ts';

describe('running text', () => {
  it('is broken at blanks and keeps every word', () => {
    expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapped('averylongword a', 5)).toEqual(['averylongword', 'a']);
  });

  it('hangs under its own beginning', () => {
    expect(hanging('  - ', 'one two three', 11)).toEqual(['  - one two', '    three']);
  });

  it('stands in columns, painted without taking room', () => {
    const red = (text: string): string => `<${text}>`;
    expect(columns(['a b', 'one two three'], [2, 8], [red, null])).toEqual(['<a>   one two', '<b>   three']);
  });

  it('has no blanks at the end of a line', () => {
    expect(columns(['a', 'x y'], [4, 1])).toEqual(['a     x', '      y']);
    expect(columns(['a b', 'x'], [1, 4])).toEqual(['a  x', 'b']);
  });
});
