import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './system-clock.ts';
import { offsetWallClock } from './wall-offset.ts';

const DAY_MS = 86_400_000;

afterEach(() => offsetWallClock(0));

describe('a wall clock that was set wrong', () => {
  it('misleads whoever reads it, and not the monotonic clock', () => {
    const beforeMs = Date.parse(systemClock.wallAt());
    const monoMs = systemClock.monotonicMs();
    offsetWallClock(DAY_MS);
    expect(Date.parse(systemClock.wallAt()) - beforeMs).toBeGreaterThanOrEqual(DAY_MS);
    expect(Date.now() - beforeMs).toBeGreaterThanOrEqual(DAY_MS);
    expect(systemClock.monotonicMs() - monoMs).toBeLessThan(DAY_MS);
  });

  it('leaves times that are named alone', () => {
    offsetWallClock(-DAY_MS);
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(Date.UTC(1970, 0, 2)).toBe(DAY_MS);
    expect(new Date()).toBeInstanceOf(Date);
  });

  it('is put right again', () => {
    const beforeMs = Date.now();
    offsetWallClock(-DAY_MS);
    expect(Date.now()).toBeLessThan(beforeMs);
    offsetWallClock(0);
    expect(Date.now()).toBeGreaterThanOrEqual(beforeMs);
  });
});
