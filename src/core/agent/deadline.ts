// When something is due with an agent by itself: offers that its pause lapses and leases that it releases, sessions of one that
// was archived or retired, and the end of one that nobody named and that was silent for long.

import { isGoverned } from '../fleet/governed.ts';
import type { FleetState } from '../fleet-state.ts';
import { policyFor } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { AgentRow } from '../rows.ts';

/** Lower bound, from the row alone. */
export function agentDeadline(agent: AgentRow): Instant {
  switch (agent.lifecycle) {
    case 'active':
      return mayBeArchived(agent) ? agent.seenAt + LIMITS.silentMinMs : Number.POSITIVE_INFINITY;
    case 'paused':
      return agent.pause?.at ?? Number.POSITIVE_INFINITY;
    default:
      return agent.change?.at ?? Number.POSITIVE_INFINITY;
  }
}

/** The rule itself: Infinity when nothing is left to do. */
export function agentDueAt(state: FleetState, agent: AgentRow): Instant {
  switch (agent.lifecycle) {
    case 'active':
      return mayBeArchived(agent) ? silentUntil(state, agent) : Number.POSITIVE_INFINITY;
    case 'paused':
      return isBoundByHalf(state, agent) ? agentDeadline(agent) : Number.POSITIVE_INFINITY;
    default:
      return state.sessions.countIn('liveAgent', agent.agentId) > 0 ? agentDeadline(agent) : Number.POSITIVE_INFINITY;
  }
}

/** An agent that may be archived one day is looked at again: nothing else would bring it up, nor a policy that shortens its time. */
export function agentLookedAtAgain(state: FleetState, agent: AgentRow, at: Instant): Instant {
  const dueAt = agentDueAt(state, agent);
  const isOnProbation = agent.lifecycle === 'active' && mayBeArchived(agent);
  return isOnProbation ? Math.min(dueAt, at + LIMITS.silentStepMs) : dueAt;
}

/** Nobody gave it a name, and it never spoke of its work. */
function mayBeArchived(agent: AgentRow): boolean {
  return !agent.named && !agent.hasCheckedIn;
}

/** When its silence is long enough by policy; Infinity while it holds or waits for something. */
function silentUntil(state: FleetState, agent: AgentRow): Instant {
  const { archive } = policyFor(state.fleet?.policy?.content ?? null, agent.agentId);
  if (archive === null || !isGoverned(state)) return Number.POSITIVE_INFINITY;
  let activeAt = agent.seenAt;
  for (const { sessionId, activeAt: sessionActiveAt } of state.sessions.in('liveAgent', agent.agentId)) {
    const isBusy = state.leases.countIn('session', sessionId) + state.tickets.countIn('session', sessionId) > 0;
    if (isBusy) return Number.POSITIVE_INFINITY;
    activeAt = Math.max(activeAt, sessionActiveAt);
  }
  return activeAt + archive.silentMs;
}

/** It still has an offer that others wait behind, or holds what its pause releases. */
function isBoundByHalf(state: FleetState, { agentId, pause }: AgentRow): boolean {
  for (const { sessionId } of state.sessions.in('liveAgent', agentId)) {
    if (pause?.leases === 'release' && state.leases.countIn('session', sessionId) > 0) return true;
    for (const ticket of state.tickets.in('session', sessionId)) if (ticket.state === 'offered') return true;
  }
  return false;
}
