// The next stretch of the log that goes into an archive: from the beginning of what is kept to the last snapshot before what
// the policy wants to keep, because a log is only cut where a snapshot stands for what goes. It is written, and the caller
// notes it in the log and has it cut off.
//
// Whoever dies between two of these steps leaves an archive of what the log still begins with. The next one uses it as it is,
// once it has found it whole: what the log says of it is no proof that it is still there. Where the log can no longer be cut at
// its end, or may not be yet, the next archive reaches at least as far and takes its place (cut-archived.ts): so of two archives
// that are kept none has a part of the other.
//
// Two at once would begin different archives of the same stretch: whoever calls is the only one of this host (archive-task.ts). On a
// store that several hosts share, the one that has what was cut off last goes on, so that the archives of a fleet are in one
// place. Two that begin at once both have the first stretch; who cuts last has the next one too, and goes on alone.

import type { ArchivedSegment } from '../../core/event.ts';
import { isRejection } from '../../core/rejection.ts';
import type { ArchiveFolder } from '../../ports/archive-folder.ts';
import { EPOCH_STRIDE, type EventStore, type LogHead, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { Kept } from '../../ports/log-keeper.ts';
import { loadBase } from '../load-replica.ts';
import { removedUpTo } from '../log-base.ts';
import { findMoment } from '../past/find-moment.ts';
import { type ArchiveHeader, archiveLines, archiveName, archiveRange, headerIn } from './archive-lines.ts';
import { readArchive } from './read-archive.ts';

export interface ArchiveOptions {
  readonly store: EventStore;
  readonly folder: ArchiveFolder;
  readonly hasher: Hasher;
  readonly fleetId: string;
  readonly keep: Kept;
  readonly nowWallAt: string;
}

/** Less is not worth a file of its own. */
const SEGMENT_MIN_EVENTS = 8_192;
/** A file that is still handled with ease; what is left goes into the next. */
const SEGMENT_MAX_EVENTS = 131_072;

/** Writes the next archive of the open `store`; null while there is nothing to write. Throws `StoreFault`. */
export async function archiveNext(options: ArchiveOptions): Promise<ArchivedSegment | null> {
  const { store, fleetId, folder } = options;
  await folder.removeUnfinished(fleetId);
  const head = await store.open();
  const removed = await removedUpTo(store);
  const [first] = await store.read(removed, 1);
  if (first === undefined) return null;
  if (store.traits.sharedAcrossHosts && removed > 0 && !(await isOurTurn(options, removed, first.prevHash)))
    return null;
  const before = await firstKept(options, head);
  const written = await writtenBefore(options, first.firstSeq);
  if (written !== null && written.lastSeq < before && (await hasSnapshotAt(store, written.lastSeq))) return written;
  const end = await endOf(store, head, { removed, before, atLeast: written?.lastSeq ?? 0 });
  if (end === null) return null;
  const { firstSeq, prevHash: hashBefore } = first;
  const segment = { firstSeq, lastSeq: end.seq, hashBefore, hashAfter: end.hash };
  const file = archiveName(fleetId, firstSeq, end.seq);
  await folder.write(file, archiveLines(store, fleetId, segment));
  return { ...segment, file };
}

/** An archive of this host ends where the log was cut last, or goes beyond it. */
async function isOurTurn({ folder, fleetId }: ArchiveOptions, removed: number, hash: string): Promise<boolean> {
  for (const file of await folder.names()) {
    const range = archiveRange(file);
    if (range?.fleetId !== fleetId || range.firstSeq > removed || range.lastSeq < removed) continue;
    // Whether one that goes beyond it is of this log is looked at by whoever uses it.
    if (range.lastSeq > removed || (await headerOf(folder, file))?.hashAfter === hash) return true;
  }
  return false;
}

async function headerOf(folder: ArchiveFolder, file: string): Promise<ArchiveHeader | null> {
  try {
    for await (const line of folder.lines(file)) return headerIn(line);
  } catch {
    // An archive that cannot be read continues nothing.
  }
  return null;
}

/** Number of the first event that is kept; 0 where all is. */
async function firstKept({ store, keep, nowWallAt }: ArchiveOptions, head: LogHead): Promise<number> {
  const bounds: number[] = [];
  if (keep.keepEvents !== null) {
    const first = head.seq - keep.keepEvents + 1;
    // The numbers of an epoch do not say how many events there were before it.
    bounds.push(first > head.epoch * EPOCH_STRIDE ? first : 0);
  }
  if (keep.keepMs !== null) {
    const wallAt = new Date(Date.parse(nowWallAt) - keep.keepMs).toISOString();
    const last = await findMoment(store, head, { wallAt }, nowWallAt).catch(asNothing);
    bounds.push(isRejection(last) ? 0 : last + 1);
  }
  return bounds.length === 0 ? 0 : Math.min(...bounds, keep.awaited ?? Number.POSITIVE_INFINITY);
}

/** All that is older was cut off already. */
function asNothing(error: unknown): number {
  if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return -1;
  throw error;
}

interface Stretch {
  /** Number of the last event that is no longer in the log. */
  readonly removed: number;
  /** Number of the first event that is kept. */
  readonly before: number;
  /** What an archive has already. */
  readonly atLeast: number;
}

/** Where the archive ends: a snapshot that stands for everything up to it. */
async function endOf(store: EventStore, head: LogHead, { removed, before, atLeast }: Stretch): Promise<LogHead | null> {
  if (before - removed <= SEGMENT_MIN_EVENTS) return null;
  const least = Math.max(removed + SEGMENT_MIN_EVENTS, atLeast);
  const near = await loadBase(store, head, Math.min(before - 1, removed + SEGMENT_MAX_EVENTS));
  const base = near !== null && near.head.seq >= least ? near : await loadBase(store, head, before - 1);
  return base === null || base.head.seq < least ? null : base.head;
}

/**
 * The longest whole archive of what the log still begins with, by somebody who did not come to have it cut off, or not all
 * of it.
 */
async function writtenBefore(
  { store, folder, fleetId, hasher }: ArchiveOptions,
  first: number,
): Promise<ArchivedSegment | null> {
  const fitting = (await folder.names()).flatMap((file) => {
    const range = archiveRange(file);
    const isFitting = range?.fleetId === fleetId && range.firstSeq <= first && range.lastSeq >= first;
    return isFitting ? [{ file, lastSeq: range.lastSeq }] : [];
  });
  for (const { file } of fitting.toSorted((a, b) => b.lastSeq - a.lastSeq)) {
    const { header, problem } = await readArchive(folder, file, hasher);
    if (problem !== null || header === null || !(await continuesIn(store, header))) continue;
    const { firstSeq, lastSeq, hashBefore, hashAfter } = header;
    return { firstSeq, lastSeq, hashBefore, hashAfter, file };
  }
  return null;
}

/** True where the log itself has what comes next, and before it all that the archive has. */
export async function continuesIn(
  store: EventStore,
  { lastSeq, hashAfter }: Pick<ArchivedSegment, 'lastSeq' | 'hashAfter'>,
): Promise<boolean> {
  const [next] = await store.read(lastSeq, 1);
  return next?.prevHash === hashAfter;
}

export async function hasSnapshotAt(store: EventStore, seq: number): Promise<boolean> {
  return (await store.loadSnapshot(seq))?.seq === seq;
}
