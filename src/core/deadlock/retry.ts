// Agents that retry without queueing leave retry edges for a minute. A cycle of those is only suspected: each of them may do
// something else at any moment, so nothing is aborted, but people are told.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { conflictingLeases } from '../lease/conflict.ts';
import { LIMITS } from '../limits.ts';
import type { RefusalRow } from '../rows.ts';

/** Sessions in a cycle of fresh retry edges through `start`, in the order of waiting; null when there is none. */
export function retryCycle(state: FleetState, start: string, at: Instant): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  let frontier = [start];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const session of frontier) {
      for (const blocker of retryTargets(state, session, at)) {
        if (blocker === start) return pathTo(cameFrom, session, start);
        if (cameFrom.has(blocker)) continue;
        cameFrom.set(blocker, session);
        next.push(blocker);
      }
    }
    frontier = next;
  }
  return null;
}

/** Fresh refusals of one session. */
export function* retriesOf(state: FleetState, sessionId: string, at: Instant): Iterable<RefusalRow> {
  for (const refusal of state.refusals.in('session', sessionId)) {
    if (refusal.code === 'LEASE_HELD' && refusal.at + LIMITS.retryEdgeMs > at) yield refusal;
  }
}

/** Sessions that it asked in vain and that still stand in its way. */
export function* retryTargets(state: FleetState, sessionId: string, at: Instant): Iterable<string> {
  for (const { resource, blockers } of retriesOf(state, sessionId, at)) {
    // In whatever mode it asked: what would not conflict exclusively does not conflict at all.
    for (const lease of conflictingLeases(state, { sessionId, resource, mode: 'exclusive' })) {
      if (blockers.includes(lease.sessionId) && state.sessions.get(lease.sessionId)?.state === 'live') {
        yield lease.sessionId;
      }
    }
  }
}

function pathTo(cameFrom: ReadonlyMap<string, string>, last: string, start: string): readonly string[] {
  const path = [last];
  while (path[0] !== start) path.unshift(cameFrom.get(path[0] as string) as string);
  return path;
}
