// Opens the fleet of a `brigade mcp` process and takes a seat in it.
//
// The default session is that of the client session which the client names in its environment, so that a client which
// starts its server again is the same agent. A program of a terminal that names none is known by its own process, as its hooks
// are; without either, this process is a session of its own. BRIGADE_SESSION is not
// looked at: environments are inherited, and two clients started from one shell would become one agent.

import { clientProcessKey, clientSessionOf } from '../../app/client-session.ts';
import type { Occupant } from '../../app/seat/occupant.ts';
import { Seat } from '../../app/seat/seat.ts';
import type { OpenSeat } from '../../app/seat/seat-door.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { starterOf } from '../../app/starter.ts';
import { type Fleet, openFleet, prepareHost } from '../../compose.ts';
import type { Logger } from '../../ports/logger.ts';

/** Name of a client that does not say its own. */
const CLIENT = 'mcp';

export interface McpSeatStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** The current folder. */
  readonly folder: string;
  /** Called with the log of the process as soon as the settings say how much of it is wanted. */
  readonly onLogger: (logger: Logger) => void;
}

/** Throws `SetupFault` where no seat can be taken. Trouble with the log is told by each call. */
export async function openMcpSeat({ flags, env, folder, onLogger }: McpSeatStart): Promise<OpenSeat> {
  const host = await prepareHost({ flags, env, folder, stays: true });
  onLogger(host.logger);
  const fleet = await openFleet(host, { mayOpenDesk: true });
  try {
    return { seat: new Seat(fleet.seatPorts, await occupantOf(fleet, env)), close: () => fleet.close() };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

async function occupantOf(fleet: Fleet, env: Environment): Promise<Occupant> {
  const { host, place, processes } = fleet;
  const { settings } = host;
  const session = clientSessionOf(settings.client.value, env);
  const starter = starterOf(processes.ancestorsOf(process.pid));
  const own = processes.evidenceOf(process.pid) ?? { pid: process.pid, startTime: '' };
  return {
    client: settings.client.value ?? CLIENT,
    user: host.user,
    agentId: settings.agent.value,
    purpose: settings.purpose.value,
    handle: null,
    keptAs: session ?? clientProcessKey(settings.client.value, starter),
    clientSession: session?.id ?? null,
    process: { placeId: place.placeId, pid: own.pid, startTime: own.startTime, kind: 'mcp', role: 'self' },
    worktree: await fleet.worktree(),
    folder: host.folder,
  };
}
