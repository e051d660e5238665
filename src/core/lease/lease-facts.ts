// A lease as its holder hears of it, and refusals of single leases.

import type { LeaseRef } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { soonestEnd } from '../hook/edit-hold.ts';
import type { Instant } from '../instant.ts';
import type { LeaseFacts, RefusedLease } from '../reply.ts';
import type { LeaseRow, RequestRow } from '../rows.ts';
import { isWanted } from './conflict.ts';
import { expiresAt } from './expiry.ts';

/** Facts of a lease that is held. */
export function leaseFacts(state: FleetState, lease: LeaseRow): LeaseFacts {
  return {
    resource: lease.resource,
    mode: lease.mode,
    token: lease.token,
    // Of a hook's the least is told: it ends sooner when somebody waits, whatever its holder was told before.
    expiresAt: lease.hook === undefined ? expiresAt(state, lease) : soonestEnd(lease, lease.hook),
    guarded: isGuarded(lease.resource),
    wanted: isWanted(state, lease),
  };
}

/** Facts by token; a lease that has ended meanwhile keeps its token and ends now, so that nobody believes in it. */
export function factsOf(state: FleetState, granted: RequestRow['leases'], at: Instant): readonly LeaseFacts[] {
  return granted.map(({ resource, mode, token }) => {
    const lease = state.leases.get(String(token));
    if (lease !== undefined) return leaseFacts(state, lease);
    return { resource, mode, token, expiresAt: at, guarded: isGuarded(resource), wanted: false };
  });
}

/** Brigade itself refuses writes with a stale token only where it does the writing: governed state. */
export function isGuarded(resource: string): boolean {
  return resource.startsWith('state:');
}

/** The lease if the token holds for this resource and session, else why not. */
export function heldLease(state: FleetState, ref: LeaseRef, sessionId: string): LeaseRow | RefusedLease {
  const lease = state.leases.get(String(ref.token));
  if (lease === undefined || lease.resource !== ref.resource || state.sessions.get(lease.sessionId)?.state !== 'live') {
    return { ...ref, code: 'TOKEN_STALE', message: `Token ${ref.token} is not the current token of ${ref.resource}.` };
  }
  if (lease.sessionId !== sessionId) {
    return { ...ref, code: 'NOT_HOLDER', message: `${ref.resource} is held by another session, of ${lease.agentId}.` };
  }
  return lease;
}

/** Tells a refusal from a lease. */
export function isRefused(result: LeaseRow | RefusedLease): result is RefusedLease {
  return 'code' in result;
}
