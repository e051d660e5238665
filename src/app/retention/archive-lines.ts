// An archive as lines of JSON: one that says what it holds, then each batch exactly as the log had it, with its hashes. Whoever
// has the archives and the log has the whole chain.

import type { ArchivedSegment } from '../../core/event.ts';
import type { EventStore, StoredBatch } from '../../ports/event-store.ts';

const ARCHIVE_VERSION = 1;

export type ArchiveHeader = Omit<ArchivedSegment, 'file'> & { readonly archive: number; readonly fleetId: string };

/** `f_1/0000000000000001-0000000000008205.ndjson.gz`: in the order of their names archives are in the order of the log. */
export function archiveName(fleetId: string, firstSeq: number, lastSeq: number): string {
  const digits = (seq: number): string => String(seq).padStart(16, '0');
  return `${fleetId}/${digits(firstSeq)}-${digits(lastSeq)}.ndjson.gz`;
}

/** What the name of an archive says; null for one that is none. */
export function archiveRange(
  name: string,
): { readonly fleetId: string; readonly firstSeq: number; readonly lastSeq: number } | null {
  const [, fleetId = '', first, last] = /^([\w.-]+)\/(\d{16})-(\d{16})\.ndjson\.gz$/.exec(name) ?? [];
  return first === undefined ? null : { fleetId, firstSeq: Number(first), lastSeq: Number(last) };
}

/** The lines of an archive of `segment`, which `store` still has. */
export async function* archiveLines(
  store: EventStore,
  fleetId: string,
  { firstSeq, lastSeq, hashBefore, hashAfter }: Omit<ArchivedSegment, 'file'>,
): AsyncIterable<string> {
  const header: ArchiveHeader = { archive: ARCHIVE_VERSION, fleetId, firstSeq, lastSeq, hashBefore, hashAfter };
  yield JSON.stringify(header);
  for (let after = firstSeq - 1; after < lastSeq; ) {
    const batches = await store.read(after, READ_EVENTS);
    if (batches.length === 0) throw new Error(`the log ends before ${lastSeq}`);
    for (const batch of batches) {
      if (batch.firstSeq > lastSeq) return;
      yield JSON.stringify(batch);
      after = batch.lastSeq;
    }
  }
}

const READ_EVENTS = 2_000;

/** Throws for a line that is none of an archive of this version. */
export function headerIn(line: string): ArchiveHeader {
  const header = JSON.parse(line) as ArchiveHeader;
  if (header?.archive === ARCHIVE_VERSION) return header;
  throw new Error(`it is of version ${String(header?.archive)}, and this version of Brigade knows ${ARCHIVE_VERSION}`);
}

export function batchIn(line: string): StoredBatch {
  return JSON.parse(line) as StoredBatch;
}
