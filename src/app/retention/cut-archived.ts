// What an archive has is cut off the log. Shorter archives of the same stretch, by somebody who died before it was cut, go first:
// the log still has what they have, which is how they are known to be the same.

import type { ArchivedSegment } from '../../core/event.ts';
import type { ArchiveFolder } from '../../ports/archive-folder.ts';
import { type EventStore, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { archiveRange } from './archive-lines.ts';
import { continuesIn, hasSnapshotAt } from './archive-log.ts';
import { readArchive } from './read-archive.ts';

export interface CutOptions {
  readonly store: EventStore;
  readonly folder: ArchiveFolder;
  readonly hasher: Hasher;
}

/** Cuts nothing where the archive is gone, or the log cannot be cut at its end: then it is looked at anew. Throws `StoreFault`. */
export async function cutArchived(options: CutOptions, segment: ArchivedSegment): Promise<void> {
  const { store, folder } = options;
  const names = await folder.names();
  await store.open();
  if (!names.includes(segment.file) || !(await hasSnapshotAt(store, segment.lastSeq))) return;
  for (const name of names) if (await isSuperseded(options, name, segment)) await folder.remove(name);
  await store.truncate(segment.lastSeq + 1);
}

async function isSuperseded(
  { store, folder, hasher }: CutOptions,
  name: string,
  by: ArchivedSegment,
): Promise<boolean> {
  const [range, whole] = [archiveRange(name), archiveRange(by.file)];
  if (range === null || range.fleetId !== whole?.fleetId || name === by.file) return false;
  if (range.firstSeq < by.firstSeq || range.lastSeq > by.lastSeq) return false;
  const { header } = await readArchive(folder, name, hasher);
  try {
    return header !== null && (await continuesIn(store, header));
  } catch (error) {
    // The log no longer has it, so nothing proves that it is the same.
    if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return false;
    throw error;
  }
}
