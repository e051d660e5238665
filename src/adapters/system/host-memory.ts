// What this host remembers of the fleet at one location, apart from its log: its id, and how far the log had come.
//
//   <state base>/locations/                        location -> fleet id        (fleet-map.ts)
//   <state base>/<fleet id>/witness/<location>/    the witness                 (witness-files.ts)
//
// A folder that is moved keeps the fleet's id in its log and is known by it; its witness is found under the location that is gone.
// A folder that is copied has the same id too, but lives on beside the original: each has a witness of its own, else each
// would take the other's progress for a loss of its own log.

import { stat } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Witness, WitnessKeeper } from '../../ports/witness.ts';
import { errorCode } from './error-code.ts';
import { openFleetMap } from './fleet-map.ts';
import { nodeHasher } from './node-hasher.ts';
import { stateFoldersOf } from './state-folder.ts';
import type { TwoFolders } from './two-folders.ts';
import { compareHeads, readWitness } from './witness-files.ts';
import { createWitnessKeeper } from './witness-keeper.ts';

export interface HostMemoryOptions {
  /** See `stateBase`. */
  readonly base: string;
  /** `.brigade/` of the fleet. */
  readonly fleetFolder: string;
  /** Canonical URL of the store, with the name of the fleet where a store holds several. */
  readonly location: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LocatedMemory {
  /** The fleet known to live here; null for a location never seen. */
  fleetId(): Promise<string | null>;
  remember(fleetId: string): Promise<void>;
  /** The highest head seen here or, the first time here, at locations of the fleet that are gone. */
  witness(fleetId: string): Promise<Witness | null>;
  keepWitness(fleetId: string): WitnessKeeper;
  /** The highest head of the fleet that was seen at any location, those in use by others included. */
  furthest(fleetId: string): Promise<Witness | null>;
}

/** Reads make nothing. A fleet id that Brigade did not make is refused with STORE_DAMAGED. */
export function openHostMemory(options: HostMemoryOptions): LocatedMemory {
  const { base, fleetFolder, location, clock, logger } = options;
  const map = openFleetMap(base, fleetFolder);
  const foldersAt = (fleetId: string, where: string): TwoFolders =>
    stateFoldersOf({ base, fleetId, fleetFolder }).below('witness').below(nameOf(where));
  return {
    fleetId: () => map.fleetIdAt(location),
    remember: (fleetId) => map.remember(location, fleetId),
    witness: async (fleetId) => {
      const own = await readWitness(foldersAt(fleetId, location), fleetId);
      if (own !== null) return own;
      const gone = await goneOf(await map.locationsOf(fleetId));
      return largest(await Promise.all(gone.map((where) => readWitness(foldersAt(fleetId, where), fleetId))));
    },
    keepWitness: (fleetId) => createWitnessKeeper({ folders: foldersAt(fleetId, location), clock, logger }),
    furthest: async (fleetId) => {
      const everywhere = [...(await map.locationsOf(fleetId)), location];
      return largest(await Promise.all(everywhere.map((where) => readWitness(foldersAt(fleetId, where), fleetId))));
    },
  };
}

function nameOf(location: string): string {
  return nodeHasher.sha256Hex(location).slice(0, 24);
}

/** Where nothing is any more. Of stores on other hosts nothing can be said. */
async function goneOf(locations: readonly string[]): Promise<readonly string[]> {
  const states = await Promise.all(locations.map(async (location) => ({ location, gone: await isGone(location) })));
  return states.filter(({ gone }) => gone).map(({ location }) => location);
}

async function isGone(location: string): Promise<boolean> {
  const path = /^sqlite:(.+)$/s.exec(location)?.[1];
  if (path === undefined) return false;
  try {
    await stat(path);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
  }
}

function largest(witnesses: readonly (Witness | null)[]): Witness | null {
  const [first = null] = witnesses.filter((each) => each !== null).toSorted((a, b) => compareHeads(b, a));
  return first;
}
