// Where the socket of a desk is, and what the published name may say about it:
//
//   desk.<id>.sock                          in the fleet folder
//   <folder>/brigade-<uid>/desk.<id>.sock   where the first would be longer than the path of a socket may be; the folder is
//                                           $XDG_RUNTIME_DIR, /run/user/<uid>, the temporary folder or /tmp
//   \\.\pipe\brigade-<id>                   on Windows
//
// Nothing else is ever connected to, whatever the name says: a checkout can bring a link of somebody else's making.

import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { DeskAddress } from '../../ports/desk-door.ts';
import type { Environment } from '../system/state-base.ts';

/** `sun_path` less the zero at its end. */
const PATH_BYTES_MAX = process.platform === 'linux' || process.platform === 'android' ? 107 : 103;
const SOCKET_NAME = /^desk\.[0-9a-z]{8,40}\.sock$/;
const PIPE = /^\\\\\.\\pipe\\brigade-[0-9a-z]{8,40}$/;

export const hasPipes = process.platform === 'win32';

/** Where desks of one fleet may have their sockets. */
export interface DeskSite {
  readonly fleetFolder: string;
  /** Shorter ones, shared by all fleets of the user; the first that works is used. */
  readonly shortFolders: readonly string[];
}

export interface SocketPlace {
  readonly address: DeskAddress;
  /** What the system is told to listen on and to connect to. */
  readonly path: string;
  /** The folder that holds it. */
  readonly folder: string;
  readonly isShort: boolean;
}

export function siteOf(fleetFolder: string, env: Environment): DeskSite {
  const uid = process.getuid?.() ?? 0;
  const bases = [env.XDG_RUNTIME_DIR ?? '', `/run/user/${uid}`, tmpdir(), '/tmp'].filter((base) => isAbsolute(base));
  return { fleetFolder, shortFolders: [...new Set(bases)].map((base) => join(base, `brigade-${uid}`)) };
}

/** Where a new desk may listen, the best first; empty when every path would be too long. */
export function placesOf(site: DeskSite, id: string): readonly SocketPlace[] {
  if (hasPipes) return [pipeAt(`\\\\.\\pipe\\brigade-${id}`, site)];
  const name = `desk.${id}.sock`;
  const inFleet = placeIn(site.fleetFolder, name, false);
  if (isShortEnough(inFleet)) return [inFleet];
  return site.shortFolders.map((folder) => placeIn(folder, name, true)).filter(isShortEnough);
}

/** Where this address is; null when it is none that Brigade publishes. */
export function locate(site: DeskSite, address: DeskAddress): SocketPlace | null {
  if (hasPipes) return PIPE.test(address) ? pipeAt(address, site) : null;
  if (isSocketName(address)) return placeIn(site.fleetFolder, address, false);
  const place = placeIn(dirname(address), basename(address), true);
  return site.shortFolders.includes(place.folder) && isSocketName(basename(address)) ? place : null;
}

export function isSocketName(name: string): boolean {
  return SOCKET_NAME.test(name);
}

function placeIn(folder: string, name: string, isShort: boolean): SocketPlace {
  const path = join(folder, name);
  return { address: isShort ? path : name, path, folder, isShort };
}

function pipeAt(address: DeskAddress, site: DeskSite): SocketPlace {
  return { address, path: address, folder: site.fleetFolder, isShort: false };
}

function isShortEnough(place: SocketPlace): boolean {
  return Buffer.byteLength(place.path) <= PATH_BYTES_MAX;
}
