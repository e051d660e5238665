// What one handle has seen of a log, so that it notices when the log is not that log any more: wiped, rolled back or
// forked under it. Across processes the witness does the same.
//
// A head that was only reported (a conflict) is not seen: a longer fork reports one too. It is seen once the batches up to
// it were read and continued what was seen before.

import { headAfter } from './chain.ts';
import { type LogHead, type StoredBatch, StoreFault } from './event-store.ts';

export class SeenHead {
  #seen: LogHead | null = null;

  /**
   * What has been seen by now. Where calls overlap, an answer may be older than what was seen since it was asked for, so it is
   * held against what was seen then.
   */
  get now(): LogHead | null {
    return this.#seen;
  }

  /** Takes note of where the log ended when it was opened, or after an append of one's own. */
  follow(head: LogHead): void {
    if (this.#seen === null || head.seq >= this.#seen.seq) this.#seen = head;
  }

  /** Throws STORE_REGRESSED when the log ends at `head` and has been seen further, or otherwise there. */
  expectNotBehind(head: LogHead, seen = this.#seen): void {
    if (seen === null || head.seq > seen.seq) return;
    if (head.seq < seen.seq) throw regressed(seen, `it now ends at ${head.seq}`);
    if (head.hash !== seen.hash) throw regressed(seen, `it now has hash ${head.hash} there`);
  }

  /** The log has been seen beyond `head`, or otherwise there: who appends at `head` has lost already. */
  isPast(head: LogHead): boolean {
    const seen = this.#seen;
    return seen !== null && (head.seq < seen.seq || (head.seq === seen.seq && head.hash !== seen.hash));
  }

  /**
   * Takes note of `batches`, a whole chain just read after number `after`. Throws STORE_REGRESSED when they are not what
   * stood there, or do not follow it.
   */
  expectContinues(after: number, batches: readonly StoredBatch[]): void {
    const seen = this.#seen;
    const [first, last] = [batches[0], batches.at(-1)];
    if (seen === null || first === undefined || last === undefined || after > seen.seq) return;
    if (after === seen.seq && first.prevHash !== seen.hash) {
      throw regressed(seen, `what follows continues hash ${first.prevHash}`);
    }
    const across = batches.find((batch) => batch.firstSeq <= seen.seq && seen.seq <= batch.lastSeq);
    if (across !== undefined && (across.lastSeq !== seen.seq || across.hash !== seen.hash)) {
      throw regressed(seen, `events ${across.firstSeq} to ${across.lastSeq} now have hash ${across.hash}`);
    }
    if (last.lastSeq > seen.seq) this.#seen = headAfter(last);
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
