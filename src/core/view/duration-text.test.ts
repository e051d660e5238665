import { describe, expect, it } from 'vitest';
import { durationText } from './duration-text.ts';

describe('durationText', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [250, '250ms'],
    [999.9, '999ms'],
    [1_000, '1s'],
    [59_999, '59s'],
    [60_000, '1m00s'],
    [252_000, '4m12s'],
    [3_900_000, '1h05m'],
    [86_400_000 * 3 + 4 * 3_600_000, '3d04h'],
    [Number.POSITIVE_INFINITY, 'for ever'],
  ])('%d ms reads %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
