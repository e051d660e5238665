// The process of a session ended without a word while the session held leases. Told with the loss itself, when the session still
// has them: their ends follow as groups of their own.

import type { EventOf } from '../../event.ts';
import type { FleetState } from '../../fleet-state.ts';
import type { LeaseRow } from '../../rows.ts';
import type { AlertCause } from '../alert.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

/** Leases that the alert looks at: it names a few, and counts them all. */
const LOOKED_AT = 64;

/** Null for a session that held nothing. Another session of the agent is the same cause. */
export function lostCause(state: FleetState, event: EventOf<'session.lost'>): AlertCause | null {
  const { agentId = '', sessionId = '', evidence } = event;
  const held = state.leases.countIn('session', sessionId);
  if (held === 0) return null;
  const leases = firstLeases(state, sessionId);
  const resources = listed(leases.map(({ resource }) => resource));
  const names = named(resources.map(inWords), held);
  const why = evidence.replace(/\.$/, '');
  return {
    code: 'session_lost',
    subject: agentId,
    agents: [agentId],
    resources,
    text: sentence(
      `The process of ${agentId} ended without a word while it held ${names}${why === '' ? '' : `: ${why}`}.`,
    ),
    next: `Its leases are free again, and whoever waited goes on. Look at what ${agentId} may have left half done.`,
    evidence: { sessionId, leases: held, process: sentence(evidence) },
  };
}

function firstLeases(state: FleetState, sessionId: string): readonly LeaseRow[] {
  const found: LeaseRow[] = [];
  for (const lease of state.leases.in('session', sessionId)) {
    found.push(lease);
    if (found.length === LOOKED_AT) break;
  }
  return found;
}
