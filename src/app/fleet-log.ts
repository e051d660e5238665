// The fleet's log as this process has it: a store, the fold of it, and the way back after a loss.
//
//   closed ── open ──> sound ── the log is not the one it was ──> lost ── settled against what stands there ──> sound
//                        │                                                                                      │
//                        └── a fault of the store: trouble, told to callers, tried again by the next call ──────┘
//
// A process that had folded the log starts the next epoch as soon as it notices a loss, because it may be the only one
// that knows the state. One that has just started and finds the log behind its witness knows nothing worth saving: it
// starts the epoch only when somebody wants something decided, so that looking changes nothing.

import type { FleetState } from '../core/fleet-state.ts';
import { emptyState } from '../core/fleet-state.ts';
import type { Moment } from '../core/instant.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Appended,
  type Batch,
  type Conflict,
  EMPTY_HEAD,
  type EventStore,
  type LogHead,
  StoreFault,
  type StoreTraits,
} from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { WitnessedHead, WitnessKeeper } from '../ports/witness.ts';
import { epochBatch } from './epoch-start.ts';
import type { HostMemory } from './host-memory.ts';
import { loadReplica } from './load-replica.ts';
import type { NextTurn } from './next-turn.ts';
import { RecentBatches } from './recent-batches.ts';
import { assessLog, type Loss } from './recovery.ts';
import type { FoldedBatch, Replica } from './replica.ts';
import type { Trouble } from './trouble.ts';

export interface FleetLogOptions {
  /** A fresh handle on the log's location; asked again after a loss. */
  readonly makeStore: () => Promise<EventStore>;
  readonly memory: HostMemory;
  readonly placeId: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly nextTurn: NextTurn;
  /** When a batch that follows `state` is made. */
  readonly momentOf: (state: FleetState) => Moment;
}

/** After the store could not be opened, the next call tries again, but not more often than this. */
const REOPEN_MS = 250;

/** What one opening brings. */
interface Opened {
  readonly store: EventStore;
  readonly replica: Replica;
  readonly witness: WitnessedHead | null;
  readonly snapshotSeq: number;
}

/** The fold of a lost log, until it is settled. */
interface Orphan {
  readonly state: FleetState;
  readonly head: LogHead;
  /** The head before the remains of the lost log were read. */
  readonly before: LogHead;
  readonly isWhole: boolean;
}

export class FleetLog {
  readonly recent = new RecentBatches();
  readonly #options: FleetLogOptions;
  readonly #listeners = new Set<(batch: FoldedBatch) => void>();
  readonly #replacedListeners = new Set<() => void>();
  readonly #grownListeners = new Set<() => void>();
  #opened: Opened | null = null;
  #opening: Promise<Opened> | null = null;
  #orphan: Orphan | null = null;
  #loss: Loss | null = null;
  #keeper: WitnessKeeper | null = null;
  #traits: StoreTraits = UNOPENED;
  #trouble: Trouble | null = null;
  #failure: { readonly error: unknown; readonly untilMs: number } | null = null;
  #isClosed = false;

  constructor(options: FleetLogOptions) {
    this.#options = options;
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

  get snapshotSeq(): number {
    return this.#opened?.snapshotSeq ?? 0;
  }

  /** Null when all is well. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /**
   * Called with every batch that becomes part of merged state, in order, in the turn in which it does. What is read while
   * the log is being opened is not told.
   */
  onFolded(listener: (batch: FoldedBatch) => void): void {
    this.#listeners.add(listener);
  }

  /** Called when the log has grown or was replaced, until the answer is called. Says only that looking may be worth it. */
  onGrown(listener: () => void): () => void {
    this.#grownListeners.add(listener);
    return () => void this.#grownListeners.delete(listener);
  }

  /** Called when another state took the place of merged state: the log was lost and is settled again. */
  onReplaced(listener: () => void): void {
    this.#replacedListeners.add(listener);
  }

  /** Opens where need be and folds everything the log holds. Throws `StoreFault`. */
  async catchUp(): Promise<void> {
    await this.#attempt(async () => {
      const { replica } = await this.#open();
      await replica.catchUp();
    });
  }

  /** Compare-and-append. What a loss does to it is as in `catchUp`: it throws, and the way back begins. */
  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    return this.#attempt(async () => (await this.#open()).store.append(expected, batch));
  }

  /** Merges what was appended by this process; see `Replica`. */
  adopt(expected: LogHead, batch: FoldedBatch, draft: FleetState | null): void {
    const replica = this.#opened?.replica;
    if (replica === undefined) return;
    if (draft === null) replica.adoptEvents(expected, batch);
    else replica.adoptDraft(expected, draft, batch);
  }

  /** Before anything is decided: a loss found at opening is settled by a new epoch. Throws `StoreFault`. */
  async settleLoss(): Promise<void> {
    while (this.#loss !== null && this.#opened !== null) {
      const opened = this.#opened;
      const { state, head } = opened.replica;
      await this.#attempt(() => this.#startEpoch(opened, { state, head }, this.#loss as Loss));
      this.#loss = await this.#assess(opened, null);
      if (this.#loss === null) this.#note(null);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const [opened] = await Promise.allSettled([this.#opening]);
    const store = opened.status === 'fulfilled' ? (opened.value?.store ?? null) : null;
    await this.#keeper?.close();
    await (this.#opened?.store ?? store)?.close();
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (this.#loss === null) this.#note(null);
      return result;
    } catch (error) {
      this.#note(error);
      if (error instanceof StoreFault && error.code === 'STORE_REGRESSED') this.#lose(error);
      throw error;
    }
  }

  /** Takes leave of the store; the way back begins at once and is shared by whoever asks meanwhile. */
  #lose(fault: StoreFault): void {
    const opened = this.#opened;
    if (opened === null || this.#isClosed) return;
    this.#options.logger.warn({ err: fault }, 'the log was lost');
    this.#opened = null;
    this.#failure = null;
    const { state, head } = opened.replica;
    this.#orphan = { state, head, before: head, isWhole: false };
    this.#opening = this.#salvage(opened, head).then(() => this.#openOnce());
    this.#finishOpening();
  }

  /** Reads what the old handle still can, so that nothing that was acknowledged is missing from what we know. */
  async #salvage({ replica, store }: Opened, before: LogHead): Promise<void> {
    const isWhole = await replica.foldRemains();
    this.#orphan = { state: replica.state, head: replica.head, before, isWhole };
    await store.close();
  }

  async #open(): Promise<Opened> {
    if (this.#opened !== null) return this.#opened;
    if (this.#isClosed) throw notOpen();
    if (this.#opening === null) {
      if (this.#failure !== null && this.#options.clock.monotonicMs() < this.#failure.untilMs)
        throw this.#failure.error;
      this.#opening = this.#openOnce();
      this.#finishOpening();
    }
    return this.#opening as Promise<Opened>;
  }

  #finishOpening(): void {
    const opening = this.#opening as Promise<Opened>;
    opening.then(
      (opened) => {
        const isReplaced = this.#orphan !== null;
        this.#opening = null;
        this.#opened = opened;
        this.#orphan = null;
        this.#failure = null;
        if (!isReplaced) return;
        for (const listener of this.#replacedListeners) listener();
        for (const listener of this.#grownListeners) listener();
      },
      (error: unknown) => {
        this.#opening = null;
        this.#failure = { error, untilMs: this.#options.clock.monotonicMs() + REOPEN_MS };
        this.#note(error);
      },
    );
  }

  async #openOnce(): Promise<Opened> {
    const store = await this.#options.makeStore();
    this.#traits = store.traits;
    try {
      const head = await store.open();
      this.recent.clear();
      const { replica, snapshotSeq } = await loadReplica(
        { ...this.#options, store, onFolded: (batch) => this.#folded(batch) },
        head,
      );
      const opened = { store, replica, snapshotSeq, witness: await this.#witness(replica.state) };
      await this.#settleOpened(opened);
      return opened;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Compares the log with what is known. Who had folded it puts it right at once. */
  async #settleOpened(opened: Opened): Promise<void> {
    const orphan = this.#orphan;
    this.#loss = await this.#assess(opened, orphan);
    while (orphan !== null && this.#loss !== null) {
      await this.#startEpoch(opened, orphan, this.#loss);
      this.#loss = await this.#assess(opened, orphan);
    }
    this.#know(opened.replica);
    if (this.#loss !== null) this.#note(new StoreFault('STORE_REGRESSED', sentence(this.#loss.why)));
  }

  #assess({ store, replica, witness }: Opened, orphan: Orphan | null): Promise<Loss | null> {
    const now = { store, head: replica.head, isSuspended: replica.state.fleet?.suspended != null };
    return assessLog(now, {
      own: orphan?.head ?? null,
      before: orphan?.before ?? null,
      isOwnWhole: orphan?.isWhole ?? false,
      witness,
    });
  }

  /** Starts the next epoch, unless somebody else was first; either way the log is folded to its end afterwards. */
  async #startEpoch(
    { store, replica, witness }: Opened,
    known: Pick<Orphan, 'state' | 'head'>,
    loss: Loss,
  ): Promise<void> {
    const { hasher, ids, placeId, momentOf, logger, memory } = this.#options;
    const fleetId =
      known.state.fleet?.fleetId ?? replica.state.fleet?.fleetId ?? (await memory.fleetId()) ?? ids.newId('f');
    const batch = epochBatch({
      loss,
      fleetId,
      state: known.state,
      basis: known.head,
      head: replica.head,
      witness,
      moment: momentOf(known.state),
      batchId: ids.newId('b'),
      placeId,
      traits: store.traits,
      hasher,
    });
    const { appended } = await store.append(replica.head, batch);
    if (appended) logger.warn({ epoch: batch.epoch, rest: loss.rest, why: loss.why }, 'a new epoch was started');
    await replica.catchUp();
  }

  async #witness(state: FleetState): Promise<WitnessedHead | null> {
    const { memory } = this.#options;
    const fleetId = state.fleet?.fleetId ?? (await memory.fleetId());
    return fleetId === null ? null : memory.witness(fleetId);
  }

  #folded(batch: FoldedBatch): void {
    this.recent.add(batch);
    if (this.#opened === null) return;
    this.#know(this.#opened.replica);
    for (const listener of this.#listeners) listener(batch);
    for (const listener of this.#grownListeners) listener();
  }

  /** What this host should remember: which fleet lives here, and how far it has come. */
  #know(replica: Replica): void {
    const fleetId = replica.state.fleet?.fleetId;
    if (fleetId === undefined || this.#loss !== null) return;
    if (this.#keeper === null) {
      this.#keeper = this.#options.memory.keepWitness(fleetId);
      this.#options.memory.remember(fleetId).catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'the location of this fleet was not written down');
      });
    }
    this.#keeper.raise(replica.head);
  }

  #note(error: unknown): void {
    if (error === null) {
      this.#trouble = null;
      return;
    }
    const code = error instanceof StoreFault ? error.code : 'INTERNAL';
    if (this.#trouble?.code === code) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#trouble = { code, message, sinceWallAt: this.#options.clock.wallAt() };
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

function sentence(why: string): string {
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}
