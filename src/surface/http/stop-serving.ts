// How a server ends: no new connection, waits left, answers given, streams ended, connections closed, the log closed. Each
// step has its bound, so that it ends whatever a client or the disk does.

import type { Server } from 'node:http';
import { clock } from '../../compose.ts';
import type { Cancel } from '../../ports/clock.ts';

export interface Stopping {
  readonly server: Server;
  /** Aborts what waits: parked calls answer with their tickets, streams end. */
  readonly leave: () => void;
  /** Closes the fleet. */
  readonly close: () => Promise<void>;
}

/** Calls under way get this long to answer. */
const LAST_ANSWERS_MS = 2_000;
/** A connection that has answered is closed this soon after. */
const LOOK_MS = 20;
/** Longer than a healthy store needs to put away what was decided; what is on disk is on disk. */
const CLOSE_MS = 5_000;

export async function stopServing({ server, leave, close }: Stopping): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  leave();
  const endLooking = closeWhatIsIdle(server);
  await within(LAST_ANSWERS_MS, closed);
  endLooking();
  server.closeAllConnections();
  await within(CLOSE_MS, close());
}

/** A kept connection is idle only once its last answer is out. */
function closeWhatIsIdle(server: Server): Cancel {
  let cancel: Cancel = () => undefined;
  const look = (): void => {
    server.closeIdleConnections();
    cancel = clock.after(LOOK_MS, look);
  };
  look();
  return () => cancel();
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  await Promise.race([work, late]);
  cancel();
}
