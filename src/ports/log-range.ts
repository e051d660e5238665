// Small rules of reading a log that every store follows the same way.

import { EPOCH_STRIDE, type LogHead, type StoredBatch, StoreFault } from './event-store.ts';

/** Heads are compared whole: a log of another epoch or format, or with another history, is another head. */
export function isSameHead(a: LogHead, b: LogHead): boolean {
  return a.seq === b.seq && a.hash === b.hash && a.epoch === b.epoch && a.format === b.format;
}

/** Whole batches from `start` on, as many as fit `limit` events, but at least one if there is any. */
export function takeBatches(batches: readonly StoredBatch[], start: number, limit: number): readonly StoredBatch[] {
  let events = 0;
  let end = start;
  for (let batch = batches[end]; batch !== undefined; batch = batches[end]) {
    events += batch.count;
    if (events > limit && end > start) break;
    end += 1;
  }
  return batches.slice(start, end);
}

/** Nothing is missing between `after` and this batch: it holds the next event, or starts an epoch. */
export function isNext({ epoch, firstSeq }: Pick<StoredBatch, 'epoch' | 'firstSeq'>, after: number): boolean {
  return firstSeq <= after + 1 || (epoch > 0 && firstSeq === epoch * EPOCH_STRIDE);
}

/** `base` is the head as it was before the first batch still kept. */
export function historyTruncated(after: number, base: LogHead): StoreFault {
  return new StoreFault(
    'HISTORY_TRUNCATED',
    `Events up to ${base.seq} were removed from this log by its retention policy, so what follows ${after} is not whole ` +
      'here. Ask for a later time, or read the archive.',
    { details: { after, removedUpTo: base.seq } },
  );
}
