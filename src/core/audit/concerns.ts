// Which facts are part of an agent's history: what it did, what was done to it, and what it was told.

import type { FleetEvent } from '../event.ts';

/** True when the event is about the agent, by it, or addressed to it; what everybody is told is told to it too. */
export function concerns(event: FleetEvent, agentId: string): boolean {
  if (event.agentId === agentId || event.actor === agentId) return true;
  switch (event.type) {
    case 'outcome.recorded':
      return event.about === agentId;
    case 'message.sent':
      return event.to === agentId || event.to === '*';
    case 'handoff.offered':
      return event.to === agentId;
    case 'deadlock.suspected':
    case 'alert.opened':
    case 'alert.repeated':
      return event.agents.includes(agentId);
    default:
      return false;
  }
}
