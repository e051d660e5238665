// Folds what becomes of agents. A pause takes away the turn of all its waits at once and a resumption gives it back, so both
// leave the lines concerned to be walked: that is due work, and nobody is stranded if the process dies before it.

import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { lookAgainAtWaitsOf } from '../lease/absent.ts';
import { captureActivity } from '../lease/capture-activity.ts';
import type { AgentRow, LifecycleChange, NoticeKind } from '../rows.ts';
import { addNotice } from '../session/notices.ts';
import { fullStop } from '../view/full-stop.ts';

export const AGENT_EVENTS = [
  'agent.paused',
  'agent.resumed',
  'agent.archived',
  'agent.restored',
  'agent.retired',
] as const;

type AgentEvent = EventAmong<(typeof AGENT_EVENTS)[number]>;

export function applyAgentEvent(state: FleetState, event: AgentEvent): void {
  const agent = state.agents.get(event.agentId ?? '');
  if (agent === undefined) return;
  state.agents.set({ ...agent, ...changeOf(agent, event), change: lifecycleChange(event) });
  for (const { sessionId } of state.sessions.in('liveAgent', agent.agentId)) lookAgainAtWaitsOf(state, sessionId);
  if (state.agents.get(agent.agentId)?.lifecycle !== 'active') leaveLines(state, agent, event);
  if (event.type === 'agent.paused') {
    tell(state, agent, event, 'paused', pausedText(event));
  } else if (state.agents.get(agent.agentId)?.lifecycle === 'active') {
    standInLine(state, agent, event);
    tell(state, agent, event, 'resumed', `You are active again, by ${event.actor}: ${fullStop(event.reason)}`);
  }
}

function changeOf(agent: AgentRow, event: AgentEvent): Partial<AgentRow> {
  switch (event.type) {
    case 'agent.paused': {
      const { seq, at, wallAt, by, actor, reason, reasons, leases } = event;
      return { lifecycle: 'paused', pause: { seq, at, wallAt, by, actor, reason, reasons, leases } };
    }
    case 'agent.resumed':
      return { lifecycle: 'active', pause: null, seenAt: Math.max(agent.seenAt, event.at) };
    case 'agent.archived':
      return { lifecycle: 'archived' };
    case 'agent.restored':
      // Its silence counts anew, or it would be archived again at once.
      return {
        lifecycle: agent.pause === null ? 'active' : 'paused',
        seenAt: Math.max(agent.seenAt, event.at),
      };
    case 'agent.retired':
      return { lifecycle: 'retired' };
  }
}

function lifecycleChange(event: AgentEvent): LifecycleChange {
  const { seq, at, wallAt, actor, reason } = event;
  return { seq, at, wallAt, actor, by: 'by' in event ? event.by : 'operator', reason };
}

/** Whoever stands behind one of its waits may have its turn now. */
function leaveLines(state: FleetState, { agentId }: AgentRow, { seq, at }: AgentEvent): void {
  for (const { sessionId } of state.sessions.in('liveAgent', agentId)) {
    for (const { ticket, resources } of state.tickets.in('session', sessionId))
      state.lines.set({ line: `${seq}/${ticket}`, resources, sessionId: null, at });
  }
}

/**
 * Its waits stand in line again: the turn of one may have come, and a cycle may be closed. While they stood outside of it their
 * holders' activity counted, and nothing that it gave is taken back.
 */
function standInLine(state: FleetState, { agentId }: AgentRow, { seq, at, version }: AgentEvent): void {
  for (const { sessionId } of state.sessions.in('liveAgent', agentId)) {
    if (state.tickets.countIn('session', sessionId) === 0) continue;
    state.lines.set({ line: `${seq}/${sessionId}`, resources: [], sessionId, at });
    if (version < 2) continue;
    for (const ticket of state.tickets.in('session', sessionId)) captureActivity(state, ticket);
  }
}

function tell(state: FleetState, { agentId }: AgentRow, event: AgentEvent, kind: NoticeKind, text: string): void {
  for (const { sessionId } of Array.from(state.sessions.in('liveAgent', agentId)))
    addNotice(state, sessionId, { seq: event.seq, kind, wallAt: event.wallAt, text });
}

function pausedText({ actor, by, reason, leases }: EventAmong<'agent.paused'>): string {
  const held =
    leases === 'release' ? 'What you held is released.' : 'What you hold stays yours until its time is over.';
  const then = by === 'policy' ? 'You may read, release, check in and recover.' : 'You may read, release and check in.';
  return `You are paused by ${by === 'policy' ? by : actor}: ${fullStop(reason)} ${held} ${then}`;
}
