// NOT FOR PRODUCTION. A log that lives in this process's memory and is gone with it: for tests, the simulator and
// `--store memory:`. Several stores opened on one MemoryLog see one log, as several coordinators do on a file.

import type { Beat, LogHead, Snapshot, StoredBatch } from '../../ports/event-store.ts';
import { EMPTY_HEAD } from '../../ports/event-store.ts';

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  /** Over all of the snapshot, so that a torn one shows. */
  readonly checksum: string;
}

/** Plain data on purpose: the simulator wipes it, rolls it back and tears its snapshots. */
export interface MemoryLog {
  head: LogHead;
  /** Where the kept batches begin: the head as it was before the first of them. */
  base: LogHead;
  batches: StoredBatch[];
  readonly snapshots: Map<number, StoredSnapshot>;
  readonly beats: Map<string, Beat>;
  /** Hints of the stores open on this log, by the store that asked for them. */
  readonly listeners: Map<() => void, object>;
}

export function createMemoryLog(): MemoryLog {
  return {
    head: EMPTY_HEAD,
    base: EMPTY_HEAD,
    batches: [],
    snapshots: new Map(),
    beats: new Map(),
    listeners: new Map(),
  };
}
