// Where a session comes from: its processes, and the client session that its client named. A pause binds them too, so that
// nobody walks out of it by registering under another name.

import type { RegisterCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import type { AgentRow, SessionRow } from '../rows.ts';

type Origin = Pick<SessionRow, 'client' | 'clientSession' | 'attachments'>;

/** Buckets of the index by which sessions of one origin are found. */
export function originsOf({ client, clientSession, attachments }: Origin): readonly string[] {
  const processes = attachments.map(({ placeId, pid, startTime }) => `process ${placeId} ${pid} ${startTime}`);
  const origins = clientSession === null ? processes : [...processes, `client ${client} ${clientSession}`];
  return [...new Set(origins)];
}

/** A paused agent that has or had a session from where this registration comes; null when there is none. */
export function pausedAtOrigin(state: FleetState, command: RegisterCommand): AgentRow | null {
  const { client, clientSession, attachment } = command;
  for (const origin of originsOf({ client, clientSession, attachments: attachment === null ? [] : [attachment] })) {
    for (const session of state.sessions.in('origin', origin)) {
      const agent = state.agents.get(session.agentId);
      if (agent?.lifecycle === 'paused') return agent;
    }
  }
  return null;
}
