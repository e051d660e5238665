// `brigade serve`: one server for whoever speaks HTTP, until it is told to stop.
//
//   serving   requests are answered; the log is open, or each call says why not
//   stopping  no new connection; waits are left, so that their calls answer with their tickets; calls under way end
//   gone      connections are closed, the log is closed, and nothing is held that was not held by a session

import { Seat } from '../../app/seat/seat.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { clock, type Fleet, hasher, ids, openFleet, prepareHost } from '../../compose.ts';
import type { McpHttpSettings } from '../mcp/http/mcp-endpoint.ts';
import { type AccessAsked, guardAddress } from './access/guard-address.ts';
import { Operators } from './access/operators.ts';
import { anybody } from './anybody.ts';
import { createHttpApp } from './app.ts';
import { findAddress, type Taken } from './find-address.ts';
import { fleetMark } from './neighbour.ts';
import { stopServing } from './stop-serving.ts';

export interface ServeStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** The current folder. */
  readonly folder: string;
  readonly version: string;
  /** How it is reached, and by whom; from this host alone where nothing is said. */
  readonly access?: AccessAsked;
  /** What a test sets. */
  readonly mcp?: McpHttpSettings;
}

export interface Served {
  readonly fleet: Fleet;
  readonly url: string;
  /** The default port, when somebody has that one and another one is used. */
  readonly taken: Taken | null;
  /** Other hosts reach it. */
  readonly isOpen: boolean;
  /** What whoever started it must know. */
  readonly warnings: readonly string[];
  /** Whoever may act as an operator from a browser. */
  readonly operators: Operators;
  /** Stops in order. Idempotent. */
  stop(): Promise<void>;
}

/** Throws `SetupFault` for a workspace or settings that cannot be used, and `ServeFault` for an address that cannot. */
export async function serveFleet({
  flags,
  env,
  folder,
  version,
  access: asked = {},
  mcp = {},
}: ServeStart): Promise<Served> {
  const host = await prepareHost({ flags, env, folder, stays: true });
  const fleet = await openFleet(host, { mayOpenDesk: true, kind: 'serve' });
  const stopping = new AbortController();
  try {
    const { access: guard, tls, isOpen, warnings } = await guardAddress(fleet, asked);
    const operators = new Operators({ clock, hasher, ids });
    const access = { ...guard, operators };
    const seat = new Seat(fleet.seatPorts, await anybody(fleet));
    const app = createHttpApp({ fleet, seat, version, stopping: stopping.signal, access, mcp });
    const { settings } = host;
    const address = { host: settings.host.value, port: settings.port.value, tls, names: access.names };
    const mayMove = settings.port.source === 'default';
    const { server, url, taken } = await findAddress(app, { ...address, mayMove, fleetMark: fleetMark(fleet) });
    let stopped: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      stopped ??= stopServing({ server, leave: () => stopping.abort(), close: () => fleet.close() });
      return stopped;
    };
    return { fleet, url, taken, isOpen, warnings, operators, stop };
  } catch (error) {
    // Nobody follows a log that is closed under it.
    stopping.abort();
    await fleet.close();
    throw error;
  }
}
