// The end of a log: one event that says where its fleet has gone. Whoever folds it decides nothing more here, and who does not
// know of such events reads no further.

import { movedFrom } from '../../core/fleet/moved.ts';
import type { FleetState } from '../../core/fleet-state.ts';
import { nextSeq } from '../../ports/chain.ts';
import type { Batch, EventStore, LogHead } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { WitnessedHead } from '../../ports/witness.ts';
import { encodeBatch, encodeEvent } from '../batch-codec.ts';
import { holds } from '../recovery.ts';

export interface LogEnd {
  /** Of the fleet from now on, without secrets. */
  readonly to: string;
  /** `operator:ana`. */
  readonly by: string;
  readonly batchId: string;
  readonly placeId: string;
  readonly wallAt: string;
  readonly hasher: Hasher;
}

/** The batch that ends a log at `head`, whose state is `state`: nothing else is in it, so it continues what was copied or nothing. */
export function endBatch(head: LogHead, { position }: FleetState, end: LogEnd): Batch {
  const { to, by, batchId, placeId, wallAt, hasher } = end;
  const moment = { at: position.at, wallAt };
  const seq = nextSeq(head, head.epoch);
  const event = { type: 'fleet.moved', seq, ...moment, version: 1, actor: by, requestId: batchId, to } as const;
  const parts = { id: batchId, ...moment, placeId, epoch: head.epoch, format: head.format, hasher };
  return encodeBatch(head, [encodeEvent(event)], parts);
}

/** The head at which a log was ended, which is what its fleet went on from; null where the log does not show it. Throws `StoreFault`. */
export async function headBeforeEnd(from: EventStore, state: FleetState): Promise<WitnessedHead | null> {
  const moved = movedFrom(state);
  if (moved === null) return null;
  const [end] = await from.read(moved.seq - 1, 1);
  if (end?.lastSeq !== moved.seq) return null;
  return { epoch: end.epoch, seq: moved.seq - 1, hash: end.prevHash };
}

/** True where `to`, which is open, goes on from `end`. Throws `StoreFault`. */
export async function goesOnFrom(to: EventStore, end: WitnessedHead): Promise<boolean> {
  const head = await to.open();
  return head.seq >= end.seq && (await holds({ store: to, head }, end));
}
