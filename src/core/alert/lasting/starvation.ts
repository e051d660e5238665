// Somebody has waited for very long. Not who let its turn pass by: that is told as `offer_lapses`.

import { isInLine } from '../../lease/conflict.ts';
import type { TicketRow } from '../../rows.ts';
import { durationText } from '../../view/duration-text.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause, Look } from '../look.ts';
import { holdersBefore, isHeldAgainst, waitsSince } from '../waits.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

export const starvation: LastingCause = {
  codes: ['starvation'],
  *find(look) {
    for (const ticket of look.waits.tickets) {
      if (isStarving(look, ticket))
        yield { code: 'starvation', subject: ticket.ticket, cause: () => causeOf(look, ticket) };
    }
  },
  isOver(look, { subject }) {
    const ticket = look.state.tickets.get(subject);
    if (ticket === undefined) return { why: 'The wait has ended.', ended: true };
    if (isStarving(look, ticket) && ticket.state === 'waiting' && isInLine(ticket)) return null;
    return { why: `${ticket.agentId} has its turn, or let it pass.`, ended: true };
  },
};

function isStarving({ state, at, policy }: Look, ticket: TicketRow): boolean {
  return ticket.lapses === 0 && at - waitsSince(state, ticket) > policy.alerts.starvationMs;
}

function causeOf({ state, at, waits }: Look, ticket: TicketRow): AlertCause {
  const waitedMs = at - waitsSince(state, ticket);
  const { agentId, resources } = ticket;
  const held = listed(holdersAgainst(state, ticket, waits));
  const by = held.length === 0 ? 'others stand before it' : `${named(held)} ${held.length === 1 ? 'holds' : 'hold'} it`;
  return {
    code: 'starvation',
    subject: ticket.ticket,
    agents: listed([...held, agentId]),
    resources: listed(resources),
    text: sentence(`${agentId} has waited ${durationText(waitedMs)} for ${named(resources.map(inWords))}; ${by}.`),
    next: `Find out what it waits for (brigade diagnose ${agentId}), and free it: ask the holder, or take the lease back.`,
    evidence: { ticket: ticket.ticket, waitedMs, resources: resources.length },
  };
}

function* holdersAgainst(state: Look['state'], ticket: TicketRow, waits: Look['waits']): Iterable<string> {
  for (const resource of ticket.resources) {
    const line = waits.lines.get(resource);
    if (line === undefined) continue;
    for (const lease of holdersBefore(state, line)) if (isHeldAgainst(state, lease, ticket)) yield lease.agentId;
  }
}
