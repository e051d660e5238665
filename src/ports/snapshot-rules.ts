// What makes a snapshot whole, which ones are kept and how far they allow a log to be cut: the same for every store.
//
// Kept are the newest few, from which a log is opened; the one that a truncated log stands on; and waymarks, from which the
// past is folded: the first snapshot of each stretch of the log. A snapshot is due far more often than a stretch ends, so
// from one waymark to the next it is hardly more than one stretch. Waymarks take a bounded number of bytes. Beyond it those
// of odd stretches go, the oldest first, then every second one of what is left, and so on: where the whole history does not
// fit any more, all of it is farther apart, and what is recent stays close the longest.

import type { Snapshot } from './event-store.ts';
import type { Hasher } from './hasher.ts';

/** Besides waymarks and the one that a truncated log stands on. */
const keptNewest = 4;
/**
 * Length of a stretch. Folding it takes about as long as reading a snapshot of a hundred agents: a tenth of a second or two.
 * Divides the stride of epochs, so that stretches begin anew with an epoch.
 */
export const WAYMARK_EVENTS = 2 ** 13;
/** Of all waymarks together: enough for a hundred large snapshots, and less than the log of a million events takes. */
const waymarkBytes = 256 * 1024 * 1024;

/** A snapshot as the rules see it. */
export interface SnapshotSize {
  readonly seq: number;
  readonly bytes: number;
}

/** Over all fields, each on a line of its own, so that nothing can move from one into the next. */
export function snapshotChecksum(hasher: Hasher, snapshot: Snapshot): string {
  const { epoch, seq, hash, format, body } = snapshot;
  return hasher.sha256Hex(`${epoch}\n${seq}\n${hash}\n${format}\n`, body);
}

/** False for a snapshot that was torn or changed after it was saved. */
export function isWhole(hasher: Hasher, snapshot: Snapshot, checksum: string): boolean {
  // What was torn may be missing altogether.
  if (typeof snapshot.body !== 'string' || typeof snapshot.hash !== 'string') return false;
  return snapshotChecksum(hasher, snapshot) === checksum;
}

/** Numbers of the snapshots to keep; `baseSeq`: of the one that the truncated log stands on. */
export function keptSnapshots(snapshots: readonly SnapshotSize[], baseSeq: number): ReadonlySet<number> {
  const oldestFirst = snapshots.toSorted((a, b) => a.seq - b.seq);
  const kept = waymarksOf(oldestFirst);
  for (const { seq } of oldestFirst.slice(-keptNewest)) kept.add(seq);
  if (oldestFirst.some(({ seq }) => seq === baseSeq)) kept.add(baseSeq);
  return kept;
}

function waymarksOf(oldestFirst: readonly SnapshotSize[]): Set<number> {
  const firsts = new Map<number, SnapshotSize>();
  for (const snapshot of oldestFirst) {
    const stretch = stretchOf(snapshot.seq);
    if (!firsts.has(stretch)) firsts.set(stretch, snapshot);
  }
  const dearestLast = [...firsts].toSorted(([a], [b]) => evenness(a) - evenness(b) || a - b);
  let bytes = dearestLast.reduce((sum, [, snapshot]) => sum + snapshot.bytes, 0);
  const waymarks = new Set<number>();
  for (const [, snapshot] of dearestLast) {
    if (bytes <= waymarkBytes) waymarks.add(snapshot.seq);
    else bytes -= snapshot.bytes;
  }
  return waymarks;
}

/** Which stretch of the log an event lies in. */
export function stretchOf(seq: number): number {
  return Math.floor(seq / WAYMARK_EVENTS);
}

/** How often the number can be halved. */
function evenness(stretch: number): number {
  let halved = 0;
  for (let rest = stretch; rest > 0 && rest % 2 === 0; rest /= 2) halved += 1;
  return stretch === 0 ? Number.POSITIVE_INFINITY : halved;
}

/**
 * Number up to which batches may go: that of the newest snapshot below `before` that covers them, so that every event
 * still kept can be folded from a snapshot. Null when none does. `isCovering`: the snapshot of that number is whole and
 * belongs to this log.
 */
export function truncationPoint(
  numbers: readonly number[],
  before: number,
  isCovering: (seq: number) => boolean,
): number | null {
  return truncationPoints(numbers, before).find(isCovering) ?? null;
}

/** The same for whoever must ask a server: the first of these that covers is the point. */
export function truncationPoints(numbers: readonly number[], before: number): readonly number[] {
  return numbers.filter((seq) => seq < before).toSorted((a, b) => b - a);
}
