// For whom a command acts, and by whose presence that session lives. The rule itself is in the app layer
// (`commandCaller`); here it meets the processes of this host.

import { type CommandCaller, commandCaller } from '../../app/client-session.ts';
import { isLauncher, isShell } from '../../app/process-names.ts';
import type { ActingProcess, Occupant } from '../../app/seat/occupant.ts';
import { Seat } from '../../app/seat/seat.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { ProcessEvidence } from '../../ports/process-table.ts';
import type { Cli } from './cli.ts';
import type { SeenFleet } from './open-fleet.ts';

/** A seat, and how its session is shown to a command that runs in its name. */
export interface RunSeat {
  readonly seat: Seat;
  /** Secret handle of the session. */
  readonly handle: string;
  /** This process is the session's only one, so the session ends with it. */
  readonly isOwn: boolean;
}

const CLIENT = 'cli';
const RUN_PURPOSE = 'run';

/** The seat of whoever typed the command: a session that the environment names, else the shell's. */
export async function callerSeat(cli: Cli, opened: SeenFleet): Promise<Seat> {
  const seat = new Seat(opened.fleet.seatPorts, await occupantFor(cli, opened, callerOf(cli, opened)));
  // What the command prints of notices is seen; the next command is another process and would be told again.
  opened.fleet.coordinator.beforeClose(() => seat.confirmHeard());
  return seat;
}

/**
 * The seat under which `brigade run` holds `resources`: that of the session which the environment names; that of the shell
 * where it holds one of them already, because it would else wait for itself; else one of its own.
 */
export async function runSeat(cli: Cli, opened: SeenFleet, resources: readonly string[]): Promise<RunSeat | Rejection> {
  const caller = callerOf(cli, opened);
  const seat = new Seat(opened.fleet.seatPorts, await occupantFor(cli, opened, caller));
  if (caller.kind === 'handle') return { seat, handle: caller.handle, isOwn: false };
  if (caller.kind === 'client' || (await shellHolds(opened, seat, resources))) return withHandle(seat, false);
  return withHandle(new Seat(opened.fleet.seatPorts, await ownOccupant(cli, opened)), true);
}

function callerOf(cli: Cli, { fleet, settings }: SeenFleet): CommandCaller {
  return commandCaller({
    client: settings.client.value,
    env: cli.env,
    place: fleet.place,
    ancestors: fleet.processes.ancestorsOf(process.pid),
  });
}

async function occupantFor(cli: Cli, opened: SeenFleet, caller: CommandCaller): Promise<Occupant> {
  const base = await baseOccupant(cli, opened);
  const keptAs = caller.kind === 'handle' ? null : caller.key;
  return {
    ...base,
    handle: caller.kind === 'handle' ? caller.handle : null,
    keptAs,
    clientSession: caller.kind === 'client' ? caller.key.id : null,
    process: actingProcess(opened, livesBy(opened, caller), { kind: 'cli', role: 'other' }),
  };
}

/** `brigade run` with a session of its own, by its own presence. */
async function ownOccupant(cli: Cli, opened: SeenFleet): Promise<Occupant> {
  const base = await baseOccupant(cli, opened);
  const own = opened.fleet.processes.evidenceOf(process.pid) ?? { pid: process.pid, startTime: '' };
  return {
    ...base,
    purpose: base.purpose ?? RUN_PURPOSE,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: actingProcess(opened, own, { kind: 'run', role: 'self' }),
  };
}

async function baseOccupant(cli: Cli, { fleet, settings, host }: SeenFleet) {
  return {
    client: settings.client.value ?? CLIENT,
    user: host.user,
    agentId: settings.agent.value,
    purpose: settings.purpose.value,
    worktree: await fleet.worktree(),
    folder: cli.folder,
  };
}

function actingProcess(
  { fleet }: SeenFleet,
  { pid, startTime }: ProcessEvidence,
  as: Pick<ActingProcess, 'kind' | 'role'>,
): ActingProcess {
  return { placeId: fleet.place.placeId, pid, startTime, ...as };
}

/**
 * The process whose end ends the session. A client starts a fresh shell for every command, so the session of a client lives
 * by the client itself: the nearest ancestor that is no shell.
 */
function livesBy({ fleet }: SeenFleet, caller: CommandCaller): ProcessEvidence {
  if (caller.kind === 'process') return caller.process;
  const ancestors = fleet.processes.ancestorsOf(process.pid);
  return (
    ancestors.find((row) => !isShell(row) && !isLauncher(row)) ?? ancestors[0] ?? { pid: process.ppid, startTime: '' }
  );
}

async function withHandle(seat: Seat, isOwn: boolean): Promise<RunSeat | Rejection> {
  const registered = await seat.register({});
  if (isRejection(registered.answer)) return registered.answer;
  if (registered.handle === null) throw new TypeError('a session of this process has no handle');
  return { seat, handle: registered.handle, isOwn };
}

/** The shell's own session holds what this run asks for. */
async function shellHolds(opened: SeenFleet, shell: Seat, resources: readonly string[]): Promise<boolean> {
  const acting = await shell.who();
  if (acting === null) return false;
  for (const resource of resources) {
    const key = await opened.keyOf(resource);
    if (isRejection(key)) return false;
    const { items } = await opened.coordinator.view({ kind: 'locks', resource: key });
    if (items.some((lock) => lock.holder?.sessionId === acting.sessionId)) return true;
  }
  return false;
}
