// Which events a question about a stretch of the log is about. It ends at a moment and reaches back to a time, as far as the
// log still goes and as many events as are read for one answer: where there are more, the later ones are looked at.

import { epochOf, firstSeqOf } from '../../core/fleet/epoch.ts';
import type { Point, Stretch } from '../../core/history/span.ts';
import { beginningOf } from '../../core/history/stretch-view.ts';
import { STRETCH_LIMITS, type StretchQuery } from '../../core/history/stretch-views.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type { AsOf, PastMoment } from '../../core/view/past.ts';
import type { EventStore, LogHead } from '../../ports/event-store.ts';
import { decodeBatch } from '../batch-codec.ts';
import { findMoment, lastLoggedUpTo } from './find-moment.ts';

export interface FoundStretch {
  readonly stretch: Stretch;
  readonly asOf: AsOf;
}

/** Throws HISTORY_TRUNCATED for an end that is gone, and other faults. */
export async function findStretch(
  store: EventStore,
  head: LogHead,
  {
    query,
    moment,
    nowWallAt,
  }: { readonly query: StretchQuery; readonly moment: PastMoment; readonly nowWallAt: string },
): Promise<FoundStretch | Rejection> {
  const last = await endOf(store, head, { query, moment, nowWallAt });
  if (isRejection(last)) return last;
  const asOf = await loggedAt(store, last.seq);
  const to = { seq: last.seq, atMs: last.atMs ?? Date.parse(asOf.wallAt) };
  const fromMs = beginningOf(query, to.atMs);
  if (fromMs !== null && fromMs >= to.atMs) return backwards(fromMs, to);
  const asked = await lastLoggedUpTo(store, head, fromMs ?? 0);
  // A clock that was set back may have logged the end before the beginning.
  const from = Math.min(asked.seq, to.seq);
  const seq = await readableFrom(store, from, to.seq);
  const isWhole = asked.isKept && seq === from;
  const atMs = isWhole && fromMs !== null ? fromMs : await firstBehind(store, seq, to);
  return { stretch: { from: { seq, atMs }, to, isWhole }, asOf };
}

interface Asked {
  readonly query: StretchQuery;
  readonly moment: PastMoment;
  readonly nowWallAt: string;
}

/** The first number from `from` on behind which no more events stand than are read, up to `to`. */
async function readableFrom(store: EventStore, from: number, to: number): Promise<number> {
  let left: number = STRETCH_LIMITS.events;
  let end = to;
  while (end > from) {
    const before = Math.max(from, firstSeqOf(epochOf(end)) - 1);
    if (end - before >= left) return end - left;
    left -= end - before;
    end = before === from ? from : await lastBefore(store, before + 1, from);
  }
  return from;
}

/** Between the numbers of two epochs nothing stands: the last one before `epochStart` that some event has, `from` at least. */
async function lastBefore(store: EventStore, epochStart: number, from: number): Promise<number> {
  let known = from;
  let tooFar = epochStart;
  while (known < tooFar - 1) {
    const middle = Math.floor((known + tooFar) / 2);
    const [batch] = await store.read(middle - 1, 1);
    if (batch === undefined || batch.firstSeq >= epochStart) tooFar = middle;
    else known = Math.min(batch.lastSeq, epochStart - 1);
  }
  return known;
}

/** The last event, and the time that is meant where it is not that event's own. */
async function endOf(store: EventStore, head: LogHead, { query, moment, nowWallAt }: Asked) {
  const latest =
    'newest' in moment ? { seq: head.seq, atMs: Date.parse(nowWallAt) } : await meant(store, head, moment, nowWallAt);
  if (isRejection(latest)) return latest;
  const toMs = query.kind === 'timeline' ? query.toMs : undefined;
  if (toMs === undefined || toMs >= (latest.atMs ?? Date.parse((await loggedAt(store, latest.seq)).wallAt)))
    return latest;
  const earlier = await meant(store, head, { wallAt: new Date(toMs).toISOString() }, nowWallAt);
  return isRejection(earlier) ? earlier : { ...earlier, seq: Math.min(earlier.seq, latest.seq) };
}

async function meant(store: EventStore, head: LogHead, moment: PastMoment, nowWallAt: string) {
  const seq = await findMoment(store, head, moment, nowWallAt);
  if (isRejection(seq)) return seq;
  return { seq, atMs: 'wallAt' in moment ? Date.parse(moment.wallAt) : null };
}

async function loggedAt(store: EventStore, seq: number): Promise<AsOf> {
  const [batch] = seq === 0 ? [] : await store.read(seq - 1, 1);
  if (batch === undefined) return { epoch: 0, seq, at: 0, wallAt: new Date(0).toISOString() };
  const { at, wallAt } = decodeBatch(batch);
  return { epoch: batch.epoch, seq, at, wallAt };
}

/** When the first event was logged behind `seq`. */
async function firstBehind(store: EventStore, seq: number, to: Point): Promise<number> {
  if (seq >= to.seq) return to.atMs;
  return Date.parse((await loggedAt(store, seq + 1)).wallAt);
}

function backwards(fromMs: number, to: Point): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is nothing from ${fromMs} to ${to.atMs}.`,
    next: 'Name a beginning before the end, in milliseconds since 1970.',
    details: { path: 'fromMs' },
  });
}
