// `store restore` of a log on a server that several hosts share. Nothing of it is removed: the backup becomes the state of a new
// epoch of the same log.
//
//   empty            the backup is copied there first, batch by batch, as it is
//   not empty        the new epoch follows what stands there, which stays in the log as history
//
// A new epoch in any case: other hosts may have been given tokens that this one knows nothing of. One that is begun from a file on
// a host that never saw the fleet lies above all that the file knows; a host that has seen more starts another one above that.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadReplica } from '../../../app/load-replica.ts';
import { copiedSoFar, copyBatches, copySnapshots, type LogCopy } from '../../../app/move/copy-log.ts';
import { startNewEpoch } from '../../../app/move/new-epoch.ts';
import { stateAtEnd } from '../../../app/move/prove-copy.ts';
import { refuseTooLarge, stoppedAsTooLarge } from '../../../app/move/too-large.ts';
import { storeUrlOf } from '../../../app/store-url.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { clock, copyLogFile, createStore, hasher, ids, type KeptLog, memoryAt, openStoreAt } from '../../../compose.ts';
import { refuseMoved } from '../../../core/fleet/moved.ts';
import type { FleetState } from '../../../core/fleet-state.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { EventStore, LogHead } from '../../../ports/event-store.ts';
import { commandAs } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { examineKept, type KeptExamination } from './examine-kept.ts';
import { logInFile } from './kept-log.ts';
import { progressOn } from './progress.ts';
import { type Before, refuseBackup } from './restore.ts';

interface Order {
  readonly from: string;
  readonly location: KeptLog['location'];
  readonly before: Before;
}

const ports = { hasher, clock, nextTurn: () => nextTurn() };

export async function restoreShared(context: Context, order: Order): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'brigade-restore-'));
  try {
    const draft = logInFile(join(folder, 'backup.db'));
    // The file itself is only read.
    if (draft.location.kind === 'sqlite') await copyLogFile(order.from, draft.location.path);
    const copy = await examineKept(context, draft);
    const refused = refuseBackup(copy, order.from, order.before);
    if (refused !== null) return context.refuse(refused);
    const begun = await begin(context, order, draft, copy);
    return isRejection(begun) ? context.refuse(begun) : await goOn(context, order, copy, begun);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies what is not there, and starts the epoch; its first head. Throws `StoreFault`. */
async function begin(
  context: Context,
  { from, location, before }: Order,
  draft: KeptLog,
  copy: KeptExamination,
): Promise<LogHead | Rejection> {
  const backup = await createStore(draft);
  const store = await openStoreAt(before.host, location);
  const progress = progressOn(context);
  try {
    await backup.open();
    const state = await stateAtEnd(backup, copy, ports);
    const moving: LogCopy = { from: backup, to: store, base: copy.base, upTo: copy.head, clock };
    const already = await copiedSoFar(moving);
    if (already !== null) {
      const refused = await copyThere(moving, { already, copy, url: storeUrlOf(location), progress });
      if (refused !== null) return refused;
    }
    const now = already === null ? await stateThere(store, before) : state;
    if (isRejection(now)) return now;
    return await startEpoch({ store, now, state, copy, from, location, before });
  } finally {
    progress.clear();
    await store.close();
    await backup.close();
  }
}

interface CopyThere {
  readonly already: LogHead;
  readonly copy: KeptExamination;
  readonly url: string;
  readonly progress: ReturnType<typeof progressOn>;
}

async function copyThere(moving: LogCopy, { already, copy, url, progress }: CopyThere): Promise<Rejection | null> {
  const refused = await refuseTooLarge(moving.from, { store: moving.to, url }, copy);
  if (refused !== null) return refused;
  const copying = copyBatches({ ...moving, onProgress: (events) => progress.tell('copied', events) }, already);
  const stopped = await copying.catch((error: unknown) => stoppedAsTooLarge(error, url));
  if (stopped !== undefined) return stopped;
  await copySnapshots(moving);
  return null;
}

/** What the log that is there says. It must be one that can be read, because the new epoch comes behind it. */
async function stateThere(store: EventStore, { fleetId }: Before): Promise<FleetState | Rejection> {
  try {
    const { replica } = await loadReplica({ ...ports, store, onFolded: () => undefined }, await store.open());
    return refuseMoved(replica.state) ?? replica.state;
  } catch (error) {
    const { code, message } = rejectionOf(error);
    if (code === 'INTERNAL' || code === 'STORE_UNAVAILABLE') throw error;
    return reject('STORE_DAMAGED', {
      message: `The log in ${store.traits.location} cannot be read to its end${fleetId === null ? '' : ` (fleet ${fleetId})`}: ${message}`,
      next: 'It is kept as it is. Restore under another name beside it: `brigade store restore FILE --fleet NAME`, and set BRIGADE_FLEET=NAME on every host.',
    });
  }
}

interface Epoch extends Order {
  readonly store: EventStore;
  readonly now: FleetState;
  readonly state: FleetState;
  readonly copy: KeptExamination;
}

async function startEpoch({ store, now, state, copy, from, location, before }: Epoch): Promise<LogHead | Rejection> {
  const memory = memoryAt(before.host, location);
  const fleetId = state.fleet?.fleetId ?? '';
  const started = await startNewEpoch({
    store,
    head: await store.open(),
    at: now.position.at,
    state,
    basis: copy.head,
    seen: await memory.furthest(fleetId),
    why: `restored from ${basename(from)}`,
    rest: 'none',
    batchId: ids.newId('b'),
    placeId: before.placeId,
    wallAt: clock.wallAt(),
    hasher,
  }).catch(tooLarge);
  if (started === null)
    return reject('NOT_SAFE', {
      message: `Somebody wrote to ${storeUrlOf(location)} while the backup was put in place. It was not.`,
      next: 'See who is at work (`brigade agents`), and run the same command again.',
    });
  if (!isRejection(started)) await memory.remember(fleetId);
  return started;
}

function tooLarge(error: unknown): Rejection {
  if (rejectionOf(error).code !== 'STORE_REGRESSED') throw error;
  return reject('TOO_LARGE', {
    message: 'The state of this fleet is larger than the store takes at once, so a new epoch cannot begin with it.',
    next: 'Restore to another kind of store (`--store sqlite:PATH`), and copy it from there once agents and old sessions were archived.',
  });
}

/** Granting goes on at once: with nobody attached nobody believes in anything. The operator's word for that is in the log. */
async function goOn(context: Context, order: Order, copy: KeptExamination, started: LogHead): Promise<number> {
  const { from, location, before } = order;
  const fleet = await context.enter();
  const by = { kind: 'operator', name: fleet.host.user, proof: 'terminal' } as const;
  const answer = await commandAs(fleet, by, { op: 'resume_granting', reason: `restored from ${basename(from)}` });
  if (isRejection(answer)) return context.refuse(answer);
  const { head } = fleet.coordinator.health();
  const isBehind = before.seq !== null && before.seq > copy.head.seq;
  const undone = before.seq === null ? null : Math.max(0, before.seq - copy.head.seq);
  const facts = { restored: from, upTo: copy.head.seq, undone, keptAs: null };
  context.tell({ ...facts, epoch: started.epoch, newEpoch: true, head }, ({ paint }) => [
    `${paint.good('Restored')} ${from} to ${storeUrlOf(location)}: the fleet goes on from what was known at number ${copy.head.seq}.`,
    ...(isBehind
      ? [`${undone?.toLocaleString('en-GB')} later events are no longer in force; they stay in the log as history.`]
      : []),
    `Epoch ${started.epoch} was started, so that no token of before is ever given again; granting goes on.`,
  ]);
  return EXIT.done;
}
