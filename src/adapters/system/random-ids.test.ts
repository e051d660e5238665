import { describe, expect, it } from 'vitest';
import { randomIds } from './random-ids.ts';

describe('ids', () => {
  it('are 22 letters and digits that nobody mistakes, after the prefix', () => {
    expect(randomIds.newId()).toMatch(/^[0-9a-hjkmnp-tv-z]{22}$/);
    expect(randomIds.newId('s')).toMatch(/^s_[0-9a-hjkmnp-tv-z]{22}$/);
  });

  it('differ, however many are made in one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => randomIds.newId());
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.slice(9))).size).toBe(ids.length);
  });

  it('begin with the time of making, so that they sort by it', () => {
    const digits = '0123456789abcdefghjkmnpqrstvwxyz';
    const before = Date.now();
    let madeMs = 0;
    for (const digit of randomIds.newId().slice(0, 9)) madeMs = madeMs * 32 + digits.indexOf(digit);
    expect(madeMs).toBeGreaterThanOrEqual(before);
    expect(madeMs).toBeLessThanOrEqual(Date.now());
  });

  it('use every random digit', () => {
    const seen = new Set(Array.from({ length: 500 }, () => randomIds.newId().slice(9)).join(''));
    expect(seen.size).toBe(32);
  });
});

it('secrets have 256 bits and differ', () => {
  const secrets = Array.from({ length: 100 }, () => randomIds.newSecret());
  expect(secrets.every((secret) => /^[\w-]{43}$/.test(secret))).toBe(true);
  expect(new Set(secrets).size).toBe(100);
});
