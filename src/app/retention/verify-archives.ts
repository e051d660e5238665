// The chain through all archives into the log: each one begins with the hash that the one before it ended with, and the log with
// that of the last. An archive twice over is no fault: whoever wrote it died before it was noted.

import type { ArchiveFolder } from '../../ports/archive-folder.ts';
import { EMPTY_HASH } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { archiveRange } from './archive-lines.ts';
import { readArchive } from './read-archive.ts';

export interface ArchivesReport {
  readonly archives: number;
  readonly events: number;
  /** Number of the first event that an archive has; null without archives. */
  readonly firstSeq: number | null;
  readonly problems: readonly { readonly file: string; readonly problem: string }[];
}

/** Where the log begins: its first event, and the chain hash before it. */
export interface LogBeginning {
  readonly firstSeq: number;
  readonly prevHash: string;
}

export async function verifyArchives(
  folder: ArchiveFolder,
  hasher: Hasher,
  fleetId: string,
  log: LogBeginning,
): Promise<ArchivesReport> {
  const names = (await folder.names()).filter((name) => archiveRange(name)?.fleetId === fleetId).toSorted();
  const problems: { file: string; problem: string }[] = [];
  let events = 0;
  let reached: { readonly seq: number; readonly hash: string; readonly file: string } | null = null;
  for (const file of names) {
    const { header, events: read, problem } = await readArchive(folder, file, hasher);
    events += read;
    if (problem !== null) problems.push({ file, problem });
    if (problem !== null || header === null) continue;
    // Within what was seen already.
    if (reached !== null && header.firstSeq <= reached.seq) {
      if (header.lastSeq > reached.seq) reached = { seq: header.lastSeq, hash: header.hashAfter, file };
      continue;
    }
    if (reached !== null && header.hashBefore !== reached.hash)
      problems.push({ file, problem: `it does not continue ${reached.file}; one between them is missing` });
    reached = { seq: header.lastSeq, hash: header.hashAfter, file };
  }
  // One that was begun anew after a loss continues nothing.
  const isCut = log.prevHash !== EMPTY_HASH && reached !== null && reached.seq < log.firstSeq;
  if (isCut && reached !== null && reached.hash !== log.prevHash)
    problems.push({ file: reached.file, problem: `the log does not continue it: it begins at ${log.firstSeq}` });
  return { archives: names.length, events, firstSeq: archiveRange(names[0] ?? '')?.firstSeq ?? null, problems };
}
