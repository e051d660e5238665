// Whom an alert is told besides the people who watch the fleet: agents that can do something about it themselves. The silent
// holder that somebody waits for, the holder of what another one changed, the waiter that does not take its turn, and those who ask
// each other in vain.

import type { EventHead } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import type { AlertRow, SessionRow } from '../rows.ts';
import { addNotice } from '../session/notices.ts';
import { timesText } from '../view/count-text.ts';
import { inWords, named, sentence } from './wording.ts';

export function noteAffected(
  state: FleetState,
  row: AlertRow,
  { seq, wallAt }: Pick<EventHead, 'seq' | 'wallAt'>,
): void {
  switch (row.code) {
    case 'silent_holder': {
      const lease = state.leases.get(row.subject);
      if (lease === undefined) return;
      const { token, resource, sessionId } = lease;
      const text = sentence(
        `${named(row.agents.slice(1))} waits for ${inWords(resource)}, which you hold (token ${token}) and have not used for long. Release it, or use it if you still need it: it may be taken from you.`,
      );
      addNotice(state, sessionId, { seq, kind: 'alert', wallAt, text, resource, token });
      return;
    }
    case 'lease_bypassed': {
      const lease = state.leases.get(row.subject);
      if (lease === undefined) return;
      const { token, resource, sessionId } = lease;
      const text = sentence(`${row.text} You hold ${inWords(resource)}: read it again before you go on.`);
      addNotice(state, sessionId, { seq, kind: 'alert', wallAt, text, resource, token });
      return;
    }
    case 'offer_lapses': {
      const ticket = state.tickets.get(row.subject);
      if (ticket === undefined) return;
      const text = sentence(
        `You were offered ${named(ticket.resources.map(inWords))} ${timesText(ticket.lapses)} and did not take it. Ask with ticket ${ticket.ticket} and a wait to take your turn, or withdraw.`,
      );
      addNotice(state, ticket.sessionId, { seq, kind: 'alert', wallAt, text, ticket: ticket.ticket });
      return;
    }
    case 'suspected_deadlock':
      for (const agent of row.agents) {
        const session = newestSession(state, agent);
        if (session === undefined) continue;
        const text = sentence(`${row.text} You are one of them. ${row.next}`);
        addNotice(state, session.sessionId, { seq, kind: 'alert', wallAt, text });
      }
      return;
    default:
  }
}

function newestSession(state: FleetState, agentId: string): SessionRow | undefined {
  let newest: SessionRow | undefined;
  for (const session of state.sessions.in('liveAgent', agentId)) newest = session;
  return newest;
}
