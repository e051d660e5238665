// `brigade serve`: one server for whoever speaks HTTP, until it is told to stop.
//
//   serving   requests are answered; the log is open, or each call says why not
//   stopping  no new connection; waits are left, so that their calls answer with their tickets; calls under way end
//   gone      connections are closed, the log is closed, and nothing is held that was not held by a session

import type { Occupant } from '../../app/seat/occupant.ts';
import { Seat } from '../../app/seat/seat.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { type Fleet, openFleet, prepareHost } from '../../compose.ts';
import type { McpHttpSettings } from '../mcp/http/mcp-endpoint.ts';
import { createHttpApp } from './app.ts';
import { type Listening, listen } from './listen.ts';

export interface ServeStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** The current folder. */
  readonly folder: string;
  readonly version: string;
  /** What a test sets. */
  readonly mcp?: McpHttpSettings;
}

export interface Served {
  readonly fleet: Fleet;
  readonly url: string;
  /** The port that was asked for, when that one was taken and another one is used. */
  readonly taken: number | null;
  /** Stops in order. Idempotent. */
  stop(): Promise<void>;
}

/** Name of a client that does not say its own. */
const CLIENT = 'http';
/** Ports tried behind a default one that is taken. */
const PORTS_TRIED = 20;
/** Calls under way get this long to answer when the server stops. */
const LAST_ANSWERS_MS = 2_000;

/** Throws `SetupFault` for a workspace or settings that cannot be used, and the system's error for an address that cannot. */
export async function serveFleet({ flags, env, folder, version, mcp = {} }: ServeStart): Promise<Served> {
  const host = await prepareHost({ flags, env, folder, stays: true });
  const fleet = await openFleet(host, { mayOpenDesk: true, kind: 'serve' });
  const stopping = new AbortController();
  try {
    const seat = new Seat(fleet.seatPorts, await anybody(fleet));
    const app = createHttpApp({ fleet, seat, version, stopping: stopping.signal, mcp });
    const { settings } = host;
    const mayMove = settings.port.source === 'default';
    const { server, port } = await listenNear(app, settings.host.value, settings.port.value, mayMove);
    const url = `http://${urlHost(settings.host.value)}:${port}`;
    let stopped: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      stopped ??= stopServing(server, stopping, fleet);
      return stopped;
    };
    return { fleet, url, taken: mayMove && port !== settings.port.value ? settings.port.value : null, stop };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

/** Whoever calls: nobody in particular. */
async function anybody(fleet: Fleet): Promise<Occupant> {
  return {
    client: CLIENT,
    user: fleet.host.user,
    agentId: null,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: null,
    worktree: await fleet.worktree(),
    folder: null,
  };
}

async function listenNear(
  app: Parameters<typeof listen>[0],
  host: string,
  port: number,
  mayMove: boolean,
): Promise<Listening> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await listen(app, { host, port: port + tried });
    } catch (error) {
      if (!mayMove || !isTaken(error) || tried === PORTS_TRIED) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function stopServing(server: Listening['server'], stopping: AbortController, fleet: Fleet): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  stopping.abort();
  server.closeIdleConnections();
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LAST_ANSWERS_MS);
  await Promise.race([closed, late]);
  clearTimeout(timer);
  server.closeAllConnections();
  await fleet.close();
}
