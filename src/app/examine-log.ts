// A log looked at from its first batch to its last: is the chain whole, can every batch be read, does the fold keep every
// invariant? Nothing is written and nothing is assumed: no snapshot, no replica. It takes as long as the log is long.

import { apply } from '../core/apply.ts';
import { emptyState, type FleetState } from '../core/fleet-state.ts';
import { checkState, type Violation } from '../core/invariants.ts';
import { type ChainBreak, headAfter, verifyChain } from '../ports/chain.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import { decodeBatch } from './batch-codec.ts';
import { logBase, removedUpTo } from './log-base.ts';

export interface Examination {
  /** As far as the log could be read and its chain is whole. */
  readonly head: LogHead;
  readonly batches: number;
  readonly events: number;
  /** Number of the first event that is kept. */
  readonly firstSeq: number;
  /** The head as it was before it; of a log that is kept from its beginning, that of an empty one. */
  readonly base: LogHead;
  /** What the largest batch takes of a store at once. */
  readonly largest: { readonly events: number; readonly bytes: number };
  /** False where retention removed the beginning: then the chain is examined and nothing is folded. */
  readonly isWhole: boolean;
  /** The state at `head`, or as far as batches could be folded. */
  readonly state: FleetState;
  /** The first batch that does not continue what stands before it. */
  readonly chainBreak: ChainBreak | null;
  /** Why a batch could not be folded. */
  readonly unreadable: Unfolded | null;
  /** From here on a newer version wrote what this one does not know. That is no damage: the chain is examined to the end. */
  readonly tooNew: Unfolded | null;
  readonly violations: readonly Violation[];
  /** Number of the last event of the batch that has the hash asked for; null when no batch has it. */
  readonly hashAt: number | null;
}

interface Unfolded {
  readonly seq: number;
  readonly problem: string;
}

export interface ExamineOptions {
  readonly hasher: Hasher;
  /** A head hash that was kept elsewhere. */
  readonly hash?: string | undefined;
  readonly onProgress?: (seq: number, events: number) => void;
}

const READ_EVENTS = 2_000;

/** Examines an open store up to its end. Throws `StoreFault` only where the store cannot be read at all. */
export async function examineLog(store: EventStore, options: ExamineOptions): Promise<Examination> {
  const base = await baseOf(store);
  const found = new Finder(options, base);
  for (let after = base.seq; ; ) {
    const batches = await found.read(store, after);
    const last = batches.at(-1);
    if (last === undefined) break;
    for (const batch of batches) found.take(batch);
    if (found.isBroken) break;
    after = last.lastSeq;
    options.onProgress?.(after, found.events);
  }
  return found.result();
}

/** A store that meets damage in the very first batch cannot tell what comes before it either; the walk finds the damage again. */
async function baseOf(store: EventStore): Promise<LogHead> {
  const seq = await unlessDamaged(() => removedUpTo(store), 0);
  return seq === 0 ? EMPTY_HEAD : unlessDamaged(() => logBase(store), { ...EMPTY_HEAD, seq });
}

async function unlessDamaged<T>(look: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StoreFault && error.code === 'STORE_DAMAGED') return otherwise;
    throw error;
  }
}

/**
 * What is wrong with the chain or the content of a log, in one sentence without its full stop; null when it is whole. What is
 * only too new for this version is whole.
 */
export function flawOfLog({ chainBreak, unreadable }: Examination): string | null {
  if (chainBreak !== null) {
    return `the chain breaks at number ${chainBreak.seq} (batch ${chainBreak.batchId}): ${chainBreak.problem}`;
  }
  if (unreadable === null) return null;
  return `what stands at number ${unreadable.seq} cannot be folded: ${unreadable.problem.replace(/\.$/, '')}`;
}

class Finder {
  events = 0;
  readonly #options: ExamineOptions;
  /** The log is kept from its beginning, so it can be folded and what it begins with is known. */
  readonly #isWhole: boolean;
  readonly #state = emptyState();
  readonly #base: LogHead;
  #head: LogHead;
  #batches = 0;
  #firstSeq: number;
  #largest = { events: 0, bytes: 0 };
  #chainBreak: ChainBreak | null = null;
  #unreadable: Unfolded | null = null;
  #tooNew: Unfolded | null = null;
  #readEvents = READ_EVENTS;
  /** Damage that the store met where it read much at once. */
  #met: StoreFault | null = null;
  #hashAt: number | null = null;

  constructor(options: ExamineOptions, base: LogHead) {
    this.#options = options;
    this.#base = base;
    this.#head = base;
    this.#firstSeq = base.seq + 1;
    this.#isWhole = base.seq === 0;
  }

  get isBroken(): boolean {
    return this.#chainBreak !== null;
  }

  /**
   * A store that meets the damage before we do says so itself, and answers nothing of what it read with it. From then on each
   * batch is read alone, so that what is whole before the damage is counted.
   */
  async read(store: EventStore, after: number): Promise<readonly StoredBatch[]> {
    try {
      return await store.read(after, this.#readEvents);
    } catch (error) {
      if (!(error instanceof StoreFault) || error.code !== 'STORE_DAMAGED') throw error;
      if (this.#readEvents > 1) {
        this.#readEvents = 1;
        this.#met = error;
        return this.read(store, after);
      }
      this.#chainBreak = breakToldBy(error);
      if (!this.isBroken) this.#unreadable ??= { seq: this.#head.seq + 1, problem: error.message };
      return [];
    }
  }

  take(batch: StoredBatch): void {
    if (this.isBroken) return;
    // The first of an epoch has a number far above what came before it.
    if (this.#batches === 0) this.#firstSeq = batch.firstSeq;
    this.#chainBreak = verifyChain(this.#options.hasher, this.#head, [batch]);
    if (this.isBroken) return;
    this.#head = headAfter(batch);
    this.#batches += 1;
    this.events += batch.count;
    const { events, bytes } = this.#largest;
    this.#largest = {
      events: Math.max(events, batch.count),
      bytes: Math.max(bytes, Buffer.byteLength(batch.body)),
    };
    if (batch.hash === this.#options.hash) this.#hashAt = batch.lastSeq;
    if (this.#isFolding) this.#fold(batch);
  }

  result(): Examination {
    // Batch by batch all was whole; so what the store met stands between them, as rows do that a broken page only seems to have.
    if (this.#met !== null && !this.isBroken) this.#unreadable ??= { seq: this.#head.seq, problem: this.#met.message };
    return {
      head: this.#head,
      batches: this.#batches,
      events: this.events,
      firstSeq: this.#firstSeq,
      base: this.#base,
      largest: this.#largest,
      isWhole: this.#isWhole,
      state: this.#state,
      chainBreak: this.#chainBreak,
      unreadable: this.#unreadable,
      tooNew: this.#tooNew,
      // A state that was folded only in part breaks rules that the whole would keep.
      violations: this.#isFolding && !this.isBroken ? checkState(this.#state) : [],
      hashAt: this.#hashAt,
    };
  }

  get #isFolding(): boolean {
    return this.#isWhole && this.#unreadable === null && this.#tooNew === null;
  }

  #fold(batch: StoredBatch): void {
    const seq = batch.firstSeq;
    try {
      for (const event of decodeBatch(batch).events) apply(this.#state, event);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (!(error instanceof StoreFault)) this.#unreadable = { seq, problem: `it cannot be folded: ${problem}` };
      else if (error.code === 'STORE_VERSION') this.#tooNew = { seq, problem };
      else this.#unreadable = { seq, problem };
    }
  }
}

/** The break of the chain that the store has met; null where it met damage of another kind. */
function breakToldBy({ details: { seq, batchId, problem } }: StoreFault): ChainBreak | null {
  if (typeof seq !== 'number' || typeof batchId !== 'string' || typeof problem !== 'string') return null;
  return { seq, batchId, problem };
}
