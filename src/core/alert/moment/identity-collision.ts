// Somebody asked for the id of an agent that is at work, and was given another one. What was asked for is in the event, so that
// nothing is read out of a warning's words.

import type { EventOf } from '../../event.ts';
import type { FleetState } from '../../fleet-state.ts';
import type { AlertCause } from '../alert.ts';
import { sentence } from '../wording.ts';

/** Null for every other registration. */
export function collisionCause(state: FleetState, event: EventOf<'session.opened'>): AlertCause | null {
  const { agentId = '', sessionId = '', asked, client } = event;
  if (asked === undefined) return null;
  const [holder] = state.sessions.in('liveAgent', asked);
  const since = holder === undefined ? '' : ` (${holder.client}, since ${holder.openedWallAt})`;
  return {
    code: 'identity_collision',
    subject: asked,
    agents: [asked, agentId],
    resources: [],
    text: sentence(
      `${/^(?:[aeio]|mcp)/i.test(client) ? 'An' : 'A'} ${client} asked to be ${asked}, who is at work${since}; it is ${agentId} now.`,
    ),
    next: `If it is the same agent, let it show its session handle. If not, name one of them differently (BRIGADE_AGENT, --agent).`,
    evidence: { asked, given: agentId, sessionId },
  };
}
