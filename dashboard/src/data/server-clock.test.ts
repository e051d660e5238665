import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const NOW = Date.parse('2026-03-01T12:00:00.250Z');
const said = (ms: number): string => new Date(NOW + ms).toUTCString();

describe('the time at the server', () => {
  it('is that of the browser where they differ by less than an answer can say', () => {
    const clock = new ServerClock(() => NOW);
    for (const ms of [0, 999, -1_000, 1_500]) {
      clock.hear(said(ms));
      expect(clock.now()).toBe(NOW);
    }
  });

  it('is what the server says where the browser is minutes off, and does not tremble', () => {
    const clock = new ServerClock(() => NOW);
    clock.hear(said(-300_000));
    const first = clock.now();
    expect(Math.abs(first - (NOW - 300_000))).toBeLessThan(1_000);
    clock.hear(said(-301_000));
    expect(clock.now()).toBe(first);
    clock.hear(said(0));
    expect(clock.now()).toBe(NOW);
  });

  it('stays where an answer says no time', () => {
    const clock = new ServerClock(() => NOW);
    clock.hear(said(600_000));
    const before = clock.now();
    clock.hear(null);
    clock.hear('soon');
    expect(clock.now()).toBe(before);
  });
});
