// NOT FOR PRODUCTION. The EventStore on a MemoryLog: every call is done at once and answered by a promise, so a
// simulator that drives it is deterministic. Nothing survives the process.

import { type ChainBreak, headAfter, verifyChain } from '../../ports/chain.ts';
import {
  type Appended,
  type Batch,
  type Beat,
  type Conflict,
  type EventStore,
  type LogHead,
  type Snapshot,
  type StoredBatch,
  StoreFault,
  type StoreTraits,
  type Unsubscribe,
} from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { historyTruncated, isNext, isSameHead, takeBatches } from '../../ports/log-range.ts';
import { placeBatch } from '../../ports/place-batch.ts';
import { regressedBehind, SeenHead } from '../../ports/seen-head.ts';
import { isWhole, keptSnapshots, snapshotChecksum, truncationPoint } from '../../ports/snapshot-rules.ts';
import type { MemoryLog } from './memory-log.ts';

const traits: StoreTraits = {
  kind: 'memory',
  sharedAcrossHosts: false,
  pushesHints: true,
  survives: 'nothing',
  maxBatchEvents: 4096,
  maxBatchBytes: 16 * 1024 * 1024,
  location: 'memory: (not for production, gone with the process)',
};

/** A handle on `log`. Handles on one log exclude each other by compare-and-append, like processes on one file. */
export function createMemoryStore(log: MemoryLog, hasher: Hasher): EventStore {
  return new MemoryStore(log, hasher);
}

class MemoryStore implements EventStore {
  readonly traits = traits;
  readonly #log: MemoryLog;
  readonly #hasher: Hasher;
  readonly #seen = new SeenHead();
  #life: 'new' | 'open' | 'closed' = 'new';

  constructor(log: MemoryLog, hasher: Hasher) {
    this.#log = log;
    this.#hasher = hasher;
  }

  async open(): Promise<LogHead> {
    if (this.#life === 'closed') throw notOpen();
    this.#life = 'open';
    const head = this.#head();
    this.#seen.follow(head);
    return head;
  }

  async read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    this.#expectOpen();
    const head = this.#head();
    if (after > head.seq) throw regressedBehind(after, head);
    if (after < this.#log.base.seq) throw historyTruncated(after, this.#log.base);
    const found = takeBatches(this.#log.batches, firstAfter(this.#log.batches, after), limit);
    const broken = verifyChain(this.#hasher, null, found);
    if (broken !== null) throw damaged(broken);
    const [first] = found;
    if (first !== undefined && !isNext(first, after))
      throw damaged({ seq: after + 1, batchId: first.id, problem: 'what should come before it is not there' });
    this.#seen.expectContinues(after, found);
    return found;
  }

  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    this.#expectOpen();
    const placed = placeBatch(this.#hasher, expected, batch, traits);
    const head = this.#head();
    if (!isSameHead(expected, head)) return { appended: false, head };
    this.#log.batches.push(placed);
    this.#log.head = headAfter(placed);
    this.#seen.follow(this.#log.head);
    for (const [hint, owner] of this.#log.listeners) if (owner !== this) queueMicrotask(hint);
    return { appended: true, head: this.#log.head };
  }

  onAppended(hint: () => void): Unsubscribe {
    const listener = (): void => {
      if (this.#log.listeners.has(listener)) hint();
    };
    this.#log.listeners.set(listener, this);
    return () => void this.#log.listeners.delete(listener);
  }

  async loadSnapshot(atOrBefore = Number.MAX_SAFE_INTEGER): Promise<Snapshot | null> {
    this.#expectOpen();
    const numbers = [...this.#log.snapshots.keys()].filter((seq) => seq <= atOrBefore).toSorted((a, b) => b - a);
    return numbers.map((seq) => this.#wholeSnapshot(seq)).find((snapshot) => snapshot !== null) ?? null;
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#expectOpen();
    const { snapshots, base } = this.#log;
    snapshots.set(snapshot.seq, { snapshot, checksum: snapshotChecksum(this.#hasher, snapshot) });
    const sizes = [...snapshots].map(([seq, stored]) => ({ seq, bytes: Buffer.byteLength(stored.snapshot.body) }));
    const kept = keptSnapshots(sizes, base.seq);
    for (const seq of snapshots.keys()) if (!kept.has(seq)) snapshots.delete(seq);
  }

  async truncate(before: number): Promise<number> {
    this.#expectOpen();
    const ends = new Map(this.#log.batches.map((batch) => [batch.lastSeq, batch]));
    const point = truncationPoint([...this.#log.snapshots.keys()], before, (seq) => {
      const snapshot = this.#wholeSnapshot(seq);
      return snapshot !== null && ends.get(seq)?.hash === snapshot.hash;
    });
    const last = point === null ? undefined : ends.get(point);
    if (last !== undefined) this.#cutBehind(last);
    return this.#firstKept();
  }

  async beginBehind(base: LogHead): Promise<Appended | Conflict> {
    this.#expectOpen();
    const head = this.#head();
    if (head.seq > 0) return { appended: false, head };
    this.#log.base = base;
    this.#log.head = base;
    this.#seen.follow(base);
    return { appended: true, head: base };
  }

  async beat(beat: Beat): Promise<void> {
    this.#expectOpen();
    this.#log.beats.set(beat.placeId, beat);
  }

  async beats(): Promise<readonly Beat[]> {
    this.#expectOpen();
    return [...this.#log.beats.values()];
  }

  async close(): Promise<void> {
    this.#life = 'closed';
    for (const [hint, owner] of this.#log.listeners) if (owner === this) this.#log.listeners.delete(hint);
  }

  #head(): LogHead {
    this.#seen.expectNotBehind(this.#log.head);
    return this.#log.head;
  }

  #wholeSnapshot(seq: number): Snapshot | null {
    const stored = this.#log.snapshots.get(seq);
    return stored !== undefined && isWhole(this.#hasher, stored.snapshot, stored.checksum) ? stored.snapshot : null;
  }

  #cutBehind(last: StoredBatch): void {
    this.#log.base = headAfter(last);
    this.#log.batches = this.#log.batches.slice(firstAfter(this.#log.batches, last.lastSeq));
    for (const seq of this.#log.snapshots.keys()) if (seq < last.lastSeq) this.#log.snapshots.delete(seq);
  }

  #firstKept(): number {
    return this.#log.batches[0]?.firstSeq ?? this.#log.base.seq + 1;
  }

  #expectOpen(): void {
    if (this.#life !== 'open') throw notOpen();
  }
}

function damaged({ seq, batchId, problem }: ChainBreak): StoreFault {
  return new StoreFault('STORE_DAMAGED', `Batch ${batchId} at event ${seq} is damaged: ${problem}.`, {
    details: { seq },
  });
}

function notOpen(): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', 'This store is not open.');
}

/** Index of the first batch whose last event is after `after`. */
function firstAfter(batches: readonly StoredBatch[], after: number): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((batches[middle]?.lastSeq ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
