// One desk's socket, from the first listener to the last trace of it.
//
// Two processes may publish at once: the later rename stays and the earlier desk sees that it is not published. A desk that
// dies leaves its socket and perhaps its name; whoever follows the name hears that nobody listens, and the next desk that
// publishes clears them away.

import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { DeskFault, type OpenDoor } from '../../ports/desk-door.ts';
import { type DeskSite, hasPipes, placesOf, type SocketPlace } from './desk-address.ts';
import { faultOf } from './faults.ts';
import { removeLeftovers } from './leftovers.ts';
import { checkFolders, makeShortFolder } from './private-place.ts';
import type { PublishedName } from './published-name.ts';

const SOCKET_MODE = 0o600;

export interface OpenSocketOptions {
  readonly site: DeskSite;
  readonly name: PublishedName;
  readonly clock: Clock;
  /** Fresh; names the socket. */
  readonly id: string;
  readonly onSocket: (socket: Socket) => void;
}

/** Listens where it can. Throws `DeskFault`. */
export async function openSocket(options: OpenSocketOptions): Promise<OpenDoor> {
  const places = placesOf(options.site, options.id);
  let fault = new DeskFault('unusable', `The path of a socket in ${options.site.fleetFolder} would be too long.`);
  for (const place of places) {
    try {
      return await openAt(place, options);
    } catch (error) {
      fault = faultOf(`No socket can be made in ${place.folder}`, error);
      if (fault.code === 'unsafe') break;
    }
  }
  throw fault;
}

async function openAt(place: SocketPlace, { site, name, clock, id, onSocket }: OpenSocketOptions): Promise<OpenDoor> {
  makeShortFolder(place);
  checkFolders(site, place);
  const server = await listenAt(place, onSocket);
  let isClosed = false;

  async function publish(): Promise<void> {
    if (isClosed) throw new DeskFault('gone', 'This desk is closed.');
    checkFolders(site, place);
    if (!hasPipes && !existsSync(place.path)) throw new DeskFault('gone', `${place.path} was removed.`);
    name.put(place.address, id);
    await removeLeftovers(site, place, { name, clock });
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    name.withdraw(place.address, id);
    // This removes the socket's file at once. Its callback would wait for every connection, and those are not ours to end.
    server.close();
    if (!hasPipes) rmSync(place.path, { force: true });
  }

  return {
    address: place.address,
    publish,
    isPublished: () => !isClosed && name.says(place.address),
    close: async () => close(),
  };
}

function listenAt(place: SocketPlace, onSocket: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onSocket);
    server.once('error', reject);
    server.listen(place.path, () => {
      server.off('error', reject);
      server.on('error', () => {
        // A connection that could not be taken; whoever asked for it hears nothing and goes elsewhere.
      });
      // A desk serves for as long as its process has something of its own to do: nobody waits for a connection to come.
      server.unref();
      try {
        if (!hasPipes) chmodSync(place.path, SOCKET_MODE);
        resolve(server);
      } catch (error) {
        server.close();
        reject(faultOf(`${place.path} cannot be closed to others`, error));
      }
    });
  });
}
