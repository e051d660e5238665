import { describe, expect, it } from 'vitest';
import { isTimezone, readTime } from './local-time.ts';

describe('a time of the old system', () => {
  it.each([
    ['2025-11-19T21:02:11.402117', 'Europe/Berlin', '2025-11-19T20:02:11.402Z'],
    ['2025-07-19T21:02:11.402117', 'Europe/Berlin', '2025-07-19T19:02:11.402Z'],
    ['2025-11-19T21:02:11.402117', 'UTC', '2025-11-19T21:02:11.402Z'],
    ['2025-11-19T21:02:11', 'America/New_York', '2025-11-20T02:02:11.000Z'],
    ['2025-11-19 21:02', 'Asia/Kolkata', '2025-11-19T15:32:00.000Z'],
    [' 2025-11-19 ', 'Asia/Kathmandu', '2025-11-18T18:15:00.000Z'],
    ['2025-11-19T21:02:11,5', 'UTC', '2025-11-19T21:02:11.500Z'],
    ['2024-02-29T12:00:00', 'UTC', '2024-02-29T12:00:00.000Z'],
  ])('%s in %s is %s', (text, timezone, at) => {
    expect(readTime(text, timezone)).toEqual({ at, isLocal: true });
  });

  it.each([
    ['2025-11-19T21:02:11.402117Z', '2025-11-19T21:02:11.402Z'],
    ['2025-11-19T21:02:11+01:00', '2025-11-19T20:02:11.000Z'],
    ['2025-11-19T21:02:11-0530', '2025-11-20T02:32:11.000Z'],
    ['2025-11-19T21:02:11+02', '2025-11-19T19:02:11.000Z'],
  ])('%s names its zone', (text, at) => {
    expect(readTime(text, 'Europe/Berlin')).toEqual({ at, isLocal: false });
  });

  it('that came twice is the first one, and one that never was lies behind the change', () => {
    expect(readTime('2025-10-26T02:30:00', 'Europe/Berlin')?.at).toBe('2025-10-26T00:30:00.000Z');
    expect(readTime('2025-03-30T02:30:00', 'Europe/Berlin')?.at).toBe('2025-03-30T01:30:00.000Z');
    expect(readTime('2025-11-02T01:30:00', 'America/New_York')?.at).toBe('2025-11-02T05:30:00.000Z');
    expect(readTime('2025-03-09T02:30:00', 'America/New_York')?.at).toBe('2025-03-09T07:30:00.000Z');
  });

  it.each([
    '',
    'yesterday',
    '2025-13-01',
    '2025-02-29',
    '2025-11-19T24:00',
    '2025-11-19T21:60',
    '19.11.2025',
    '1763586131.4',
  ])('%s is none', (text) => expect(readTime(text, 'UTC')).toBeNull());
});

describe('a time zone', () => {
  it('is one that this machine knows', () => {
    expect(['Europe/Berlin', 'UTC', 'America/New_York'].every(isTimezone)).toBe(true);
    expect(['', 'Berlin', 'Europe/Atlantis', '../x'].some(isTimezone)).toBe(false);
  });
});
