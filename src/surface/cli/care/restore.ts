// `store restore`: a backup takes the place of the log.
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
import { clock, copyLogFile, replaceLogFile } from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { AgentView, SessionView } from '../../../core/view/views.ts';
import type { Replacement } from '../../../ports/log-file.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { examineFile, tooNewToRead } from './examine-file.ts';
import { isThere } from './log-path.ts';

/** What is known of the log that is to be replaced. */
interface Before {
  readonly path: string;
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
  const draft = join(dirname(before.path), `${basename(before.path)}.restoring`);
  await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
  await rm(draft, { force: true });
  try {
    await copyLogFile(from, draft);
    const copy = await examineFile(context, draft);
    const refused = refusalOf(copy, from, before);
    if (refused !== null) return context.refuse(refused);
    const aside = (await isThere(before.path)) ? `${before.path}.before-restore-${stamp()}` : null;
    const inUse = await putInPlace({ file: before.path, by: draft, aside: aside ?? `${before.path}.aside` }, before);
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
  const { value: location } = seen.settings.store;
  if (location.kind !== 'sqlite') {
    return reject('INVALID_ARGUMENT', {
      message: `The log is ${location.kind}:, which is no file.`,
      next: 'Name the log file with --store sqlite:PATH.',
    });
  }
  const operator = operatorOf(context, seen);
  if (isRejection(operator)) return operator;
  const refused = (await refuseStranger(seen, operator)) ?? (await refuseAttached(context, seen));
  if (refused !== null) return refused;
  const { head, trouble } = seen.coordinator.health();
  const fleetId = seen.fleet.seatPorts.fleetId();
  const processes = await processesOf(seen);
  await context.close();
  return { path: location.path, fleetId, processes, seq: trouble === null && head.seq > 0 ? head.seq : null };
}

/** A token is checked against the log that it comes from, because the backup may be older than the token. */
async function refuseStranger(
  seen: SeenFleet,
  operator: Exclude<ReturnType<typeof operatorOf>, Rejection>,
): Promise<Rejection | null> {
  if (operator.proof === 'terminal') return null;
  const { tokenHash } = operator.proof;
  const isKnown = await seen.coordinator.view({ kind: 'token', which: 'operator', tokenHash }).catch(() => false);
  if (isKnown) return null;
  return reject('CREDENTIAL_WRONG', {
    message: 'BRIGADE_OPERATOR_TOKEN is not the operator token of this fleet.',
    next: 'Run it in a terminal without the token.',
  });
}

async function refuseAttached(context: Context, seen: SeenFleet): Promise<Rejection | null> {
  const own = (await (await callerSeat(context.cli, seen)).who())?.sessionId ?? null;
  const sessions = await attachedSessions(context, seen, own);
  const attached = sessions.map(attachedText);
  if (attached.length === 0) return null;
  const shown = attached.slice(0, 5).join(', ');
  const more = attached.length > 5 ? ` and ${attached.length - 5} more` : '';
  return reject('NOT_SAFE', {
    message: `Agents are attached to this log, and would lose what they hold: ${shown}${more}.`,
    next: sessions.every(isElsewhere)
      ? 'They are in another container or on another machine, and end by themselves some minutes after that is gone if anybody here is at work. Where you know that it is gone: brigade archive AGENT --reason "..."'
      : 'End their processes first; `brigade agents` shows them. Their sessions end by themselves within seconds.',
    details: { attached },
  });
}

/** Nobody, where the log cannot be read: then no agent can go on with it either. */
async function agentsOf({ coordinator }: SeenFleet): Promise<readonly AgentView[]> {
  try {
    return (await coordinator.view({ kind: 'agents', limit: 1_000 })).items;
  } catch {
    // The damage is what this restores from.
    return [];
  }
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

/**
 * Live sessions of others whose processes may be there. Processes of an earlier start of this machine are proved gone by looking
 * for a while, which somebody has to do.
 */
async function attachedSessions(
  context: Context,
  seen: SeenFleet,
  own: string | null,
): Promise<readonly SessionView[]> {
  const look = async (): Promise<readonly SessionView[]> => {
    const sessions = (await agentsOf(seen)).flatMap((agent) => agent.sessions);
    return sessions.filter(
      ({ state, presence, sessionId }) => state === 'live' && presence !== 'gone' && sessionId !== own,
    );
  };
  let attached = await look();
  const untilMs = clock.monotonicMs() + LOOK_MS;
  if (attached.some(isElsewhere)) {
    context.remark('Sessions of an earlier start or another container: looking for 20 s whether anybody is there ...');
    seen.fleet.coordinator.watchOver();
  }
  while (attached.some(isElsewhere) && clock.monotonicMs() < untilMs) {
    await new Promise<void>((passed) => void clock.after(LOOK_AGAIN_MS, passed));
    attached = await look();
  }
  return attached;
}

/** A little more than an earlier start of a machine is watched before it counts as gone. */
const LOOK_MS = 20_000;
const LOOK_AGAIN_MS = 500;

function isElsewhere({ presence, processes }: SessionView): boolean {
  return presence === 'unknown' && processes.length > 0;
}

function attachedText({ agentId, processes }: SessionView): string {
  return `${agentId} (${processes.map(({ kind, pid }) => `${kind} ${pid}`).join(', ') || 'no process'})`;
}

function refusalOf(copy: Examination, from: string, { fleetId }: Before): Rejection | null {
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
