// Somebody stands in line, is offered its turn again and again, and does not take it.

import type { TicketRow } from '../../rows.ts';
import { timesText } from '../../view/count-text.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause } from '../look.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

export const offerLapses: LastingCause = {
  codes: ['offer_lapses'],
  *find({ state, policy }) {
    for (const ticket of state.tickets.in('lapsed', 'lapsed')) {
      if (ticket.passedOver && ticket.lapses >= policy.alerts.lapses)
        yield { code: 'offer_lapses', subject: ticket.ticket, cause: () => causeOf(ticket) };
    }
  },
  isOver({ state }, { subject }) {
    const ticket = state.tickets.get(subject);
    if (ticket === undefined) return { why: 'The wait has ended.', ended: true };
    return ticket.passedOver ? null : { why: `${ticket.agentId} asked again.`, ended: false };
  },
};

function causeOf({ ticket, agentId, sessionId, resources, lapses }: TicketRow): AlertCause {
  return {
    code: 'offer_lapses',
    subject: ticket,
    agents: [agentId],
    resources: listed(resources),
    text: sentence(
      `${agentId} was offered ${named(resources.map(inWords))} ${timesText(lapses)} (ticket ${ticket}) and did not take it.`,
    ),
    next: `See whether ${agentId} still runs (brigade agents) and still wants it; otherwise it withdraws, or its session is closed.`,
    evidence: { ticket, sessionId, lapses },
  };
}
