// The desk door of this machine: a socket in the fleet folder, reached through the published name (desk-address.ts says
// where, published-name.ts how). On Windows it is a named pipe; that half is small and has been tried nowhere yet.

import type { Socket } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import {
  type DeskAddress,
  type DeskConnection,
  type DeskDoor,
  DeskFault,
  type OpenDoor,
} from '../../ports/desk-door.ts';
import type { IdSource } from '../../ports/id-source.ts';
import type { ProcessEvidence, ProcessTable } from '../../ports/process-table.ts';
import type { Environment } from '../system/state-base.ts';
import { locate, type SocketPlace, siteOf } from './desk-address.ts';
import { deskKey } from './desk-key.ts';
import { dial, dialFault } from './dial.ts';
import { openSocket } from './open-socket.ts';
import { OpeningClaims } from './opening-claims.ts';
import { checkFolders, checkSocket } from './private-place.ts';
import { PublishedName } from './published-name.ts';
import { SocketConnection } from './socket-connection.ts';

export interface DeskDoorOptions {
  /** `.brigade/` of the fleet, absolute. It must be there before anybody listens or claims. */
  readonly fleetFolder: string;
  /** See `stateBase`. */
  readonly stateBase: string;
  readonly env: Environment;
  readonly placeId: string;
  /** Who makes claims; this process where nobody else is named. */
  readonly process?: ProcessEvidence;
  readonly processes: ProcessTable;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Opens without touching the disk. */
export function openDeskDoor(options: DeskDoorOptions): DeskDoor {
  const { fleetFolder, clock, ids } = options;
  const site = siteOf(fleetFolder, options.env);
  const name = new PublishedName(fleetFolder);
  const evidence = () =>
    options.process ?? options.processes.evidenceOf(process.pid) ?? { pid: process.pid, startTime: '' };
  const claims = new OpeningClaims({ ...options, folder: fleetFolder, evidence });
  return { find, connect, listen, claimOpening: () => claims.claim(), key: () => deskKey(options) };

  function find(): DeskAddress | null {
    const address = name.read();
    return address === null ? null : known(address).address;
  }

  async function connect(address: DeskAddress): Promise<DeskConnection> {
    const place = known(address);
    checkFolders(site, place);
    checkSocket(place);
    return new SocketConnection(await dialed(place), clock);
  }

  function listen(onConnection: (connection: DeskConnection) => void): Promise<OpenDoor> {
    const onSocket = (socket: Socket): void => onConnection(new SocketConnection(socket, clock));
    return openSocket({ site, name, clock, id: ids.newId(), onSocket });
  }

  function known(address: DeskAddress): SocketPlace {
    const place = locate(site, address);
    if (place !== null) return place;
    throw new DeskFault('unsafe', `The name of the desk in ${fleetFolder} leads to ${JSON.stringify(address)}.`);
  }

  async function dialed(place: SocketPlace): Promise<Socket> {
    try {
      return await dial(place.path, clock);
    } catch (error) {
      throw dialFault(place.path, error);
    }
  }
}
