// The whole fold of a log in one go, for a thread that serves nobody: state, check of every invariant, snapshot.

import { movedFrom } from '../core/fleet/moved.ts';
import type { FleetState } from '../core/fleet-state.ts';
import { checkState, type Violation } from '../core/invariants.ts';
import type { FoldReport } from '../ports/background-fold.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LogHead } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import { loadReplica } from './load-replica.ts';
import type { NextTurn } from './next-turn.ts';
import { snapshotBody } from './snapshot-body.ts';

export interface FoldLogOptions {
  readonly store: EventStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
  /** A snapshot less than this behind the head is good enough. */
  readonly everyEvents: number;
}

const VIOLATIONS_TOLD = 10;

/** Folds `store`, which must be open, to its head; checks; saves a snapshot where one is due. Throws `StoreFault`. */
export async function foldLog(options: FoldLogOptions): Promise<FoldReport> {
  const { store, everyEvents } = options;
  const head = await store.open();
  const { replica, snapshotSeq } = await loadReplica({ ...options, onFolded: () => undefined }, head);
  const isDue = replica.head.seq - snapshotSeq >= everyEvents;
  if (isDue) return saveChecked(store, replica, snapshotSeq);
  return { snapshotSeq, violations: violationsIn(replica.state) };
}

/** What has been folded, checked and saved. `snapshotSeq`: of the snapshot before. Throws `StoreFault`. */
export async function saveChecked(
  store: EventStore,
  folded: { readonly state: FleetState; readonly head: LogHead },
  snapshotSeq: number,
): Promise<FoldReport> {
  const violations = violationsIn(folded.state);
  // A state that breaks an invariant is no place to start from; and whoever started behind the end of a log that has ended would
  // go on in it, if he is of a version that does not know of such ends.
  if (violations.length > 0 || movedFrom(folded.state) !== null) return { snapshotSeq, violations };
  const { epoch, seq, hash, format } = folded.head;
  await store.saveSnapshot({ epoch, seq, hash, format, body: await snapshotBody(folded.state) });
  return { snapshotSeq: seq, violations };
}

function violationsIn(state: FleetState): readonly Violation[] {
  return checkState(state).slice(0, VIOLATIONS_TOLD);
}
