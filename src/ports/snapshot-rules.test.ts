import { describe, expect, it } from 'vitest';
import { EPOCH_STRIDE } from './event-store.ts';
import { keptSnapshots, type SnapshotSize, WAYMARK_EVENTS } from './snapshot-rules.ts';

const MIB = 1024 * 1024;

/** What is kept after `count` snapshots were saved one after the other, `everyEvents` apart. */
function keptOf(count: number, everyEvents: number, bytes: number, first = 0): readonly number[] {
  let snapshots: SnapshotSize[] = [];
  for (let i = 1; i <= count; i += 1) {
    snapshots.push({ seq: first + i * everyEvents, bytes });
    const kept = keptSnapshots(snapshots, 0);
    snapshots = snapshots.filter(({ seq }) => kept.has(seq));
  }
  return snapshots.map(({ seq }) => seq);
}

function widest(numbers: readonly number[]): number {
  return Math.max(...numbers.map((seq, i) => seq - (numbers[i - 1] ?? seq)));
}

describe('snapshots that are kept', () => {
  it('leave no more than a stretch between two of them, and the time it takes to make one', () => {
    const kept = keptOf(200, 5_000, 1_000);
    expect(kept[0]).toBe(5_000);
    expect(kept.slice(-4)).toEqual([985_000, 990_000, 995_000, 1_000_000]);
    expect(widest(kept)).toBeLessThanOrEqual(WAYMARK_EVENTS + 5_000);
    expect(kept.length).toBeLessThan(1_000_000 / WAYMARK_EVENTS + 5);
  });

  it('are counted anew in each epoch', () => {
    const kept = keptOf(20, 5_000, 1_000, EPOCH_STRIDE);
    expect(widest(kept)).toBeLessThanOrEqual(WAYMARK_EVENTS + 5_000);
  });

  it('take a bounded number of bytes, and then lie farther apart, first where the log is old', () => {
    const kept = keptOf(300, 5_000, 2 * MIB);
    expect(kept.length).toBeLessThanOrEqual(128 + 4);
    expect(widest(kept)).toBeLessThanOrEqual(2 * WAYMARK_EVENTS + 5_000);
    const gaps = kept.map((seq, i) => seq - (kept[i - 1] ?? 0));
    expect(gaps.slice(1, 10).every((gap) => gap > 10_000)).toBe(true);
    expect(gaps.slice(-10).every((gap) => gap <= 10_000)).toBe(true);
  });

  it('are all of the newest, however large they are, and the one that the log stands on', () => {
    const large = [1, 2, 3, 4, 5, 6].map((seq) => ({ seq: seq * WAYMARK_EVENTS, bytes: 200 * MIB }));
    const kept = [...keptSnapshots(large, 2 * WAYMARK_EVENTS)].map((seq) => seq / WAYMARK_EVENTS);
    expect(kept.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6]);
  });
});
