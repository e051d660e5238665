// Where a program that embeds Brigade sits: its process is one of its sessions' own, so they live as long as it does.

import type { Occupant } from '../app/seat/occupant.ts';
import type { Fleet } from '../compose.ts';

/** Name of a program that does not say its own. */
const CLIENT = 'library';

export async function occupantOf(fleet: Fleet): Promise<Occupant> {
  const { host, place, processes } = fleet;
  const { settings } = host;
  const { pid } = process;
  const startTime = processes.evidenceOf(pid)?.startTime ?? '';
  return {
    client: settings.client.value ?? CLIENT,
    user: host.user,
    agentId: settings.agent.value,
    purpose: settings.purpose.value,
    handle: settings.session.value,
    keptAs: null,
    clientSession: null,
    process: { placeId: place.placeId, pid, startTime, kind: 'library', role: 'self' },
    worktree: await fleet.worktree(),
    folder: host.folder,
  };
}
