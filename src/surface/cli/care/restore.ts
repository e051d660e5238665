// `store restore`: a backup takes the place of the log. How, depends on where the log is: here for a file, in restore-shared.ts for
// one on a server.
//
// A backup is a log that was rolled back, and whoever still knows more would put its own state over it. So nobody may be
// attached. The log is then behind what this host has seen of it, which starts a new epoch: its numbers lie above all
// numbers ever given, so no token repeats. Granting goes on at once, because with nobody attached nobody believes in
// anything; the operator's word for that is in the log.

import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Examination } from '../../../app/examine-log.ts';
import { flawOfLog } from '../../../app/examine-log.ts';
import { type HostProcess, hostProcesses } from '../../../app/host-processes.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { clock, copyLogFile, type Host, replaceLogFile } from '../../../compose.ts';
import { movedFrom, movedText } from '../../../core/fleet/moved.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Replacement } from '../../../ports/log-file.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { refuseAttached, refuseStranger } from './attached.ts';
import { examineKept, tooNewToRead } from './examine-kept.ts';
import { isThere, logInFile } from './kept-log.ts';

/** What is known of the log that is to be replaced. */
export interface Before {
  readonly host: Host;
  readonly placeId: string;
  readonly fleetId: string | null;
  /** Number of its last event; null where it is gone or cannot be read. */
  readonly seq: number | null;
  /** Processes of this host that are at work in the fleet, as far as it knows them. */
  readonly processes: readonly HostProcess[];
}

export async function restore(context: Context, source: string): Promise<number> {
  const from = resolve(context.cli.folder, source);
  if (!(await isThere(from))) return context.refuse(missing(from));
  const before = await lookBefore(context);
  if (isRejection(before)) return context.refuse(before);
  const { value: location } = before.host.settings.store;
  if (location.kind === 'memory') return context.refuse(inMemory());
  if (location.kind === 'sqlite') return restoreFile(context, { from, path: location.path, before });
  const { restoreShared } = await import('./restore-shared.ts');
  return restoreShared(context, { from, location, before });
}

async function restoreFile(
  context: Context,
  { from, path, before }: { readonly from: string; readonly path: string; readonly before: Before },
): Promise<number> {
  const draft = join(dirname(path), `${basename(path)}.restoring`);
  await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
  await rm(draft, { force: true });
  try {
    await copyLogFile(from, draft);
    const copy = await examineKept(context, logInFile(draft));
    const refused = refuseBackup(copy, from, before);
    if (refused !== null) return context.refuse(refused);
    const aside = (await isThere(path)) ? `${path}.before-restore-${stamp()}` : null;
    const inUse = await putInPlace({ file: path, by: draft, aside: aside ?? `${path}.aside` }, before);
    if (inUse !== null) return context.refuse(inUse);
    return await goOn(context, { from, aside, copy, before });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Why nothing was put in place, where others have the log open. */
async function putInPlace(replacement: Replacement, { processes }: Before): Promise<Rejection | null> {
  try {
    await replaceLogFile(replacement);
    return null;
  } catch (error) {
    const { message, details } = rejectionOf(error);
    if (details.isOpenElsewhere !== true) throw error;
    const named = processes.map(({ kind, pid, agents }) => `${kind} ${pid}${agents.map((id) => ` (${id})`).join('')}`);
    const who = named.length === 0 ? 'No process is known that does' : `At work here: ${named.slice(0, 10).join(', ')}`;
    return reject('NOT_SAFE', {
      message: `${message} ${who}.`,
      next: 'End these processes first; `brigade ps` shows them. One that has changed nothing yet may not be among them. Nothing was changed.',
      details: { ...details, processes: processes.map(({ kind, pid }) => ({ kind, pid })) },
    });
  }
}

/** Asks for authority and looks who is attached, on the log as it is. What can be read of it raises the witness. */
async function lookBefore(context: Context): Promise<Before | Rejection> {
  const seen = await context.look();
  const operator = operatorOf(context, seen);
  if (isRejection(operator)) return operator;
  const { head, trouble } = seen.coordinator.health();
  // What cannot be reached cannot be restored either; damage is what this restores from.
  const isServer = 'url' in seen.settings.store.value;
  if (isServer && trouble?.code === 'STORE_UNAVAILABLE') await seen.coordinator.view({ kind: 'fleet' });
  const refused =
    (await refuseStranger(seen, operator)) ?? (await refuseLeft(seen)) ?? (await refuseAttached(context, seen));
  if (refused !== null) return refused;
  const fleetId = seen.fleet.seatPorts.fleetId();
  const processes = await processesOf(seen);
  const { placeId } = seen.fleet.place;
  await context.close();
  const seq = trouble === null && head.seq > 0 ? head.seq : null;
  return { host: seen.host, placeId, fleetId, processes, seq };
}

/** A backup in the place of a log that its fleet has left would be a second fleet of that name. */
async function refuseLeft({ coordinator }: SeenFleet): Promise<Rejection | null> {
  const view = await coordinator.view({ kind: 'fleet' }).catch(/* The damage is what this restores from. */ () => null);
  if (view === null || view.granting.ok || view.granting.code !== 'STORE_MOVED') return null;
  return reject('STORE_MOVED', {
    message: `${view.granting.why}. A backup belongs there.`,
    next: 'Restore it there (`--store URL`). Where that store is lost for good, `brigade store repair --force --reason ...` brings the fleet back here first.',
  });
}

/** Nobody is known where the log cannot be read. */
async function processesOf({ fleet }: SeenFleet): Promise<readonly HostProcess[]> {
  const { coordinator, processes, place } = fleet;
  try {
    return (await hostProcesses({ coordinator, processes, placeId: place.placeId, ownPid: process.pid })).rows;
  } catch {
    // The damage is what this restores from.
    return [];
  }
}

/** Why this file is not put in place; null where it may be. */
export function refuseBackup(copy: Examination, from: string, { fleetId }: Pick<Before, 'fleetId'>): Rejection | null {
  const flaw = flawOfLog(copy);
  if (flaw !== null || copy.events === 0) {
    return reject('STORE_DAMAGED', {
      message: `${from} is no whole backup: ${flaw ?? 'it holds no events'}.`,
      next: 'Name another backup. Nothing was changed.',
    });
  }
  // Nobody here could go on from it.
  const tooNew = tooNewToRead(copy, from);
  if (tooNew !== null) return tooNew;
  const moved = movedFrom(copy.state);
  if (moved !== null) {
    return reject('NOT_SAFE', {
      message: `${from} is a log that its fleet has left: ${movedText(moved)}.`,
      next: `Name a backup of the store that it moved to. Where that is lost for good: \`brigade store repair --force --reason ... --store sqlite:${from}\` on a copy of this file, then restore that. Nothing was changed.`,
    });
  }
  const other = copy.state.fleet?.fleetId ?? null;
  if (fleetId === null || other === null || fleetId === other) return null;
  return reject('INVALID_ARGUMENT', {
    message: `${from} is the log of another fleet (${other}); this one is ${fleetId}.`,
    next: 'Name a backup of this fleet, or start in the workspace that it belongs to. Nothing was changed.',
  });
}

interface Done {
  readonly from: string;
  readonly aside: string | null;
  readonly copy: Examination;
  readonly before: Before;
}

/** Starts the new epoch where one is due, and lets granting go on. */
async function goOn(context: Context, { from, aside, copy, before }: Done): Promise<number> {
  const fleet = await context.enter();
  const by = { kind: 'operator', name: fleet.host.user, proof: 'terminal' } as const;
  const answer = await commandAs(fleet, by, { op: 'resume_granting', reason: `restored from ${basename(from)}` });
  if (isRejection(answer)) return context.refuse(answer);
  const { head } = fleet.coordinator.health();
  const isNewEpoch = head.epoch > copy.head.epoch;
  const undone = before.seq === null ? null : Math.max(0, before.seq - copy.head.seq);
  const document = {
    restored: from,
    upTo: copy.head.seq,
    undone,
    keptAs: aside,
    epoch: head.epoch,
    newEpoch: isNewEpoch,
    head,
  };
  context.tell(document, ({ paint }) => [
    `${paint.good('Restored')} ${from}: the log goes on from what was known at number ${copy.head.seq}.`,
    ...(undone === null || undone === 0
      ? []
      : [`${undone.toLocaleString('en-GB')} later events are no longer in force.`]),
    ...(aside === null ? [] : [`The log before is kept as ${aside}.`]),
    isNewEpoch
      ? `Epoch ${head.epoch} was started, so that no token of before is ever given again; granting goes on.`
      : 'Nothing later was ever seen of this log, so it goes on where it was.',
  ]);
  return EXIT.done;
}

function inMemory(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'The log is memory:, which is gone with its process.',
    next: 'Name one that stays with --store: sqlite:PATH, redis://HOST or etcd://HOST:PORT.',
  });
}

function missing(from: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no file ${from}.`,
    next: 'Name a file that `brigade store backup` wrote.',
  });
}

/** `20251119-232500`, for the name of a file. */
function stamp(): string {
  return clock.wallAt().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
