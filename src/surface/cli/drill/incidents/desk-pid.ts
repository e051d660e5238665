// Which process is the desk of a drill's fleet.

import { openFleet, prepareHost } from '../../../../compose.ts';
import type { Setting } from '../rehearsal/on-scratch.ts';

/** Who comes now is served by the desk, and knows who that is; the drill itself came before there was one. */
export async function deskPid({ env, scratch }: Pick<Setting, 'env' | 'scratch'>): Promise<number | undefined> {
  const guest = await openFleet(await prepareHost({ flags: {}, env, folder: scratch.workspace, stays: false }));
  try {
    const guests = (await guest.coordinator.deskGuests()) ?? [];
    return guests.find(({ isDesk }) => isDesk)?.pid;
  } finally {
    await guest.close();
  }
}
