// What answering hooks needs from the outside.

import type { Place } from '../../ports/place.ts';
import type { ProcessTable } from '../../ports/process-table.ts';
import type { SeatPorts } from '../seat/seat-ports.ts';

export interface HookPorts {
  readonly seat: SeatPorts;
  readonly place: Place;
  readonly processes: ProcessTable;
  /** Name of the user, as it goes into ids of agents. */
  readonly user: string;
  /** The root of the workspace: calls that name no folder begin there. */
  readonly root: string;
  /** `.brigade/` of the fleet, absolute. No agent edits in it. */
  readonly fleetFolder: string;
}
