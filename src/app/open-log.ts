// Opening a log: a store, the fold of it, and whether it is the log it should be. What to do about a loss depends on who
// opens it. A process that had folded the log puts it right at once, because it may be the only one that knows the state.
// One that has just started knows nothing worth saving, and leaves the loss to be settled before something is decided.

import type { FleetState } from '../core/fleet-state.ts';
import type { Moment } from '../core/instant.ts';
import type { Clock } from '../ports/clock.ts';
import { type EventStore, type LogHead, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { WitnessedHead } from '../ports/witness.ts';
import { decodeBatch } from './batch-codec.ts';
import { appendEpoch } from './epoch-start.ts';
import type { HostMemory } from './host-memory.ts';
import { loadReplica } from './load-replica.ts';
import type { NextTurn } from './next-turn.ts';
import { assessLog, type Loss, type OwnKnowledge, tokensGivenTwice } from './recovery.ts';
import type { FoldedBatch, Replica } from './replica.ts';

export interface OpenLogOptions {
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
  readonly onFolded: (batch: FoldedBatch) => void;
}

export interface OpenedLog {
  readonly store: EventStore;
  readonly replica: Replica;
  /** The highest head this host had seen before. */
  readonly witness: WitnessedHead | null;
  /** Number of the snapshot the fold started from; 0 without one. */
  readonly snapshotSeq: number;
  /** Which place wrote what stands last, on a log that several hosts share; null where that is not known. */
  readonly lastWriter: string | null;
}

/** The fold of a lost log, until it is settled. */
export interface Orphan extends OwnKnowledge {
  readonly state: FleetState;
}

/** Opens a fresh handle and folds what it holds. With an `orphan`, the log is put right. Throws `StoreFault`. */
export async function openLog(options: OpenLogOptions, orphan: Orphan | null): Promise<OpenedLog> {
  const store = await options.makeStore();
  try {
    const head = await store.open();
    const { replica, snapshotSeq } = await loadReplica({ ...options, store }, head);
    const fleetId = replica.state.fleet?.fleetId ?? (await options.memory.fleetId());
    const witness = fleetId === null ? null : await options.memory.witness(fleetId);
    const opened = { store, replica, snapshotSeq, witness, lastWriter: null };
    if (orphan !== null) await putRight(options, opened, orphan);
    return { ...opened, lastWriter: await lastWriterOf(store, replica.head) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function lastWriterOf(store: EventStore, head: LogHead): Promise<string | null> {
  if (!store.traits.sharedAcrossHosts || head.seq === 0) return null;
  try {
    const [last] = await store.read(head.seq - 1, 1);
    return last?.lastSeq === head.seq ? decodeBatch(last).placeId : null;
  } catch (error) {
    if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return null;
    throw error;
  }
}

/** Null when the log is sound. */
export function findLoss({ store, replica, witness }: OpenedLog, orphan: Orphan | null): Promise<Loss | null> {
  const log = { store, head: replica.head, isSuspended: replica.state.fleet?.suspended != null };
  return assessLog(log, { own: orphan, witness });
}

async function putRight(options: OpenLogOptions, opened: OpenedLog, orphan: Orphan): Promise<void> {
  for (let loss = await findLoss(opened, orphan); loss !== null; loss = await findLoss(opened, orphan)) {
    await startEpoch(options, opened, orphan, loss);
  }
}

/** Starts the next epoch with `known`, unless somebody else was first; the log is folded to its end either way. */
export async function startEpoch(
  options: OpenLogOptions,
  { store, replica, witness }: OpenedLog,
  known: Pick<Orphan, 'state' | 'head'>,
  loss: Loss,
): Promise<void> {
  const { hasher, ids, placeId, momentOf, logger, memory } = options;
  const fleet = known.state.fleet ?? replica.state.fleet;
  const { appended, head } = await appendEpoch(store, {
    loss,
    fleetId: fleet?.fleetId ?? (await memory.fleetId()) ?? ids.newId('f'),
    state: known.state,
    basis: known.head,
    givenTwice: await tokensGivenTwice({ store, head: replica.head, state: replica.state }, known.state),
    head: replica.head,
    witness,
    moment: momentOf(known.state),
    batchId: ids.newId('b'),
    placeId,
    traits: store.traits,
    hasher,
  });
  if (appended) logger.warn({ epoch: head.epoch, rest: loss.rest, why: loss.why }, 'a new epoch was started');
  await replica.catchUp();
}
