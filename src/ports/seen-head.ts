// What one handle has seen of a log, so that it notices when the log is not that log any more: wiped, rolled back or
// forked under it. Across processes the witness does the same.

import { type LogHead, type StoredBatch, StoreFault } from './event-store.ts';

export class SeenHead {
  #seen: LogHead | null = null;

  /** Takes note of a head just read. Throws STORE_REGRESSED when it is behind, or beside, one seen before. */
  observe(head: LogHead): void {
    const seen = this.#seen;
    if (seen !== null && head.seq < seen.seq) throw regressed(seen, `it now ends at ${head.seq}`);
    if (seen !== null && head.seq === seen.seq && head.hash !== seen.hash) {
      throw regressed(seen, `it now has hash ${head.hash} there`);
    }
    this.#seen = head;
  }

  /** Throws STORE_REGRESSED when `batches`, just read after number `after`, are not what stood there or follows it. */
  expectContinues(after: number, batches: readonly StoredBatch[]): void {
    const seen = this.#seen;
    if (seen === null) return;
    const first = batches[0];
    if (first !== undefined && after === seen.seq && first.prevHash !== seen.hash) {
      throw regressed(seen, `what follows continues hash ${first.prevHash}`);
    }
    const across = batches.find((batch) => batch.firstSeq <= seen.seq && seen.seq <= batch.lastSeq);
    if (across === undefined || (across.lastSeq === seen.seq && across.hash === seen.hash)) return;
    throw regressed(seen, `events ${across.firstSeq} to ${across.lastSeq} now have hash ${across.hash}`);
  }
}

/** The log does not hold what a caller has already read up to `after`. */
export function regressedBehind(after: number, head: LogHead): StoreFault {
  return regressed({ seq: after }, `it ends at ${head.seq}`);
}

function regressed(seen: Pick<LogHead, 'seq'> & Partial<LogHead>, now: string): StoreFault {
  const at = seen.hash === undefined ? `${seen.seq}` : `${seen.seq} with hash ${seen.hash}`;
  return new StoreFault(
    'STORE_REGRESSED',
    `The log was wiped, rolled back or replaced: it was seen at ${at}, and ${now}. Nothing is granted on it until its ` +
      'history is settled; `brigade doctor` says how it goes on.',
    { details: { seenSeq: seen.seq, ...(seen.hash === undefined ? {} : { seenHash: seen.hash }) } },
  );
}
