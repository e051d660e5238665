import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../journal.ts';
import { overlapsIn, type Section, sectionsOf } from './sections.ts';

const section = (agentId: string, enteredMs: number, leftMs: number, file = 'a'): Section => ({
  agentId,
  file,
  token: 1,
  enteredMs,
  leftMs,
});

describe('critical sections', () => {
  it('begin when a file is entered and end when it is left', () => {
    const journal: readonly JournalLine[] = [
      { atMs: 1, what: 'entered', file: 'a', token: 7 },
      { atMs: 2, what: 'entered', file: 'b', token: 8 },
      { atMs: 3, what: 'left', file: 'a', token: 7 },
    ];
    expect(sectionsOf('ana', journal)).toEqual([
      { agentId: 'ana', file: 'a', token: 7, enteredMs: 1, leftMs: 3 },
      { agentId: 'ana', file: 'b', token: 8, enteredMs: 2, leftMs: Number.POSITIVE_INFINITY },
    ]);
  });

  it('do not overlap when one begins where the other ends', () => {
    expect(overlapsIn([section('ana', 0, 10), section('bo', 10, 20)])).toEqual([]);
  });

  it('do not overlap on different files', () => {
    expect(overlapsIn([section('ana', 0, 10), section('bo', 5, 20, 'b')])).toEqual([]);
  });

  it('overlap when one begins inside another, however long ago that began', () => {
    const long = section('ana', 0, 100);
    const found = overlapsIn([section('bo', 10, 20), section('cy', 30, 40), long]);
    expect(found.map(({ first, second }) => [first.agentId, second.agentId])).toEqual([
      ['ana', 'bo'],
      ['ana', 'cy'],
    ]);
  });

  it('overlap with one that its agent never left', () => {
    expect(overlapsIn([section('ana', 0, Number.POSITIVE_INFINITY), section('bo', 500, 510)])).toHaveLength(1);
  });
});
