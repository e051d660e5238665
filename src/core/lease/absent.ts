// Waits that stand in nobody's way, because nobody may go on with them: written into each, so that a line need not ask for the
// session and the agent of all who stand in it.

import type { FleetState } from '../fleet-state.ts';
import type { TicketRow } from '../rows.ts';

/** The session is over, or its agent may not act now. */
export function isAbsent(
  { sessions, agents }: FleetState,
  { sessionId, agentId }: Pick<TicketRow, 'sessionId' | 'agentId'>,
): boolean {
  return sessions.get(sessionId)?.state !== 'live' || agents.get(agentId)?.lifecycle !== 'active';
}

/** The wait as its session and its agent are now. */
export function seenNow(state: FleetState, ticket: TicketRow): TicketRow {
  const { absent, ...present } = ticket;
  if (isAbsent(state, ticket)) return absent === true ? ticket : { ...present, absent: true };
  return absent === true ? present : ticket;
}

/** After the session ended, or its agent became something else. */
export function lookAgainAtWaitsOf(state: FleetState, sessionId: string): void {
  for (const ticket of Array.from(state.tickets.in('session', sessionId))) {
    const now = seenNow(state, ticket);
    if (now !== ticket) state.tickets.set(now);
  }
}
