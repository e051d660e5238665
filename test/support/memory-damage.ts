// What may befall a log, done to a MemoryLog: for the contract and the simulator.

import type { MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { headAfter } from '../../src/ports/chain.ts';
import { EMPTY_HEAD } from '../../src/ports/event-store.ts';

/** Half of the snapshot at `seq` is missing, as if its writer had died. */
export function tearSnapshot(log: MemoryLog, seq: number): void {
  const stored = log.snapshots.get(seq);
  if (stored === undefined) throw new Error(`no snapshot at ${seq}`);
  const { snapshot, checksum } = stored;
  const body = snapshot.body.slice(0, Math.floor(snapshot.body.length / 2));
  log.snapshots.set(seq, { snapshot: { ...snapshot, body }, checksum });
}

/** The batch that ends at `lastSeq` says something else than it did. */
export function changeBody(log: MemoryLog, lastSeq: number): void {
  log.batches = log.batches.map((batch) => (batch.lastSeq === lastSeq ? { ...batch, body: `${batch.body} ` } : batch));
}

/** The log as it was after number `seq`. */
export function rollBack(log: MemoryLog, seq: number): void {
  log.batches = log.batches.filter((batch) => batch.lastSeq <= seq);
  const last = log.batches.at(-1);
  log.head = last === undefined ? log.base : headAfter(last);
}

/** An empty log where there was one. */
export function wipe(log: MemoryLog): void {
  log.batches = [];
  log.base = EMPTY_HEAD;
  log.head = EMPTY_HEAD;
  log.snapshots.clear();
}
