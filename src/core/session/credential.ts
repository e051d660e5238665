// Whom a handle stands for, and what its session may do. A handle is the credential; ids are public and prove nothing.

import type { CallerOf } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { AgentRow, SessionRow } from '../rows.ts';
import { fullStop } from '../view/full-stop.ts';

/** The session, live or ended, whose handle has this hash; null when there is none. */
export function sessionOfHandle(state: FleetState, handleHash: string): SessionRow | null {
  for (const session of state.sessions.in('handle', handleHash)) return session;
  return null;
}

/** The live session behind the caller, or why it may not act. */
export function liveSession(state: FleetState, caller: CallerOf<'session' | 'process'>): SessionRow | Rejection {
  const session =
    caller.kind === 'session'
      ? sessionOfHandle(state, caller.handleHash)
      : (state.sessions.get(caller.sessionId) ?? null);
  if (session === null) {
    return reject('CREDENTIAL_WRONG', {
      message: 'This handle belongs to no session of this fleet.',
      next: 'Call register to get a session of your own.',
    });
  }
  if (session.state === 'live') return session;
  return reject('CREDENTIAL_WRONG', {
    message: `This session of ${session.agentId} has ended: ${fullStop(session.endedWhy ?? session.state)} What it held was released.`,
    next: 'Call register with this handle to go on as the same agent in a new session.',
    details: { agentId: session.agentId, ended: session.state },
  });
}

/** Why the agent of this session may not change anything now, or null. */
export function refuseLifecycle(state: FleetState, session: SessionRow): Rejection | null {
  const agent = state.agents.get(session.agentId);
  switch (agent?.lifecycle) {
    case 'paused':
      return reject('AGENT_PAUSED', {
        message: becameText(agent),
        next: nextOfPaused(agent),
        details: { agentId: agent.agentId, by: agent.pause?.by ?? null, reasons: agent.pause?.reasons ?? [] },
      });
    case 'archived':
      return reject('AGENT_ARCHIVED', { message: becameText(agent), next: 'An operator can restore it.' });
    case 'retired':
      return reject('AGENT_RETIRED', {
        message: becameText(agent),
        next: 'A retired agent never acts again. Register another one.',
      });
    default:
      return null;
  }
}

function becameText({ agentId, lifecycle, change }: AgentRow): string {
  if (change === null) return `${agentId} is ${lifecycle}.`;
  const by = change.by === 'policy' ? 'policy' : change.actor;
  return `${agentId} is ${lifecycle} since ${change.wallAt} by ${by}: ${fullStop(change.reason)}`;
}

function nextOfPaused({ pause }: AgentRow): string {
  const may = 'You may read, release and check in.';
  if (pause?.by === 'operator') return `${may} Only an operator resumes you.`;
  const [first] = pause?.reasons ?? [];
  return `${may} ${first === undefined ? '' : `${first.next} `}Then call recover with what you learned, or ask an operator to resume you.`;
}

/** Null when the caller proves authority, else why not. */
export function refuseOperator(state: FleetState, { proof }: CallerOf<'operator'>): Rejection | null {
  if (proof === 'terminal') return null;
  const known = state.fleet?.operatorTokenHash ?? null;
  if (known !== null && proof.tokenHash === known) return null;
  return reject('CREDENTIAL_WRONG', {
    message: 'This operator token is not the one of this fleet.',
    next: 'brigade token operator prints it, in a terminal.',
  });
}
