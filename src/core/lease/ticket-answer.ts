// What a ticket says to its caller now, whenever it asks: the log decides, not the moment of asking.

import { cycleInWords } from '../deadlock/wait-for.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { AcquireReply, Answer, Blocker } from '../reply.ts';
import type { EndedTicketRow, TicketRow } from '../rows.ts';
import { factsOf } from './lease-facts.ts';
import { blockersOf, positionOf, type Standing } from './line.ts';

/** Blockers named in an answer; the rest is counted by the position. */
const BLOCKERS_NAMED = 10;

/** Granted, queued (or offered), or why the wait is over. */
export function answerOfTicket(state: FleetState, ticket: string, at: Instant): Answer {
  const waiting = state.tickets.get(ticket);
  if (waiting !== undefined) return queuedReply(state, waiting);
  const ended = state.endedTickets.get(ticket);
  if (ended === undefined) return unknownTicket(ticket);
  return endedAnswer(state, ended, at);
}

/** Still in line. */
function queuedReply(state: FleetState, ticket: TicketRow): AcquireReply {
  return {
    op: 'acquire',
    status: 'queued',
    leases: [],
    refused: [],
    ticket: ticket.ticket,
    position: positionOf(state, ticket),
    blockedBy: namedBlockers(state, ticket),
    parkedUntil: ticket.parkedUntil,
    offeredUntil: ticket.offeredUntil,
  };
}

/** The first few in the way. */
export function namedBlockers(state: FleetState, standing: Standing): readonly Blocker[] {
  const named: Blocker[] = [];
  for (const blocker of blockersOf(state, standing)) {
    named.push(blocker);
    if (named.length >= BLOCKERS_NAMED) break;
  }
  return named;
}

export function unknownTicket(ticket: string): Rejection {
  return reject('UNKNOWN_TICKET', {
    message: `There is no ticket ${ticket.slice(0, 40)} of yours.`,
    next: 'Ask again with the resources; tickets are remembered for ten minutes after they end.',
  });
}

/** The victim of a deadlock hears the cycle and what to do. */
function deadlockRejection(ended: EndedTicketRow): Rejection {
  return reject('WAIT_ABORTED_DEADLOCK', {
    message: `Waiting would never end: ${cycleInWords(ended.cycle)}.`,
    next: 'Release what the others wait for, or hand it off, then ask again. Take several resources in one call, or always in the same order, to avoid this.',
    details: { ticket: ended.ticket, cycle: ended.cycle },
  });
}

function endedAnswer(state: FleetState, ended: EndedTicketRow, at: Instant): Answer {
  if (ended.outcome === 'deadlock') return deadlockRejection(ended);
  if (ended.outcome !== 'granted') return lapsedTicket(ended);
  const granted = ended.tokens.map((token, i) => ({ token, mode: ended.mode, resource: ended.resources[i] ?? '' }));
  return {
    op: 'acquire',
    status: 'granted',
    leases: factsOf(state, granted, at),
    refused: [],
    ticket: ended.ticket,
    position: null,
    blockedBy: [],
    parkedUntil: null,
    offeredUntil: null,
  };
}

function lapsedTicket(ended: EndedTicketRow): Rejection {
  const why = {
    withdrawn: 'was withdrawn',
    timed_out: 'lapsed: nobody asked with it for too long',
    session_ended: 'ended with its session',
  };
  return reject('WAIT_TIMED_OUT', {
    message: `Ticket ${ended.ticket} ${why[ended.outcome as keyof typeof why]}; its place in line is gone.`,
    next: 'Ask again with the resources to join the line anew.',
    details: { ticket: ended.ticket, outcome: ended.outcome },
  });
}
