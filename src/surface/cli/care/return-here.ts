// `store repair --force` on a log that its fleet has left: the fleet goes on here after all, because what it moved to is lost. That
// is a new epoch above everything that this host has seen of the fleet anywhere. What was done over there since is gone.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { startNewEpoch } from '../../../app/move/new-epoch.ts';
import { stateAtEnd } from '../../../app/move/prove-copy.ts';
import { longestRest } from '../../../app/trouble.ts';
import { clock, createStore, hasher, ids, type KeptLog, memoryAt } from '../../../compose.ts';
import { movedFrom, movedText } from '../../../core/fleet/moved.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Operator } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { refuseStranger } from './attached.ts';
import type { KeptExamination } from './examine-kept.ts';

export interface Return {
  readonly fleet: SeenFleet;
  readonly kept: KeptLog;
  readonly examination: KeptExamination;
  readonly by: Operator;
  readonly reason: string;
  readonly force: boolean;
}

export async function returnHere(context: Context, order: Return): Promise<number> {
  const stranger = await refuseStranger(order.fleet, order.by);
  if (stranger !== null) return context.refuse(stranger);
  const started = await start(order);
  if (isRejection(started)) return context.refuse(started);
  const document = { resumed: true, was: { code: 'STORE_MOVED', why: order.reason }, violations: [] };
  context.tell(document, ({ paint }) => [
    `${paint.good('The fleet goes on here')}, by your word, in epoch ${started.epoch}.`,
    `Granting rests until nobody can believe any more in what was granted over there, for ${started.restsFor} at most; the same command again lets it go on at once.`,
  ]);
  return EXIT.done;
}

interface Started {
  readonly epoch: number;
  readonly restsFor: string;
}

async function start({ fleet, kept, examination, by, reason, force }: Return): Promise<Started | Rejection> {
  const store = await createStore(kept);
  try {
    const head = await store.open();
    const state = await stateAtEnd(store, examination, { hasher, clock, nextTurn: () => nextTurn() });
    const moved = movedFrom(state);
    if (moved === null || head.hash !== examination.head.hash) return changed();
    if (!force) return stillThere(movedText(moved));
    const started = await startNewEpoch({
      store,
      head,
      at: state.position.at,
      state,
      basis: head,
      seen: await memoryAt(fleet.host, kept.location).furthest(state.fleet?.fleetId ?? ''),
      why: `operator:${by.name} says that the fleet is not at ${moved.to} any more: ${reason}`,
      rest: 'belief',
      batchId: ids.newId('b'),
      placeId: fleet.fleet.place.placeId,
      wallAt: clock.wallAt(),
      hasher,
    });
    if (started === null) return changed();
    return { epoch: started.epoch, restsFor: longestRest(store.traits.sharedAcrossHosts) };
  } finally {
    await store.close();
  }
}

function stillThere(where: string): Rejection {
  return reject('NOT_SAFE', {
    message: `${where}. If it goes on there, going on here too makes two fleets that grant the same locks.`,
    next: 'Use it there (`brigade config` tells where this workspace looks). Only where that store is lost for good, repair with --force.',
  });
}

function changed(): Rejection {
  return reject('NOT_SAFE', {
    message: 'The log has changed while it was looked at.',
    next: 'Run the same command again.',
  });
}
