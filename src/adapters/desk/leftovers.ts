// What desks leave behind that were killed: their sockets, and names that were not put in place yet. Only what Brigade
// named goes, and only after it is certain that nobody listens; a desk that is merely stopped still takes connections.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { errorCode } from '../system/error-code.ts';
import { type DeskSite, isSocketName, locate, type SocketPlace } from './desk-address.ts';
import { dial } from './dial.ts';
import type { PublishedName } from './published-name.ts';

/** Looked at in one go, the oldest first; the next desk looks at the rest. */
const LOOKED_AT_MAX = 64;

/** Cleans up around a desk that listens at `own`. What cannot be removed stays. */
export async function removeLeftovers(
  site: DeskSite,
  own: SocketPlace,
  { name, clock }: { readonly name: PublishedName; readonly clock: Clock },
): Promise<void> {
  const inFleet = await namesIn(site.fleetFolder);
  const around = own.isShort ? await namesIn(own.folder) : inFleet;
  const sockets = around.filter(isSocketName).map((found) => join(own.folder, found));
  const drafts = [...name.drafts(inFleet)];
  await Promise.all([
    ...sockets
      .filter((path) => path !== own.path)
      .slice(0, LOOKED_AT_MAX)
      .map(async (path) => removeIf((await stateOf(path, clock)) === 'refused', path)),
    ...drafts.slice(0, LOOKED_AT_MAX).map(async ({ path, address }) => {
      const place = locate(site, address);
      await removeIf(place === null || (await stateOf(place.path, clock)) !== 'taken', path);
    }),
  ]);
}

async function stateOf(path: string, clock: Clock): Promise<'taken' | 'refused' | 'missing'> {
  try {
    (await dial(path, clock)).destroy();
    return 'taken';
  } catch (error) {
    if (errorCode(error) === 'ECONNREFUSED') return 'refused';
    return errorCode(error) === 'ENOENT' ? 'missing' : 'taken';
  }
}

async function removeIf(isDead: boolean, path: string): Promise<void> {
  if (!isDead) return;
  try {
    await rm(path, { force: true });
  } catch {
    // In nobody's way; the next desk tries again.
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch {
    // A folder that cannot be listed is not cleaned up.
    return [];
  }
}
