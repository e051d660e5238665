// Looks at what a desk stands on before anybody listens or connects there: the folders belong to this user and nobody else
// can reach into them, and the socket is the user's. Windows has neither modes nor owners in this sense, and what is asked
// of a pipe is the key.

import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { shellWord } from '../../core/view/shell-word.ts';
import { DeskFault } from '../../ports/desk-door.ts';
import { errorCode } from '../system/error-code.ts';
import { type DeskSite, hasPipes, type SocketPlace } from './desk-address.ts';
import { faultOf } from './faults.ts';

const FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/** Throws `DeskFault` unless only this user can put something into the folders that lead to this place. */
export function checkFolders(site: DeskSite, place: SocketPlace): void {
  if (hasPipes) return;
  // The fleet folder may be a link of the user's; the other one stands where anybody can make one.
  refuseUnlessPrivate(site.fleetFolder, () => statSync(site.fleetFolder));
  if (place.isShort) refuseUnlessPrivate(place.folder, () => lstatSync(place.folder));
}

/** Throws `DeskFault`: `gone` when there is no socket, `unsafe` when it is not this user's. */
export function checkSocket(place: SocketPlace): void {
  if (hasPipes) return;
  const stats = lstatSync(place.path, { throwIfNoEntry: false });
  if (stats === undefined) throw new DeskFault('gone', `There is no ${place.path}.`);
  if (!stats.isSocket()) throw new DeskFault('unsafe', `${place.path} is not a socket.`);
  refuseUnlessOwn(place.path, stats);
}

/** Makes the folder of a place outside the fleet folder. It is looked at afterwards like any other. */
export function makeShortFolder(place: SocketPlace): void {
  if (!place.isShort) return;
  try {
    mkdirSync(place.folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw faultOf(`${place.folder} cannot be made`, error);
  }
}

function refuseUnlessPrivate(path: string, look: () => Stats): void {
  const stats = lookedAt(path, look);
  if (!stats.isDirectory()) throw new DeskFault('unsafe', `${path} is not a folder.`);
  refuseUnlessOwn(path, stats);
  if ((stats.mode & OTHERS) === 0) return;
  const mode = (stats.mode & 0o777).toString(8);
  throw new DeskFault('unsafe', `${path} is open to other users (mode ${mode}). Run: chmod 700 ${shellWord(path)}`);
}

function refuseUnlessOwn(path: string, stats: Stats): void {
  const uid = process.getuid?.();
  if (stats.uid === uid) return;
  throw new DeskFault(
    'unsafe',
    `${path} belongs to user ${stats.uid}, and this process runs as user ${uid ?? 'unknown'}.`,
  );
}

function lookedAt(path: string, look: () => Stats): Stats {
  try {
    return look();
  } catch (error) {
    throw faultOf(`${path} cannot be looked at`, error);
  }
}
