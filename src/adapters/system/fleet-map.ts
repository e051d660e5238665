// Which fleet lives where, one small file per location below the state base. When a log is empty although its location is
// known here, it was wiped, and the witness of its fleet says how far it had come.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FleetMap } from '../../ports/state-folder.ts';
import { errorCode } from './error-code.ts';
import { nodeHasher } from './node-hasher.ts';
import { readPrivateFile, writePrivateFile } from './private-files.ts';
import { openTwoFolders, type TwoFolders } from './two-folders.ts';

interface Entry {
  readonly location: string;
  readonly fleetId: string;
}

/** `base`: see `stateBase`. `fleetFolder` stands in where the base cannot be written, and then forgets with a wipe. */
export function openFleetMap(base: string, fleetFolder: string): FleetMap {
  const folders = openTwoFolders(base, join(fleetFolder, 'state')).below('locations');
  return {
    fleetIdAt: (location) => fleetIdAt(folders, location),
    remember: async (location, fleetId) => {
      if ((await fleetIdAt(folders, location)) === fleetId) return;
      await folders.write((folder) =>
        writePrivateFile(join(folder, entryName(location)), `${JSON.stringify({ location, fleetId })}\n`),
      );
    },
    locationsOf: async (fleetId) => {
      const entries = (await Promise.all(folders.paths().map(entriesIn))).flat();
      return [...new Set(entries.filter((entry) => entry.fleetId === fleetId).map((entry) => entry.location))];
    },
  };
}

async function fleetIdAt(folders: TwoFolders, location: string): Promise<string | null> {
  for (const folder of folders.paths()) {
    const entry = await entryIn(join(folder, entryName(location)));
    if (entry !== null) return entry.fleetId;
  }
  return null;
}

async function entriesIn(folder: string): Promise<readonly Entry[]> {
  const names = (await namesIn(folder)).filter((name) => /^[0-9a-f]{40}\.json$/.test(name));
  const entries = await Promise.all(names.map((name) => entryIn(join(folder, name))));
  return entries.filter((entry) => entry !== null);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

async function entryIn(path: string): Promise<Entry | null> {
  const text = await readPrivateFile(path);
  return text === null ? null : parseEntry(text);
}

/** Null for a file cut short: the log, if there is one, tells its id again. */
function parseEntry(text: string): Entry | null {
  try {
    const { location, fleetId } = JSON.parse(text) as Partial<Record<keyof Entry, unknown>>;
    return typeof location === 'string' && typeof fleetId === 'string' ? { location, fleetId } : null;
  } catch {
    return null;
  }
}

function entryName(location: string): string {
  return `${nodeHasher.sha256Hex(location).slice(0, 40)}.json`;
}
