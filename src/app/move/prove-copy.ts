// Is a copy of a log the same log? Its chain is walked from end to end, and both are folded to a state: a digest of all of it is
// the same wherever the log is.

import { exportState } from '../../core/fleet/state-image.ts';
import type { FleetState } from '../../core/fleet-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, LogHead } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { isSameHead } from '../../ports/log-range.ts';
import { type Examination, type ExamineOptions, examineLog, flawOfLog } from '../examine-log.ts';
import { loadReplica } from '../load-replica.ts';
import type { NextTurn } from '../next-turn.ts';

export interface FoldingPorts {
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
}

/** The state at the end of a log, whose beginning may be in archives: then from a snapshot. Throws `StoreFault`. */
export async function stateAtEnd(store: EventStore, examined: Examination, ports: FoldingPorts): Promise<FleetState> {
  if (examined.isWhole) return examined.state;
  const { replica } = await loadReplica({ ...ports, store, onFolded: () => undefined }, examined.head);
  return replica.state;
}

export function stateDigest(state: FleetState, hasher: Hasher): string {
  return hasher.sha256Hex(JSON.stringify(exportState(state)));
}

export interface ProvenBy {
  readonly head: LogHead;
  readonly events: number;
  readonly digest: string;
}

/** What is wrong with the copy, in a sentence without its full stop; null where it is the same log. Throws `StoreFault`. */
export async function flawOfCopy(
  copy: EventStore,
  expected: ProvenBy,
  ports: FoldingPorts & Pick<ExamineOptions, 'onProgress'>,
): Promise<string | null> {
  const found = await examineLog(copy, ports);
  const flaw = flawOfLog(found);
  if (flaw !== null) return flaw;
  if (!isSameHead(found.head, expected.head)) return `it ends at ${found.head.seq} and not at ${expected.head.seq}`;
  if (found.events !== expected.events) return `it holds ${found.events} events and not ${expected.events}`;
  const digest = stateDigest(await stateAtEnd(copy, found, ports), ports.hasher);
  return digest === expected.digest ? null : `it folds to another state (${digest} and not ${expected.digest})`;
}
