// Copying a log into another store, batch by batch as they are: the copy has the same numbers, the same chain, the same head.
//
// At any moment the copy is a beginning of the log, so whoever dies half-way is gone on from by whoever comes next. That it is
// one is proved by the hash of its head alone, which stands for everything before it. A log whose beginning was archived is
// copied from there on.

import { headAfter } from '../../ports/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import { isSameHead } from '../../ports/log-range.ts';
import { holds } from '../recovery.ts';

export interface LogCopy {
  /** Open, both. */
  readonly from: EventStore;
  readonly to: EventStore;
  /** The head before the first batch that `from` still has. */
  readonly base: LogHead;
  /** As far as it is copied. */
  readonly upTo: LogHead;
  readonly clock: Clock;
  readonly onProgress?: (events: number) => void;
}

const READ_EVENTS = 2_000;
/** A store that changes its leader is back within this. */
const TRIES = 6;
const BETWEEN_TRIES_MS = 1_000;

/** How far `to` holds the log already; null where it holds something else, or more. Throws `StoreFault`. */
export async function copiedSoFar({ from, to, base, upTo }: Omit<LogCopy, 'clock'>): Promise<LogHead | null> {
  const head = await to.open();
  if (head.seq === 0) return EMPTY_HEAD;
  if (isSameHead(head, base)) return base;
  if (head.seq <= base.seq || head.seq > upTo.seq) return null;
  return (await holds({ store: from, head: upTo }, head)) ? head : null;
}

/** Copies what comes after `start`, which is what `copiedSoFar` answered. The head of the copy is `upTo` then. Throws `StoreFault`. */
export async function copyBatches(copy: LogCopy, start: LogHead): Promise<void> {
  const { from, base, upTo, onProgress = () => undefined } = copy;
  let head = start;
  if (head.seq === 0 && base.seq > 0) head = await beginBehind(copy);
  let events = 0;
  while (head.seq < upTo.seq) {
    const batches = await from.read(head.seq, READ_EVENTS);
    const [first] = batches;
    if (first === undefined || first.prevHash !== head.hash) throw changed(copy, head);
    for (const batch of batches) {
      if (batch.lastSeq > upTo.seq) break;
      head = await appendAsIs(copy, head, batch);
      events += batch.count;
    }
    onProgress(events);
  }
  if (!isSameHead(head, upTo)) throw changed(copy, head);
}

/** Numbers of the snapshots that were copied: the newest, and the one that a log whose beginning is gone stands on. Throws `StoreFault`. */
export async function copySnapshots({ from, to, base, upTo }: Omit<LogCopy, 'clock'>): Promise<readonly number[]> {
  const copied: number[] = [];
  for (const atOrBefore of base.seq === 0 ? [upTo.seq] : [base.seq, upTo.seq]) {
    const snapshot = await from.loadSnapshot(atOrBefore);
    if (snapshot === null || copied.includes(snapshot.seq) || !(await holds({ store: from, head: upTo }, snapshot)))
      continue;
    await to.saveSnapshot(snapshot);
    const kept = await to.loadSnapshot(snapshot.seq);
    if (kept?.seq !== snapshot.seq || kept.hash !== snapshot.hash || kept.body !== snapshot.body)
      throw new StoreFault(
        'STORE_DAMAGED',
        `${to.traits.location} does not give the snapshot of ${snapshot.seq} back as it was.`,
      );
    copied.push(snapshot.seq);
  }
  return copied;
}

async function beginBehind({ to, base }: LogCopy): Promise<LogHead> {
  const answer = await to.beginBehind?.(base);
  if (answer === undefined)
    throw new StoreFault('STORE_VERSION', `${to.traits.location} cannot hold a log whose beginning is in an archive.`);
  if (!isSameHead(answer.head, base)) throw meddled(to, answer.head);
  return base;
}

/** A reply may have been lost: then the batch is there already. */
async function appendAsIs({ to, clock }: LogCopy, head: LogHead, batch: StoredBatch): Promise<LogHead> {
  const { id, epoch, format, count, body, hash } = batch;
  const after = headAfter(batch);
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await to.append(head, { id, epoch, format, count, body, hash });
      if (!isSameHead(answer.head, after)) throw meddled(to, answer.head);
      return after;
    } catch (error) {
      const isPassing = error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE';
      if (!isPassing || tried === TRIES) throw error;
      await new Promise<void>((resolve) => void clock.after(BETWEEN_TRIES_MS, resolve));
    }
  }
}

function meddled({ traits }: EventStore, { seq }: LogHead): StoreFault {
  return new StoreFault(
    'STORE_UNSAFE',
    `Somebody else writes to ${traits.location} while it is copied to: it stands at ${seq} and holds something else there.`,
    { details: { location: traits.location, seq } },
  );
}

function changed({ from }: LogCopy, { seq }: LogHead): StoreFault {
  return new StoreFault('STORE_REGRESSED', `${from.traits.location} no longer goes on at ${seq} as it did.`, {
    details: { location: from.traits.location, seq },
  });
}
