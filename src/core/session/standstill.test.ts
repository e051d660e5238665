import { describe, expect, it } from 'vitest';
import { emptyState } from '../fleet-state.ts';
import type { PlaceRow } from '../rows.ts';
import {
  diesWith,
  goneIn,
  hasLapsed,
  isMoving,
  isStill,
  type PlaceSign,
  type PlaceWatch,
  stillEvidence,
  sureForMs,
  UNWATCHED,
  watchOn,
} from './standstill.ts';

const OBSERVER = { placeId: 'here', bootId: 'today', machineId: 'kitchen', isShared: false };
const EARLIER: PlaceRow = place({ placeId: 'earlier', bootId: 'yesterday' });
const CONTAINER: PlaceRow = place({ placeId: 'container', bootId: 'today', host: 'pantry' });
const FAR: PlaceRow = place({ placeId: 'far', bootId: 'other', machineId: 'cellar', host: 'cellar' });

function place(facts: Partial<PlaceRow>): PlaceRow {
  return { placeId: '', bootId: '', machineId: 'kitchen', host: 'kitchen', anchorAt: 0, anchorMonoMs: 5, ...facts };
}

const SIGN: PlaceSign = { counter: 1, anchorMonoMs: 5, wroteSeq: 0 };

/** One look each second, from the first to the last. */
function looks(watch: PlaceWatch, fromMs: number, toMs: number, sign: PlaceSign = SIGN): PlaceWatch {
  let watched = watch;
  for (let ms = fromMs; ms <= toMs; ms += 1_000) watched = look(watched, ms, sign);
  return watched;
}

function look(watch: PlaceWatch, ms: number, sign: PlaceSign, tookMs = 0): PlaceWatch {
  const signs = new Map([EARLIER, CONTAINER, FAR].map(({ placeId }) => [placeId, sign]));
  return watchOn(watch, { fromMs: ms, toMs: ms + tookMs, signs });
}

function isGone(watch: PlaceWatch, row: PlaceRow): boolean {
  return goneIn(watch, row, OBSERVER) !== null;
}

describe('a place that stands still', () => {
  it.each([
    { what: 'an earlier boot of this machine', row: EARLIER, afterMs: 15_000 },
    { what: 'a container', row: CONTAINER, afterMs: 315_000 },
    { what: 'another machine', row: FAR, afterMs: 315_000 },
  ])('is gone in its time: $what', ({ row, afterMs }) => {
    const almost = looks(UNWATCHED, 0, afterMs - 1_000);
    expect(isGone(almost, row)).toBe(false);
    expect(goneIn(look(almost, afterMs, SIGN), row, OBSERVER)).toEqual({ placeId: row.placeId, anchorMonoMs: 5 });
  });

  it.each([
    ['it beats', { ...SIGN, counter: 2 }],
    ['its counter is smaller, after a copy of the log was put back', { ...SIGN, counter: 0 }],
    ['it is anchored anew', { ...SIGN, anchorMonoMs: 6 }],
    ['it writes into the log', { ...SIGN, wroteSeq: 9 }],
  ])('is watched anew when %s', (_, sign) => {
    const watch = looks(looks(UNWATCHED, 0, 14_000), 15_000, 29_000, sign);
    expect(isGone(watch, EARLIER)).toBe(false);
    expect(isGone(look(watch, 30_000, sign), EARLIER)).toBe(true);
  });

  it('is watched anew by who missed looks, and where one look took that long', () => {
    expect(isGone(look(looks(UNWATCHED, 0, 10_000), 15_001, SIGN), EARLIER)).toBe(false);
    expect(isGone(look(looks(UNWATCHED, 0, 10_000), 15_000, SIGN), EARLIER)).toBe(true);
    const stopped = look(looks(UNWATCHED, 0, 10_000), 11_000, SIGN, 60_000);
    expect(isGone(look(stopped, 72_000, SIGN), EARLIER)).toBe(false);
  });

  it('counts from the end of the first look to the beginning of the last', () => {
    const first = look(UNWATCHED, 0, SIGN, 900);
    const watch = looks(first, 1_000, 15_000);
    expect(isGone(watch, EARLIER)).toBe(false);
    expect(isGone(look(watch, 16_000, SIGN), EARLIER)).toBe(true);
  });

  it('is forgotten where a look does not show it', () => {
    const watch = watchOn(looks(UNWATCHED, 0, 20_000), { fromMs: 21_000, toMs: 21_000, signs: new Map() });
    expect(isGone(watch, EARLIER)).toBe(false);
  });
});

describe('a process of a place that is gone', () => {
  const process = { attachmentId: 'a', placeId: 'container', pid: 4711, startTime: 's', kind: 'mcp' };

  it('is gone with it; of a shell only the end of the boot proves that', () => {
    const shell = { ...process, kind: 'cli' };
    expect([EARLIER, CONTAINER, FAR].map((row) => diesWith(process, row, OBSERVER))).toEqual([true, true, true]);
    expect([EARLIER, CONTAINER, FAR].map((row) => diesWith(shell, row, OBSERVER))).toEqual([true, false, false]);
  });

  it('is told as such, in one line whatever the name of its host', () => {
    const row = { ...CONTAINER, host: 'pan\ntry' };
    expect(stillEvidence(process, row, OBSERVER)).toBe(
      'process 4711 (mcp) is gone: its place on pan try (another container, start or machine) has given no sign for 5m15s',
    );
  });
});

describe('the place itself', () => {
  it('is sure of itself until the first who watches could count it as gone, and lapses before', () => {
    expect(sureForMs(1_000, 1_000, false)).toBe(315_000);
    expect(sureForMs(1_000, 316_000, false)).toBe(0);
    expect(hasLapsed(1_000, 301_000, false)).toBe(false);
    expect(hasLapsed(1_000, 301_001, false)).toBe(true);
  });

  it('on a log that hosts share is gone 15 s after its last sign, and sure of itself for no longer', () => {
    const observer = { ...OBSERVER, isShared: true };
    const almost = looks(UNWATCHED, 0, 14_000);
    for (const row of [EARLIER, CONTAINER, FAR]) {
      expect(goneIn(almost, row, observer)).toBeNull();
      expect(goneIn(look(almost, 15_000, SIGN), row, observer)).not.toBeNull();
    }
    expect(sureForMs(1_000, 1_000, true)).toBe(15_000);
    expect(hasLapsed(1_000, 11_000, true)).toBe(false);
    expect(hasLapsed(1_000, 11_001, true)).toBe(true);
  });

  it('is seen to be there while it moves, not where it was only found, nor long after', () => {
    const found = looks(UNWATCHED, 0, 3_000);
    expect(isMoving(found, FAR.placeId)).toBe(false);
    const moved = look(found, 4_000, { ...SIGN, counter: 2 });
    expect(isMoving(moved, FAR.placeId)).toBe(true);
    const later = looks(moved, 5_000, 14_000, { ...SIGN, counter: 2 });
    expect(isMoving(later, FAR.placeId)).toBe(true);
    expect(isMoving(look(later, 15_000, { ...SIGN, counter: 2 }), FAR.placeId)).toBe(false);
    expect(isMoving(moved, 'nowhere')).toBe(false);
  });

  it('is back when it was anchored anew', () => {
    const state = emptyState();
    state.places.set(CONTAINER);
    expect(isStill(state, { placeId: 'container', anchorMonoMs: 5 })).toBe(true);
    state.places.set({ ...CONTAINER, anchorMonoMs: 6 });
    expect(isStill(state, { placeId: 'container', anchorMonoMs: 5 })).toBe(false);
    expect(isStill(state, undefined)).toBe(true);
  });
});
