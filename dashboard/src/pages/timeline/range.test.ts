import { describe, expect, it } from 'vitest';
import { askedRange, isAtNow, movedRange, msOf, ticksOf, zoomedRange } from './range.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-23T23:25:00Z');
const LAST_HOUR = { fromMs: NOW - HOUR_MS, toMs: NOW };

describe('the stretch of the timeline', () => {
  it('keeps the time under the pointer where it is while it zooms', () => {
    const near = zoomedRange(LAST_HOUR, 0.5, 0.25, NOW);
    expect(msOf(near)).toBe(HOUR_MS / 2);
    expect(near.fromMs + msOf(near) * 0.25).toBe(LAST_HOUR.fromMs + HOUR_MS * 0.25);
  });

  it('is never shorter than can be told apart, nor longer than two weeks', () => {
    expect(msOf(zoomedRange(LAST_HOUR, 1e-9, 0.5, NOW))).toBe(2_000);
    expect(msOf(zoomedRange(LAST_HOUR, 1e9, 1, NOW))).toBe(14 * 24 * HOUR_MS);
  });

  it('goes hardly further than now, and back as far as one likes', () => {
    expect(movedRange(LAST_HOUR, HOUR_MS, NOW).toMs).toBe(NOW + HOUR_MS / 10);
    expect(movedRange(LAST_HOUR, -HOUR_MS, NOW).toMs).toBe(NOW - HOUR_MS);
    expect(isAtNow(movedRange(LAST_HOUR, HOUR_MS, NOW), NOW)).toBe(true);
    expect(isAtNow(movedRange(LAST_HOUR, -HOUR_MS / 50, NOW), NOW)).toBe(false);
  });

  it('asks for more than it shows, and for the same while it moves a little', () => {
    const asked = askedRange(LAST_HOUR, NOW);
    expect(asked.fromMs).toBeLessThan(LAST_HOUR.fromMs);
    expect(asked.toMs).toBeNull();
    const seconds = Array.from({ length: 300 }, (_, i) => i * 1_000);
    const keys = new Set(
      seconds.map((ms) => JSON.stringify(askedRange({ fromMs: LAST_HOUR.fromMs + ms, toMs: NOW + ms }, NOW + ms))),
    );
    expect(keys.size).toBeLessThanOrEqual(2);
    const back = askedRange({ fromMs: NOW - 9 * HOUR_MS, toMs: NOW - 8 * HOUR_MS }, NOW);
    expect(back.toMs).toBeGreaterThanOrEqual(NOW - 8 * HOUR_MS);
  });

  it('asks for nothing that ends before the log begins', () => {
    const before = { fromMs: NOW - 9 * HOUR_MS, toMs: NOW - 8 * HOUR_MS };
    for (const beginsMs of [NOW - HOUR_MS, NOW - 2_000]) {
      const asked = askedRange(before, NOW, beginsMs);
      expect(asked.toMs ?? NOW).toBeGreaterThan(beginsMs);
    }
  });

  it('has round ticks, not more than there is room for, whatever its length', () => {
    for (const ms of [2_000, 45_000, HOUR_MS, 7 * HOUR_MS, 300 * HOUR_MS]) {
      const range = { fromMs: NOW - ms, toMs: NOW };
      const ticks = ticksOf(range, 10);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(11);
      for (const { atMs } of ticks) expect(atMs >= range.fromMs && atMs <= range.toMs && atMs % 1_000 === 0).toBe(true);
    }
  });
});
