// When a session falls due by itself: an ended one at once, while it still holds or waits for something; a live one without
// a process (over HTTP) after long silence, and not before its last lease.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { SessionRow } from '../rows.ts';

/** Lower bound, from the row alone. */
export function sessionDeadline(session: SessionRow): Instant {
  if (session.endedAt !== null) return session.endedAt;
  if (session.transport === 'process') return Number.POSITIVE_INFINITY;
  return session.activeAt + LIMITS.silentSessionMs;
}

/** The rule itself: Infinity when nothing is left to do. */
export function sessionDueAt(state: FleetState, session: SessionRow): Instant {
  const deadline = sessionDeadline(session);
  const holds = state.leases.countIn('session', session.sessionId) > 0;
  if (session.endedAt === null) return holds ? Number.POSITIVE_INFINITY : deadline;
  const leaves = holds || state.tickets.countIn('session', session.sessionId) > 0;
  return leaves ? deadline : Number.POSITIVE_INFINITY;
}
