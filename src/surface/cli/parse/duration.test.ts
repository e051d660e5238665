import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText } from '../../../core/view/duration-text.ts';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['250ms', 250],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    [' 2d ', 172_800_000],
    ['0', 0],
    ['0s', 0],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ms });
  });

  it.each(['', '30', '1.5', 's', '-5s', '5 s', '5S', '1e3s', '5m,', 'soon'])('refuses %j', (text) => {
    expect(parseDuration(text)).toHaveProperty('flaw');
  });

  it('says which unit is missing', () => {
    expect(parseDuration('30')).toEqual({ flaw: 'needs a unit: say 30s or 30ms' });
  });

  it('reads back what Brigade prints', () => {
    assert(
      property(integer({ min: 0, max: 10 * 86_400_000 }), (ms) => {
        const read = parseDuration(durationText(ms));
        expect(read).toHaveProperty('ms');
        expect('ms' in read && durationText(read.ms)).toBe(durationText(ms));
      }),
    );
  });
});
