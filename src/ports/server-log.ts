// The log of one fleet on a server that holds others beside it.

import type { EventStore } from './event-store.ts';

export interface ServerLog extends EventStore {
  /** Removes everything of this fleet and nothing of any other. Only for a fleet that was made to be thrown away. */
  removeFleet(): Promise<void>;
}
