// Who holds what of many resources at once: for whoever is about to make a change of them all, or looks at one that was made.
// Only leases that count: of sessions that live, and not past their end.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { leasesOn } from '../lease/conflict.ts';
import { expiresAt } from '../lease/expiry.ts';
import { VIEW_LIMITS } from './page.ts';
import type { HeldView, PresenceOf, Query } from './views.ts';

/** Leases that can name the same thing as one of the resources, in their order; of each resource the oldest ones. */
export function heldView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  { resources }: Extract<Query, { kind: 'held' }>,
): readonly HeldView[] {
  return resources.slice(0, VIEW_LIMITS.rowsMax).flatMap((asked) => heldOf(state, at, presence, asked));
}

function heldOf(state: FleetState, at: Instant, presence: PresenceOf, asked: string): readonly HeldView[] {
  const leases = [...leasesOn(state, asked)].filter((lease) => {
    return state.sessions.get(lease.sessionId)?.state === 'live' && expiresAt(state, lease) > at;
  });
  const oldest = leases.toSorted((a, b) => a.token - b.token).slice(0, VIEW_LIMITS.leasesPerResource);
  return oldest.map((lease) => {
    const { resource, mode, agentId, sessionId, token, grantedAt, grantedWallAt, firstToken, usedAt } = lease;
    const session = state.sessions.get(sessionId);
    const reason = lease.reason === '' ? (state.leases.get(String(firstToken))?.reason ?? '') : lease.reason;
    return {
      asked,
      resource,
      mode,
      agentId,
      sessionId,
      clientSession: session?.clientSession ?? null,
      token,
      reason,
      heldForMs: Math.max(0, at - grantedAt),
      heldSince: grantedWallAt,
      idleForMs: Math.max(0, at - Math.max(usedAt, session?.activeAt ?? usedAt)),
      alive: presence(sessionId),
    };
  });
}
