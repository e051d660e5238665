// When a session falls due by itself: an ended one at once, while it still holds or waits for something; a live one without
// a process (over HTTP) after the silence that policy allows, and not before its last lease.

import type { FleetState } from '../fleet-state.ts';
import { policyFor } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { SessionRow } from '../rows.ts';

/** Lower bound, from the row alone. */
export function sessionDeadline(session: SessionRow): Instant {
  if (session.endedAt !== null) return session.endedAt;
  if (session.transport === 'process') return Number.POSITIVE_INFINITY;
  return session.activeAt + LIMITS.silentSessionMinMs;
}

/** The rule itself: Infinity when nothing is left to do. */
export function sessionDueAt(state: FleetState, session: SessionRow): Instant {
  const holds = state.leases.countIn('session', session.sessionId) > 0;
  if (session.endedAt === null) return holds ? Number.POSITIVE_INFINITY : silentUntil(state, session);
  const leaves = holds || state.tickets.countIn('session', session.sessionId) > 0;
  return leaves ? session.endedAt : Number.POSITIVE_INFINITY;
}

/**
 * A silent session is looked at again: nothing else would bring up one that still holds something, nor a policy that shortens
 * its time.
 */
export function sessionLookedAtAgain(state: FleetState, session: SessionRow, at: Instant): Instant {
  const dueAt = sessionDueAt(state, session);
  const isSilent = session.state === 'live' && session.transport === 'http';
  return isSilent ? Math.min(dueAt, at + LIMITS.silenceStepMs) : dueAt;
}

/** For how long nothing may be heard of it. */
export function allowedSilenceMs({ fleet }: Pick<FleetState, 'fleet'>, agentId: string): number {
  return policyFor(fleet?.policy?.content ?? null, agentId).silentSessionMs;
}

function silentUntil(state: FleetState, session: SessionRow): Instant {
  if (session.transport === 'process') return Number.POSITIVE_INFINITY;
  return session.activeAt + allowedSilenceMs(state, session.agentId);
}
