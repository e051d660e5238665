// Going on with a wait: parking again in the same place, claiming an offer, leaving, withdrawing.

import type { AwaitCommand, LeaveWaitCommand, UndeliveredCommand, WithdrawCommand } from '../command.ts';
import { resolveCycles, resolveCyclesOf } from '../deadlock/resolve.ts';
import { isGranting, refuseGranting } from '../fleet/granting.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Answer } from '../reply.ts';
import type { EndedTicketRow, LeaseRow, SessionRow, TicketRow } from '../rows.ts';
import { checkRange } from './acquire-limits.ts';
import { endLeasesTogether } from './end.ts';
import { isFree } from './line.ts';
import { grantTicket, settleOwnWaits, takeTurnOrStayDue } from './promote.ts';
import { answerOfTicket, unknownTicket } from './ticket-answer.ts';
import { endWait, lapseOffer } from './wait.ts';

/** Asks with a ticket: claims its offer, or waits on in the same place. */
export function awaitTicket(ledger: Ledger, command: AwaitCommand, session: SessionRow): Answer {
  const refused = checkRange('waitMs', command.waitMs, 0, LIMITS.waitMaxMs);
  if (refused !== null) return refused;
  if (!isOwn(ledger, command.ticket, session)) return unknownTicket(command.ticket);
  const ticket = ledger.state.tickets.get(command.ticket);
  if (ticket !== undefined) return rejoin(ledger, ticket, command.waitMs);
  return answerOfTicket(ledger.state, command.ticket, ledger.at);
}

/**
 * Claims, or parks the call in the ticket's place until `waitMs` from now. While granting rests a place is kept all the same.
 * `stays` may say more of a ticket that stands in line still, before anybody looks who it holds up.
 */
export function rejoin(ledger: Ledger, ticket: TicketRow, waitMs: number, stays = NOTHING_MORE): Answer {
  const resting = refuseGranting(ledger.state, ledger.at);
  if (resting !== null && ticket.state === 'offered') return resting;
  return ledger.group(() => {
    if (ticket.state === 'offered') {
      claim(ledger, ticket);
      return answerOfTicket(ledger.state, ticket.ticket, ledger.at);
    }
    const parkedUntil = ledger.at + waitMs;
    const fadesSoon = ticket.livesUntil - ledger.at < LIMITS.ticketMs / 2;
    if (ticket.passedOver || waitMs > 0 || fadesSoon) {
      ledger.emit({
        type: 'wait.parked',
        agentId: ticket.agentId,
        sessionId: ticket.sessionId,
        ticket: ticket.ticket,
        parkedUntil: Math.max(parkedUntil, ticket.parkedUntil),
        ...(ticket.parked && { beside: true }),
      });
    }
    if (ticket.passedOver) takeTurnAgain(ledger, ticket.ticket);
    if (ledger.state.tickets.get(ticket.ticket) !== undefined) stays();
    // Others stand behind it again, or are held up by what it got: that may close a cycle through any wait of its session.
    if (ticket.passedOver) resolveCyclesOf(ledger, ticket.sessionId);
    else if (ticket.hook !== undefined) resolveCycles(ledger, ticket.ticket);
    return answerOfTicket(ledger.state, ticket.ticket, ledger.at);
  });
}

/** A ticket that was passed over stands in line again: its turn may have come. */
function takeTurnAgain(ledger: Ledger, ticketId: string): void {
  const ticket = ledger.state.tickets.get(ticketId);
  if (ticket === undefined) return;
  if (!isGranting(ledger.state)) takeTurnOrStayDue(ledger, ticketId);
  else if (isFree(ledger.state, ticket)) claim(ledger, ticket);
}

function claim(ledger: Ledger, ticket: TicketRow): void {
  // An upgrade ends the handoff offer of the lease that it replaces first.
  ledger.concerns(ticket.ticket);
  grantTicket(ledger, ticket, 'claimed');
  settleOwnWaits(ledger, ticket.sessionId);
}

/** The call stops waiting; what the log says now is the answer, so a grant that came first is answered. */
export function leaveWait(ledger: Ledger, command: LeaveWaitCommand, session: SessionRow): Answer {
  if (!isOwn(ledger, command.ticket, session)) return unknownTicket(command.ticket);
  const ticket = ledger.state.tickets.get(command.ticket);
  if (ticket?.parked === true) {
    ledger.emit({ type: 'wait.left', agentId: ticket.agentId, sessionId: ticket.sessionId, ticket: ticket.ticket });
  }
  return answerOfTicket(ledger.state, command.ticket, ledger.at);
}

/**
 * The grant could not be delivered: its leases end and the ticket has the offer of them, ahead of everybody. What its session
 * lost of the set meanwhile must be free, as for anybody in its place: else there is no whole set to offer, so the wait stays
 * over and what is left of the grant goes to whoever is next. Where calls were parked beside each other, the answer to another
 * one may have been heard and is believed in: then nothing changes.
 */
export function undelivered(ledger: Ledger, command: UndeliveredCommand, session: SessionRow): Answer {
  const ended = ownEnded(ledger, command.ticket, session);
  if (ended === null) return leaveWait(ledger, { ...command, op: 'leave_wait' }, session);
  const leases = grantedBy(ledger, ended);
  // An upgrade stays: giving it back would cost the shared lease that it replaced.
  if (ended.beside === true || leases.length === 0 || leases.some((lease) => lease.path === 'upgrade'))
    return answerOfTicket(ledger.state, command.ticket, ledger.at);
  return ledger.group(() => {
    // The offer comes first, so that the lines walked at the end of the leases find it standing.
    if (isFree(ledger.state, { ...ended, passes: [] })) {
      ledger.emit({
        type: 'lease.offered',
        agentId: ended.agentId,
        sessionId: ended.sessionId,
        ticket: ended.ticket,
        until: ledger.at + LIMITS.claimMs,
        revived: true,
      });
    }
    endLeasesTogether(ledger, leases, { how: 'released', why: 'undelivered' });
    passOnWhilePaused(ledger, ended);
    return answerOfTicket(ledger.state, command.ticket, ledger.at);
  });
}

/** Who is paused may claim nothing: the offer goes to the next, and only the place in line is left. */
function passOnWhilePaused(ledger: Ledger, { ticket, agentId }: EndedTicketRow): void {
  const revived = ledger.state.tickets.get(ticket);
  if (revived !== undefined && ledger.state.agents.get(agentId)?.lifecycle !== 'active') lapseOffer(ledger, revived);
}

/** Gives up the place. A grant that came first is released, since nobody will use it. */
export function withdraw(ledger: Ledger, command: WithdrawCommand, session: SessionRow): Answer {
  const ticket = ledger.state.tickets.get(command.ticket);
  if (ticket !== undefined && ticket.sessionId === session.sessionId) {
    endWait(ledger, ticket, 'withdrawn');
    return { op: 'withdraw', ticket: command.ticket, withdrawn: true, released: [] };
  }
  const ended = ownEnded(ledger, command.ticket, session);
  if (ended === null) return unknownTicket(command.ticket);
  if (ended.outcome === 'deadlock') return answerOfTicket(ledger.state, command.ticket, ledger.at);
  const fresh = grantedBy(ledger, ended);
  if (fresh.length > 0) endLeasesTogether(ledger, fresh, { how: 'released', why: 'released' });
  const released = fresh.map(({ resource, token }) => ({ resource, token }));
  return { op: 'withdraw', ticket: command.ticket, withdrawn: released.length > 0, released };
}

/** Leases that this ticket was granted and that are still held; not those its session had before. */
function grantedBy(ledger: Ledger, ended: EndedTicketRow): readonly LeaseRow[] {
  return ended.tokens
    .flatMap((token) => ledger.state.leases.get(String(token)) ?? [])
    .filter((lease) => lease.ticket === ended.ticket);
}

/** The ticket, waiting or over, is one of the session's. */
function isOwn({ state }: Ledger, ticket: string, { sessionId }: SessionRow): boolean {
  return (state.tickets.get(ticket) ?? state.endedTickets.get(ticket))?.sessionId === sessionId;
}

function ownEnded(ledger: Ledger, ticket: string, session: SessionRow): EndedTicketRow | null {
  const ended = ledger.state.endedTickets.get(ticket);
  return ended !== undefined && ended.sessionId === session.sessionId ? ended : null;
}

const NOTHING_MORE = (): void => undefined;
