// Which event a moment means. A time is looked up by halving, because a log has a million events and more; where the wall
// clock was set back, a time names one of the moments at which the log said so, and the answer says which.

import { type Rejection, reject } from '../../core/rejection.ts';
import type { PastMoment } from '../../core/view/past.ts';
import { type EventStore, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import { wallAtOf } from '../batch-codec.ts';

/** Number up to which the log that ends at `head` is folded for `moment`. Throws HISTORY_TRUNCATED, and other faults. */
export async function findMoment(
  store: EventStore,
  head: LogHead,
  moment: PastMoment,
  nowWallAt: string,
): Promise<number | Rejection> {
  if ('newest' in moment) return head.seq;
  if (head.seq === 0)
    return refused('Nothing was logged yet, so there is nothing to look back at.', 'Look at the present.');
  return 'seq' in moment ? seqMeant(moment.seq, head) : seqAt(store, head, moment.wallAt, nowWallAt);
}

function seqMeant(seq: number, head: LogHead): number | Rejection {
  if (!Number.isSafeInteger(seq) || seq < 1)
    return refused(`${seq} is no number of an event; they begin with 1.`, 'Name an event by its number.');
  if (seq <= head.seq) return seq;
  return refused(`The log ends at ${head.seq}; there is no event ${seq} yet.`, `Name a number up to ${head.seq}.`);
}

async function seqAt(store: EventStore, head: LogHead, wallAt: string, nowWallAt: string): Promise<number | Rejection> {
  const askedMs = Date.parse(wallAt);
  if (Number.isNaN(askedMs)) return refused(`"${wallAt.slice(0, 40)}" is no time.`, 'Name it as ISO 8601 does.');
  const last = await batchAfter(store, head.seq - 1);
  // A clock that is ahead of this one may have written the log.
  const latestMs = Math.max(Date.parse(nowWallAt), last === null ? 0 : loggedMs(last));
  if (askedMs > latestMs) return refused(`${wallAt} has not come yet.`, 'Name a time that has passed.');
  const { first, removedUpTo } = await beginning(store);
  if (first === null) return removedUpTo;
  if (loggedMs(first) <= askedMs) return lastLoggedBy(store, first, head, askedMs);
  if (removedUpTo > 0) throw truncated(first, removedUpTo);
  return refused(`The log begins at ${wallAtOf(first)}, after ${wallAt}.`, 'Name a later time.');
}

/**
 * Number of the last event that was logged by `askedMs`, or of the one before the first that the log still has, which is then
 * `isKept: false` where others stood before it.
 */
export async function lastLoggedUpTo(
  store: EventStore,
  head: LogHead,
  askedMs: number,
): Promise<{ readonly seq: number; readonly isKept: boolean }> {
  const { first, removedUpTo } = await beginning(store);
  if (first === null) return { seq: head.seq, isKept: removedUpTo === 0 };
  if (loggedMs(first) <= askedMs) return { seq: await lastLoggedBy(store, first, head, askedMs), isKept: true };
  return { seq: first.firstSeq - 1, isKept: removedUpTo === 0 };
}

/** The first batch that is kept, and up to where earlier ones were removed. */
async function beginning(store: EventStore) {
  try {
    return { first: await batchAfter(store, 0), removedUpTo: 0 };
  } catch (error) {
    const removed = error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED' ? error.details.removedUpTo : 0;
    if (typeof removed !== 'number' || removed === 0) throw error;
    return { first: await batchAfter(store, removed), removedUpTo: removed };
  }
}

/** `first` was logged in time. Between numbers of two epochs nothing stands. */
async function lastLoggedBy(store: EventStore, first: StoredBatch, head: LogHead, askedMs: number): Promise<number> {
  let inTime = first.lastSeq;
  let tooLate = head.seq + 1;
  while (inTime < tooLate - 1) {
    const middle = Math.floor((inTime + tooLate - 1) / 2);
    const batch = await batchAfter(store, middle);
    if (batch === null || batch.firstSeq >= tooLate) tooLate = middle + 1;
    else if (loggedMs(batch) <= askedMs) inTime = batch.lastSeq;
    else tooLate = batch.firstSeq;
  }
  return inTime;
}

async function batchAfter(store: EventStore, seq: number): Promise<StoredBatch | null> {
  const [batch] = await store.read(seq, 1);
  return batch ?? null;
}

function loggedMs(batch: StoredBatch): number {
  return Date.parse(wallAtOf(batch));
}

function truncated(first: StoredBatch, removedUpTo: number): StoreFault {
  return new StoreFault(
    'HISTORY_TRUNCATED',
    `Events up to ${removedUpTo} were removed from this log by its retention policy; what is kept begins at ${wallAtOf(first)}.`,
    { details: { removedUpTo } },
  );
}

function refused(message: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message, next, details: { path: 'at' } });
}
