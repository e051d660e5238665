import { describe, expect, it } from 'vitest';
import { parseMoment } from './moment.ts';

const NOW = '2025-11-19T23:25:00.000Z';

describe('a moment', () => {
  it.each([
    ['4711', { seq: 4711 }],
    [' 12 ', { seq: 12 }],
    ['0', { seq: 0 }],
    ['10m', { wallAt: '2025-11-19T23:15:00.000Z' }],
    ['2h ago', { wallAt: '2025-11-19T21:25:00.000Z' }],
    ['1h30m', { wallAt: '2025-11-19T21:55:00.000Z' }],
    ['2025-11-19T22:25:00Z', { wallAt: '2025-11-19T22:25:00.000Z' }],
    ['2025-11-19 23:25:00+01:00', { wallAt: '2025-11-19T22:25:00.000Z' }],
    ['2025-11-19T23:25:00 01:00', { wallAt: '2025-11-19T22:25:00.000Z' }],
  ])('is read from %j', (text, moment) => {
    expect(parseMoment(text, NOW)).toEqual(moment);
  });

  it('without a zone is one of the clock on this wall', () => {
    const here = new Date(2025, 10, 19, 20, 5).toISOString();
    expect(parseMoment('2025-11-19T20:05', NOW)).toEqual({ wallAt: here });
  });

  it.each(['yesterday', '', '-5', '2025-02-31', '12:30', '1e3', '99999999999999999', '99999d', '999999999999d ago'])(
    'is not %j',
    (text) => {
      expect(parseMoment(text, NOW)).toHaveProperty('flaw');
    },
  );
});
