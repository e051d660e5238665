// The fleet's log as this process has it: a store, the fold of it, and the way back after a loss.
//
//   closed ── open ──> sound ── the log is not the one it was ──> lost ── settled against what stands there ──> sound
//                        │                                                                                      │
//                        └── a fault of the store: trouble, told to callers, tried again by the next call ──────┘
//
// Everybody else here asks this file and never holds a store or a state of their own: after a loss both are others.

import { emptyState, type FleetState } from '../core/fleet-state.ts';
import {
  type Appended,
  type Batch,
  type Conflict,
  EMPTY_HEAD,
  type EventStore,
  type LogHead,
  type StoredBatch,
  StoreFault,
  type StoreTraits,
} from '../ports/event-store.ts';
import type { WitnessKeeper } from '../ports/witness.ts';
import { findLoss, type OpenedLog, type OpenLogOptions, type Orphan, openLog, startEpoch } from './open-log.ts';
import { RecentBatches } from './recent-batches.ts';
import type { Loss } from './recovery.ts';
import type { FoldedBatch, Replica } from './replica.ts';
import { Signal } from './signal.ts';
import { type Trouble, troubleFrom } from './trouble.ts';

/** After the store could not be opened, the next call tries again, but not more often than this. */
const REOPEN_MS = 250;

export class FleetLog {
  readonly recent = new RecentBatches();
  /**
   * Every batch that becomes part of merged state, in order, in the turn in which it does. What is read while the log is
   * being opened is told as a whole, by `replaced`.
   */
  readonly folded = new Signal<FoldedBatch>();
  /** Another state took the place of merged state: the log was opened, or was lost and is settled again. */
  readonly replaced = new Signal<void>();
  /** The log has grown or was replaced: looking may be worth it. */
  readonly grown = new Signal<void>();
  /** Something stands against reading or writing; null when it no longer does. */
  readonly troubled = new Signal<Trouble | null>();
  readonly #options: OpenLogOptions;
  #opened: OpenedLog | null = null;
  #opening: Promise<OpenedLog> | null = null;
  #orphan: Orphan | null = null;
  #loss: Loss | null = null;
  #keeper: WitnessKeeper | null = null;
  #traits: StoreTraits = UNOPENED;
  #trouble: Trouble | null = null;
  #isWriteTrouble = false;
  #failure: { readonly error: unknown; readonly untilMs: number } | null = null;
  #isClosed = false;

  constructor(options: Omit<OpenLogOptions, 'onFolded'>) {
    const makeStore = async (): Promise<EventStore> => {
      const store = await options.makeStore();
      this.#traits = store.traits;
      return store;
    };
    this.#options = { ...options, makeStore, onFolded: (batch) => this.#folded(batch) };
  }

  /** Merged state; empty before the log was opened. After a loss still what was known before it. */
  get state(): FleetState {
    return this.#opened?.replica.state ?? this.#orphan?.state ?? NOTHING;
  }

  get head(): LogHead {
    return this.#opened?.replica.head ?? this.#orphan?.head ?? EMPTY_HEAD;
  }

  /** The open store. Throws STORE_UNAVAILABLE while there is none. */
  get store(): EventStore {
    if (this.#opened === null) throw notOpen();
    return this.#opened.store;
  }

  get isOpen(): boolean {
    return this.#opened !== null;
  }

  /** Of the store that is or was open. */
  get traits(): StoreTraits {
    return this.#traits;
  }

  /** Which place wrote what stood last when the log was opened; null where that is not known, or does not matter. */
  get lastWriter(): string | null {
    return this.#opened?.lastWriter ?? null;
  }

  get snapshotSeq(): number {
    return this.#opened?.snapshotSeq ?? 0;
  }

  /** Null when all is well. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** The last event known to be durable; what was folded after it is told to nobody. */
  get confirmedSeq(): number {
    return this.#opened?.replica.confirmedSeq ?? this.#orphan?.head.seq ?? 0;
  }

  /** Merged state may be spoken of. */
  get isConfirmed(): boolean {
    return this.#opened?.replica.isConfirmed ?? true;
  }

  /** Opens where need be and folds everything the log holds. Throws `StoreFault`. */
  catchUp(): Promise<void> {
    return this.#attempt('read', async () => {
      await this.readAhead();
      await this.confirm();
    });
  }

  /** The same, before it is durable: enough to decide on and to follow by, and nothing to speak of. Throws `StoreFault`. */
  readAhead(): Promise<void> {
    return this.#attempt('read', async () => (await this.#open()).replica.readAhead());
  }

  /** Resolves once everything folded so far is durable. Throws `StoreFault`. */
  confirm(): Promise<void> {
    return this.#attempt('read', async () => {
      const { replica } = await this.#open();
      await replica.confirm();
      this.#know(replica);
    });
  }

  /** The same for who only looks: a loss found now is settled first. */
  catchUpSettled(): Promise<void> {
    return onceMoreAfterLoss(() => this.catchUp());
  }

  /** Batches after `after`, as the store has them; a loss found now is settled first. */
  read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    return onceMoreAfterLoss(() => this.#attempt('read', async () => (await this.#open()).store.read(after, limit)));
  }

  /** Compare-and-append. What a loss does to it is as in `catchUp`: it throws, and the way back begins. */
  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    const answer = await this.#attempt('write', async () => (await this.#open()).store.append(expected, batch));
    if (!answer.appended) for (const missed of answer.missed ?? []) if (!this.offer(missed)) break;
    return answer;
  }

  /** Takes a batch that came with a hint. False when only reading shows what there is. */
  offer(batch: StoredBatch): boolean {
    try {
      return this.#opened?.replica.offer(batch) ?? false;
    } catch (error) {
      // Reading meets it again, and tells those who ask.
      this.#options.logger.debug({ err: error }, 'a batch that came by itself was not taken');
      return false;
    }
  }

  /** Merges what was appended by this process; without a draft, its events one by one. See `Replica`. */
  adopt(expected: LogHead, batch: FoldedBatch, draft: FleetState | null): void {
    const replica = this.#opened?.replica;
    if (draft === null) replica?.adoptEvents(expected, batch);
    else replica?.adoptDraft(expected, draft, batch);
  }

  /** Before anything is decided: a loss found at opening is settled by a new epoch. Throws `StoreFault`. */
  async settleLoss(): Promise<void> {
    while (this.#loss !== null && this.#opened !== null) {
      const opened = this.#opened;
      // Somebody else may have settled it since it was found: a second epoch would make granting rest once more.
      const loss = await findLoss(opened, null);
      if (loss !== null) await this.#attempt('write', () => startEpoch(this.#options, opened, opened.replica, loss));
      this.#loss = loss === null ? null : await findLoss(opened, null);
      if (this.#loss === null) this.#setTrouble(null);
    }
  }

  /** Where other hosts share the log and it is out of reach: what is under way fails now, and nothing more is asked of it. */
  async giveUp(): Promise<void> {
    if (this.#trouble?.code !== 'STORE_UNAVAILABLE' || !this.#traits.sharedAcrossHosts) return;
    this.#isClosed = true;
    await this.#opened?.store.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#opening]);
    await this.#keeper?.close();
    await this.#opened?.store.close();
  }

  /** That reading works says nothing of writing: a file may be locked, a disk full. */
  async #attempt<T>(what: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (this.#loss === null && (what === 'write' || !this.#isWriteTrouble)) this.#setTrouble(null);
      return result;
    } catch (error) {
      this.#note(error);
      this.#isWriteTrouble = what === 'write';
      if (error instanceof StoreFault && error.code === 'STORE_REGRESSED') this.#lose(error);
      throw error;
    }
  }

  /** Takes leave of the store; the way back begins at once and is shared by whoever asks meanwhile. */
  #lose(fault: StoreFault): void {
    const opened = this.#opened;
    if (opened === null || this.#isClosed) return;
    this.#options.logger.warn({ err: fault }, 'the log was lost');
    const { head } = opened.replica;
    this.#orphan = this.#knownBy(opened.replica, head, false);
    this.#opened = null;
    this.#failure = null;
    void this.#begin(this.#salvage(opened, head));
  }

  /** Reads what the old handle still can, so that nothing that was acknowledged is missing from what we know. */
  async #salvage({ replica, store }: OpenedLog, before: LogHead): Promise<void> {
    const isWhole = await replica.foldRemains();
    this.#orphan = this.#knownBy(replica, before, isWhole);
    await store.close();
  }

  /** Null for a process that had folded nothing, or half a batch too much, which must become no fleet's state. */
  #knownBy({ state, head, isBroken }: Replica, before: LogHead, isWhole: boolean): Orphan | null {
    return isBroken || head.seq === 0 ? null : { state, head, before, hashes: this.recent.hashes(), isWhole };
  }

  #open(): Promise<OpenedLog> | OpenedLog {
    if (this.#opened !== null) return this.#opened;
    if (this.#opening !== null) return this.#opening;
    if (this.#isClosed) throw notOpen();
    if (this.#failure !== null && this.#options.clock.monotonicMs() < this.#failure.untilMs) throw this.#failure.error;
    return this.#begin(Promise.resolve());
  }

  #begin(first: Promise<void>): Promise<OpenedLog> {
    const opening = this.#openAfter(first);
    this.#opening = opening;
    // Whoever waits for it hears of a failure; where nobody does, the next call tries again.
    opening.catch((error: unknown) => this.#note(error));
    return opening;
  }

  async #openAfter(first: Promise<void>): Promise<OpenedLog> {
    try {
      await first;
      this.recent.clear();
      const opened = await openLog(this.#options, this.#orphan);
      await this.#settleIn(opened);
      return opened;
    } catch (error) {
      this.#failure = { error, untilMs: this.#options.clock.monotonicMs() + REOPEN_MS };
      throw error;
    } finally {
      this.#opening = null;
    }
  }

  async #settleIn(opened: OpenedLog): Promise<void> {
    const isReplaced = this.#orphan !== null;
    this.#loss = isReplaced ? null : await findLoss(opened, null);
    // What is only known of a server once it was asked is known now.
    this.#traits = opened.store.traits;
    this.#setTrouble(null);
    if (this.#loss !== null)
      this.#note(new StoreFault('STORE_REGRESSED', `This is not the log it was: ${this.#loss.why}.`));
    this.#opened = opened;
    this.#orphan = null;
    this.#failure = null;
    this.#know(opened.replica);
    this.replaced.tell();
    this.grown.tell();
  }

  #folded(batch: FoldedBatch): void {
    this.recent.add(batch);
    if (this.#opened === null) return;
    if (this.isConfirmed) this.#know(this.#opened.replica);
    this.folded.tell(batch);
    this.grown.tell();
  }

  /** What this host should remember: which fleet lives here, and how far it has come. */
  #know(replica: Replica): void {
    const fleetId = replica.state.fleet?.fleetId;
    if (fleetId === undefined || this.#loss !== null) return;
    const { memory, logger } = this.#options;
    if (this.#keeper === null) {
      this.#keeper = memory.keepWitness(fleetId);
      memory.remember(fleetId).catch((error: unknown) => {
        logger.warn({ err: error }, 'the location of this fleet was not written down');
      });
    }
    this.#keeper.raise(replica.head);
  }

  #note(error: unknown): void {
    const trouble = troubleFrom(error, this.#options.clock.wallAt());
    if (this.#trouble?.code !== trouble.code) this.#setTrouble(trouble);
  }

  #setTrouble(trouble: Trouble | null): void {
    const isNews = trouble !== null || this.#trouble !== null;
    this.#trouble = trouble;
    if (isNews) this.troubled.tell(trouble);
  }
}

/** The second try waits until the loss is settled. */
async function onceMoreAfterLoss<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreFault) || error.code !== 'STORE_REGRESSED') throw error;
    return work();
  }
}

/** Until there is a store to ask. */
const UNOPENED: StoreTraits = {
  kind: 'memory',
  sharedAcrossHosts: false,
  pushesHints: false,
  survives: 'nothing',
  maxBatchEvents: 0,
  maxBatchBytes: 0,
  location: 'not opened yet',
};

/** What is shown before there is a log. Never written. */
const NOTHING = emptyState();

function notOpen(): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', 'The log is not open here.');
}
