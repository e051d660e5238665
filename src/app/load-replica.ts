// Opening a log: from the newest snapshot that fits it, else from its beginning, up to its head.

import { FORMAT } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { EventStore, LogHead, Snapshot } from '../ports/event-store.ts';
import { Replica, type ReplicaOptions } from './replica.ts';
import { stateIn } from './snapshot-body.ts';

export interface LoadedReplica {
  readonly replica: Replica;
  /** Number of the snapshot it started from; 0 without one. */
  readonly snapshotSeq: number;
}

/** A replica that has caught up. `head` is what opening the store answered. Throws `StoreFault`. */
export async function loadReplica(options: Omit<ReplicaOptions, 'base'>, head: LogHead): Promise<LoadedReplica> {
  const base = await loadBase(options.store, head, head.seq);
  const replica = new Replica(base === null ? options : { ...options, base });
  await replica.catchUp();
  return { replica, snapshotSeq: base?.head.seq ?? 0 };
}

/** A state to fold on from, and the head that it stands for. */
export interface Base {
  readonly state: FleetState;
  readonly head: LogHead;
}

/**
 * The newest snapshot at or before `atOrBefore` of the log that ends at `head`, null without one. A snapshot only saves
 * work: one that does not fit this log or this version is passed over for an older one.
 */
export async function loadBase(store: EventStore, head: LogHead, atOrBefore: number): Promise<Base | null> {
  for (let newest = atOrBefore; ; ) {
    const snapshot = await store.loadSnapshot(newest);
    if (snapshot === null) return null;
    const base = await baseOf(store, head, snapshot);
    if (base !== null) return base;
    newest = snapshot.seq - 1;
  }
}

async function baseOf(store: EventStore, head: LogHead, snapshot: Snapshot): Promise<Base | null> {
  if (snapshot.format > FORMAT || !(await isOf(store, head, snapshot))) return null;
  const { epoch, seq, hash, format } = snapshot;
  const state = await stateOrNull(snapshot.body);
  return state === null ? null : { state, head: { epoch, seq, hash, format } };
}

/** True when the log has the snapshot's hash at its number, as far as the log still tells. */
async function isOf(store: EventStore, head: LogHead, snapshot: Snapshot): Promise<boolean> {
  if (snapshot.seq === head.seq) return snapshot.hash === head.hash;
  const [next] = await store.read(snapshot.seq, 1);
  return next?.prevHash === snapshot.hash;
}

async function stateOrNull(body: string): Promise<FleetState | null> {
  try {
    return await stateIn(body);
  } catch {
    // Written by another version of Brigade; the events it stands for are still there.
    return null;
  }
}
