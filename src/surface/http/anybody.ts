// Who sits where everybody calls over HTTP: nobody in particular. Each call shows for whom it is made.

import type { Occupant } from '../../app/seat/occupant.ts';
import type { Fleet } from '../../compose.ts';

/** Name of a client that does not say its own. */
const CLIENT = 'http';

/** Throws `SetupFault` where the worktree can have no id. */
export async function anybody(fleet: Fleet): Promise<Occupant> {
  return {
    client: CLIENT,
    user: fleet.host.user,
    agentId: null,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: null,
    worktree: await fleet.worktree(),
    folder: null,
  };
}
