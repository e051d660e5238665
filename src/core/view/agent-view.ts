// Agents, with the sessions that stand for them. Without `all` only those are shown that are here: with a live session, with a
// lease still in their name, or paused: a pause never lasts unseen.

import type { FleetState } from '../fleet-state.ts';
import { checkInsOf, standingAgainst } from '../governance/check-in-rules.ts';
import type { EisvState } from '../governance/eisv/eisv-state.ts';
import { calibrationOf } from '../governance/evidence/calibration.ts';
import type { Instant } from '../instant.ts';
import type { AgentRow, SessionRow } from '../rows.ts';
import { numberOfCursor, pageOf, rowLimit, VIEW_LIMITS } from './page.ts';
import { sessionViewOf } from './session-view.ts';
import type { AgentView, ConductView, LifecycleView, Page, PlanView, PresenceOf, Query } from './views.ts';

type AgentsQuery = Extract<Query, { kind: 'agents' }>;

/** Agents in the order in which they first joined. */
export function agentsView(state: FleetState, at: Instant, presence: PresenceOf, query: AgentsQuery): Page<AgentView> {
  const rows = agentsOf(state, query);
  const after = numberOfCursor(query.cursor);
  return pageOf(rows, {
    limit: rowLimit(query.limit),
    total: rows.length,
    isAfter: (row) => row.registeredSeq > after,
    cursorOf: (row) => String(row.registeredSeq),
    itemOf: (row) => agentViewOf(state, at, presence, row),
  });
}

/** Agents that are here, the one whose last activity is youngest first: what one screen shows. */
export function presentAgents(state: FleetState): readonly AgentRow[] {
  const known = agentsOf(state, { kind: 'agents' }).map((agent) => ({ agent, activeAt: lastActive(state, agent) }));
  return known.toSorted((a, b) => b.activeAt - a.activeAt).map(({ agent }) => agent);
}

export function agentViewOf(state: FleetState, at: Instant, presence: PresenceOf, agent: AgentRow): AgentView {
  const live = [...state.sessions.in('liveAgent', agent.agentId)];
  const shown = live.length > 0 ? live : lastSession(state, agent);
  const newest = shown.toSorted((a, b) => b.openedSeq - a.openedSeq).slice(0, VIEW_LIMITS.sessionsPerAgent);
  const active = lastActive(state, agent);
  return {
    agentId: agent.agentId,
    client: agent.client,
    purpose: agent.purpose,
    tags: agent.tags,
    notes: agent.notes,
    lifecycle: agent.lifecycle,
    change: changeView(state, at, agent),
    plan: planOf(state, agent),
    conduct: conductView(state, at, agent),
    registeredAt: agent.registeredWallAt,
    idleForMs: active === Number.NEGATIVE_INFINITY ? null : Math.max(0, at - active),
    sessions: newest.map((session) => sessionViewOf(state, at, presence, session)),
    liveSessions: live.length,
    leases: live.reduce((sum, session) => sum + state.leases.countIn('session', session.sessionId), 0),
    waits: live.reduce((sum, session) => sum + state.tickets.countIn('session', session.sessionId), 0),
  };
}

/** What these agents say they are at, the newest first. */
export function plansOf(state: FleetState, agents: readonly AgentRow[]): readonly PlanView[] {
  const plans = agents.flatMap((agent) => {
    const plan = planOf(state, agent);
    return plan === null ? [] : [{ agentId: agent.agentId, ...plan }];
  });
  return plans.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function planOf(state: FleetState, { agentId }: AgentRow): AgentView['plan'] {
  const plan = state.conduct.get(agentId)?.plan ?? null;
  return plan === null ? null : { goal: plan.goal, task: plan.task, at: plan.wallAt };
}

function changeView(state: FleetState, at: Instant, agent: AgentRow): LifecycleView | null {
  const { change, lifecycle } = agent;
  if (change === null || lifecycle === 'active') return null;
  const { by, actor, reason, wallAt } = change;
  return {
    by: by === 'policy' ? 'policy' : actor,
    reason,
    sinceAt: wallAt,
    forMs: Math.max(0, at - change.at),
    standingAgainst: lifecycle === 'paused' ? standingAgainst(state, agent, at) : [],
  };
}

function conductView(state: FleetState, at: Instant, { agentId }: AgentRow): ConductView | null {
  const conduct = state.conduct.get(agentId);
  if (conduct === undefined) return null;
  const { updates, verdicts, last, counts, eisv } = conduct;
  return {
    updates,
    verdicts,
    lastVerdict: last?.verdict ?? null,
    lastCheckInAgoMs: last === null ? null : Math.max(0, at - last.at),
    calibration: calibrationOf(checkInsOf(state, agentId)),
    lost: counts,
    eisv: eisv === null ? null : eisvView(eisv),
  };
}

function eisvView({ E, I, S, V, lambda1, coherence, time, updates, decision }: EisvState): ConductView['eisv'] {
  return { E, I, S, V, lambda1, coherence, time, updates, decision };
}

function agentsOf(state: FleetState, query: AgentsQuery): readonly AgentRow[] {
  if (query.agentId !== undefined) {
    const agent = state.agents.get(query.agentId);
    return agent === undefined ? [] : [agent];
  }
  if (query.all === true) return byArrival(state.agents.rows());
  const present = new Set<AgentRow>();
  for (const session of state.sessions.in('live', 'live')) addAgent(state, present, session.agentId);
  // A lost session's leases end one by one; until then they stand in the name of an agent that is gone.
  for (const session of state.sessions.in('ended', 'ended')) {
    if (state.leases.countIn('session', session.sessionId) > 0) addAgent(state, present, session.agentId);
  }
  for (const agent of state.agents.in('paused', 'paused')) present.add(agent);
  return byArrival(present);
}

function addAgent(state: FleetState, agents: Set<AgentRow>, agentId: string): void {
  const agent = state.agents.get(agentId);
  if (agent !== undefined) agents.add(agent);
}

function byArrival(rows: Iterable<AgentRow>): readonly AgentRow[] {
  return [...rows].toSorted((a, b) => a.registeredSeq - b.registeredSeq);
}

function lastSession(state: FleetState, agent: AgentRow): readonly SessionRow[] {
  const session = agent.lastSessionId === null ? undefined : state.sessions.get(agent.lastSessionId);
  return session === undefined ? [] : [session];
}

function lastActive(state: FleetState, agent: AgentRow): number {
  let active = Number.NEGATIVE_INFINITY;
  for (const session of state.sessions.in('agent', agent.agentId)) active = Math.max(active, session.activeAt);
  return active;
}
