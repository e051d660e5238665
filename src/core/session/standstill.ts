// When a place whose processes nobody here can judge counts as gone: another boot, another host, another container.
//
// Each place beats: a counter beside the log, moved every 2 s for as long as a process acts for a session there. Whoever
// observes it looks every second and counts only the time for which it saw the counter stand still, by its own clock. Nothing
// else is compared: no wall clock, and no reading of another's clock.
//
//   watched ── it moves, the place writes into the log, is anchored anew ──> watched from now on
//      │    ── the observer itself missed looks, or cannot beat ──────────> watched from now on
//      └─── stands still for long enough ──> gone: its processes are dead
//
// How long is enough:
//
//   an earlier boot of this very machine     15 s   one kernel runs on a machine at a time, so nobody is left to believe in
//                                                   anything; the look is for clones that share the id of a machine
//   everything else, on a log of one host  5 min 15 s   it may only be frozen. A holder there believes for at most 5 min past
//                                                   the last beat, so by then every belief is over
//   everything, on a log that hosts share    15 s   a holder there believes no longer than that past the last beat
//
// A place that comes back after so long is anchored anew in the log before it beats and before it tells anybody to believe in
// anything (`src/app/beater.ts`). Who found it gone names the anchor that it saw; whichever of the two is first in the log
// holds. A place of which no beat is known, or whose version promises none, is never counted as gone.

import type { Attachment } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { PlaceRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { oneLine } from '../view/one-line.ts';

/** A place that was seen standing still, with the anchor that it had. */
export interface StillPlace {
  readonly placeId: string;
  readonly anchorMonoMs: number;
}

/** What shows that somebody is there. Any change is a sign of life. */
export interface PlaceSign {
  readonly counter: number;
  readonly anchorMonoMs: number;
  /** Number of the last event that it wrote while it was watched. */
  readonly wroteSeq: number;
}

interface Watched {
  readonly sign: PlaceSign;
  /** Since when it stands still, by the observer's clock. */
  readonly sinceMs: number;
  /** It was seen to move, and not only found as it stands. */
  readonly hasMoved: boolean;
}

export interface PlaceWatch {
  readonly lookedAtMs: number;
  readonly places: ReadonlyMap<string, Watched>;
}

/** One look: it was taken somewhere between these two readings of the observer's clock. */
export interface Look {
  readonly fromMs: number;
  readonly toMs: number;
  readonly signs: ReadonlyMap<string, PlaceSign>;
}

export interface ObserverPlace extends Pick<Required<PlaceRow>, 'placeId' | 'bootId' | 'machineId'> {
  /** The log is shared by several hosts. */
  readonly isShared: boolean;
}

export const UNWATCHED: PlaceWatch = { lookedAtMs: Number.NEGATIVE_INFINITY, places: new Map() };

/** Between two looks an observer may miss this much; after more it may have slept through anything. */
const GAP_MS = 5_000;

const SILENT_MS = LIMITS.placeSilentMs + LIMITS.placeGraceMs;

/** The watch after one more look. Whatever it did not show is not watched any more. */
export function watchOn(watch: PlaceWatch, { fromMs, toMs, signs }: Look): PlaceWatch {
  const isUnbroken = toMs - watch.lookedAtMs <= GAP_MS;
  const places = new Map<string, Watched>();
  for (const [placeId, sign] of signs) {
    const before = isUnbroken ? watch.places.get(placeId) : undefined;
    const stands = before !== undefined && isSame(before.sign, sign);
    places.set(placeId, stands ? before : { sign, sinceMs: toMs, hasMoved: before !== undefined });
  }
  return { lookedAtMs: fromMs, places };
}

/** Somebody was seen there a moment ago, who says so when a process of that place is gone. */
export function isMoving(watch: PlaceWatch, placeId: string): boolean {
  const watched = watch.places.get(placeId);
  return watched?.hasMoved === true && watch.lookedAtMs - watched.sinceMs <= LIMITS.placeSilentMs;
}

/** The place as it was seen standing still for long enough; null while it is not gone. */
export function goneIn(watch: PlaceWatch, place: PlaceRow, observer: ObserverPlace): StillPlace | null {
  const watched = watch.places.get(place.placeId);
  if (watched === undefined || watch.lookedAtMs - watched.sinceMs < goneAfterMs(place, observer)) return null;
  return { placeId: place.placeId, anchorMonoMs: watched.sign.anchorMonoMs };
}

/** A shell does not beat, so that its place stands still proves nothing of it; only the end of its boot does. */
export function diesWith({ kind }: Attachment, place: PlaceRow, observer: ObserverPlace): boolean {
  return kind !== 'cli' || isEarlierBoot(place, observer);
}

/** Nothing has brought the place back since it was seen standing still. */
export function isStill(state: FleetState, still: StillPlace | undefined): boolean {
  return still === undefined || state.places.get(still.placeId)?.anchorMonoMs === still.anchorMonoMs;
}

/** For how long whoever beat at `counter` is sure not to be counted as gone, on the clock that both readings are of. */
export function sureForMs(counter: number, nowMs: number, isShared: boolean): number {
  return counter + goneAtLeastMs(isShared) - nowMs;
}

/** A last beat this old is soon seen by others as the end of the place, or was already. */
export function hasLapsed(counter: number, nowMs: number, isShared: boolean): boolean {
  return nowMs - counter > (isShared ? LIMITS.placeSilentMs : LIMITS.beliefMaxMs);
}

/** One plain sentence: how it is known that the process is gone. */
export function stillEvidence({ pid, kind }: Attachment, place: PlaceRow, observer: ObserverPlace): string {
  const host = oneLine(place.host, 64);
  const still = durationText(goneAfterMs(place, observer));
  const why = isEarlierBoot(place, observer)
    ? `${host} was started anew since, and its earlier start has given no sign for ${still}`
    : `its place on ${host} (another container, start or machine) has given no sign for ${still}`;
  return `process ${pid} (${oneLine(kind, 40)}) is gone: ${why}`;
}

function goneAfterMs(place: PlaceRow, observer: ObserverPlace): number {
  return isEarlierBoot(place, observer) ? SILENT_MS : goneAtLeastMs(observer.isShared);
}

function goneAtLeastMs(isShared: boolean): number {
  return isShared ? SILENT_MS : LIMITS.beliefMaxMs + SILENT_MS;
}

function isEarlierBoot({ machineId, bootId }: PlaceRow, observer: ObserverPlace): boolean {
  return machineId === observer.machineId && bootId !== observer.bootId;
}

function isSame(a: PlaceSign, b: PlaceSign): boolean {
  return a.counter === b.counter && a.anchorMonoMs === b.anchorMonoMs && a.wroteSeq === b.wroteSeq;
}
