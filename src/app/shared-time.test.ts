import { describe, expect, it } from 'vitest';
import { LIMITS } from '../core/limits.ts';
import { SharedTime } from './shared-time.ts';

const SLACK = LIMITS.placeSlackMs;

describe('fleet time on a log that hosts share', () => {
  it('is what the anchors say, as long as others agree within the slack', () => {
    const time = new SharedTime();
    time.metOther(10_000, 500);
    expect(time.bounded(10_000 + SLACK, 500)).toBe(10_000 + SLACK);
    expect(time.bounded(10_000 + SLACK + 7_000, 7_500)).toBe(10_000 + SLACK + 7_000);
    expect(time.aheadMs(10_000 + SLACK, 500)).toBe(0);
  });

  it('is set back where another one is behind by more, until an anchor says so', () => {
    const time = new SharedTime();
    time.metOther(10_000, 500);
    expect(time.bounded(70_000, 500)).toBe(10_000 + SLACK);
    expect(time.bounded(72_000, 2_500)).toBe(12_000 + SLACK);
    expect(time.aheadMs(70_000, 500)).toBe(60_000 - SLACK);
    time.anchored();
    expect(time.bounded(72_000, 2_500)).toBe(72_000);
  });

  it('goes by whoever is the farthest behind', () => {
    const time = new SharedTime();
    time.metOther(10_000, 500);
    time.metOther(11_000, 4_500);
    time.metOther(12_000, 5_500);
    expect(time.bounded(90_000, 6_500)).toBe(13_000 + SLACK);
    // Whoever wrote that had read the others too, and sooner than we did.
    time.metOther(30_000, 6_500);
    expect(time.bounded(90_000, 6_500)).toBe(30_000);
  });

  it('is lifted to where another one is, and goes on from there', () => {
    const time = new SharedTime();
    time.metOther(50_000, 1_000);
    expect(time.bounded(10_000, 1_000)).toBe(50_000);
    expect(time.bounded(12_000, 3_000)).toBe(52_000);
  });

  it('is not lifted beyond what somebody writes later', () => {
    const time = new SharedTime();
    time.metOther(50_000, 1_000);
    // Nothing came for a minute; then somebody who had just begun wrote, and took the log to be as old as its last event.
    time.metOther(50_000, 61_000);
    expect(time.bounded(10_000, 61_000)).toBe(50_000 + SLACK);
    expect(time.bounded(10_000, 62_000)).toBe(51_000 + SLACK);
  });

  it('is not lifted by what was met before a sleep', () => {
    const time = new SharedTime();
    time.met(50_000, 1_000);
    time.slept();
    expect(time.bounded(10_000, 3_601_000)).toBe(10_000);
  });

  it('may be farther on for others: nothing is believed before this process was heard of, and less the longer ago that was', () => {
    const time = new SharedTime();
    expect(time.isUnheard).toBe(true);
    expect(time.latest(1_000)).toBe(Number.MAX_SAFE_INTEGER);
    time.wrote(20_000, 1_000);
    expect(time.isUnheard).toBe(false);
    expect(time.latest(1_000)).toBe(20_000 + SLACK);
    expect(time.latest(101_000)).toBe(122_000 + SLACK);
    time.wrote(100_000, 101_000);
    expect(time.latest(101_000)).toBe(100_000 + SLACK);
  });
});
