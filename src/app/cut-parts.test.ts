import { describe, expect, it } from 'vitest';
import { cutParts } from './cut-parts.ts';
import type { EncodedGroup } from './decide-batch.ts';

const group = (events: number, bytes: number): EncodedGroup => ({
  events: Array.from({ length: events }),
  encoded: [],
  bytes,
});

describe('cutting a batch', () => {
  const limits = { maxEvents: 10, maxBytes: 100 };

  it('keeps together what fits', () => {
    expect(cutParts([group(4, 40), group(6, 60)], limits).map((part) => part.reached)).toEqual([2]);
    expect(cutParts([], limits)).toEqual([]);
  });

  it('cuts between groups, by events and by bytes, and loses none', () => {
    const groups = [group(6, 10), group(5, 10), group(1, 95), group(1, 1), group(1, 5)];
    const parts = cutParts(groups, limits);
    expect(parts.map((part) => part.reached)).toEqual([1, 2, 4, 5]);
    expect(parts.flatMap((part) => part.groups)).toEqual(groups);
  });

  it('leaves a group that is as large as the limit whole', () => {
    expect(cutParts([group(10, 100), group(10, 100)], limits).map((part) => part.groups.length)).toEqual([1, 1]);
  });
});
