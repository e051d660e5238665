// What makes a snapshot whole, which ones are kept and how far they allow a log to be cut: the same for every store.

import type { Snapshot } from './event-store.ts';
import type { Hasher } from './hasher.ts';

/** Besides the one that a truncated log stands on. */
const keptNewest = 4;

/** Over all fields, each on a line of its own, so that nothing can move from one into the next. */
export function snapshotChecksum(hasher: Hasher, snapshot: Snapshot): string {
  const { epoch, seq, hash, format, body } = snapshot;
  return hasher.sha256Hex(`${epoch}\n${seq}\n${hash}\n${format}\n`, body);
}

/** False for a snapshot that was torn or changed after it was saved. */
export function isWhole(hasher: Hasher, snapshot: Snapshot, checksum: string): boolean {
  return snapshotChecksum(hasher, snapshot) === checksum;
}

/** Numbers of the snapshots to keep: the newest few, and the one that the truncated log stands on (`baseSeq`). */
export function keptSnapshots(numbers: readonly number[], baseSeq: number): ReadonlySet<number> {
  const newestFirst = numbers.toSorted((a, b) => b - a);
  return new Set([...newestFirst.slice(0, keptNewest), ...newestFirst.filter((seq) => seq === baseSeq)]);
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
  const newestFirst = numbers.filter((seq) => seq < before).toSorted((a, b) => b - a);
  return newestFirst.find(isCovering) ?? null;
}
