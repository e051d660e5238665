// Handing a lease to one agent, ahead of the line. The offer is durable; the holder keeps holding until any active session
// of that agent accepts, which is a grant with a new token. The offer ends with the lease or after ten minutes.

import type { AnswerHandoffCommand, HandOffCommand } from '../command.ts';
import { resolveCyclesOf } from '../deadlock/resolve.ts';
import { refuseGranting } from '../fleet/granting.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import type { HandoffRow, LeaseRow, SessionRow } from '../rows.ts';
import { conflictingLeases, conflictingTickets, isWanted, namesSame } from './conflict.ts';
import { endHandoffOf } from './end-handoff.ts';
import { factsOf, heldLease, isRefused } from './lease-facts.ts';
import { ownLease } from './line.ts';
import { settleOwnWaits } from './promote.ts';
import { refuseAll } from './refuse-all.ts';

export function handOff(ledger: Ledger, command: HandOffCommand, session: SessionRow): Answer {
  const lease = heldLease(ledger.state, { resource: command.resource, token: command.token }, session.sessionId);
  if (isRefused(lease)) return refuseAll('handed off', [lease]);
  const addressee = ledger.state.agents.get(command.to);
  if (addressee === undefined) {
    return reject('UNKNOWN_AGENT', {
      message: `There is no agent ${command.to}.`,
      next: 'Look at fleet_status (brigade agents) for who is here.',
    });
  }
  if (addressee.lifecycle !== 'active') {
    return reject('NOT_SAFE', {
      message: `${command.to} is ${addressee.lifecycle} and can take nothing.`,
      next: 'Hand it to an active agent, or release it.',
    });
  }
  if (lease.path === 'handoff' && isWanted(ledger.state, lease)) {
    return reject('NOT_SAFE', {
      message: `${command.resource} came to you by handoff and others wait in line for it; handing it on would pass them again.`,
      next: 'Release it: the first in line gets it.',
    });
  }
  if (ledger.state.handoffs.countIn('from', session.sessionId) >= LIMITS.handoffsPerSession) {
    return reject('QUEUE_FULL', {
      message: `This session has ${LIMITS.handoffsPerSession} handoffs open.`,
      next: 'Wait until some are answered.',
    });
  }
  return ledger.group(() => {
    if (lease.offer !== null) endOffer(ledger, lease, lease.offer, 'lapsed');
    const offer = `h${ledger.seq + 1}`;
    const until = ledger.at + LIMITS.handoffMs;
    const { agentId, sessionId, resource, token } = lease;
    ledger.emit({ type: 'handoff.offered', agentId, sessionId, resource, token, offer, to: command.to, until });
    return { op: 'hand_off', offer, to: command.to, until };
  });
}

export function answerHandoff(ledger: Ledger, command: AnswerHandoffCommand, session: SessionRow): Answer {
  const handoff = ledger.state.handoffs.get(command.offer);
  if (handoff === undefined) {
    return reject('UNKNOWN_OFFER', {
      message: `There is no open offer ${command.offer.slice(0, 40)}.`,
      next: 'It was answered, lapsed after ten minutes, or ended with the lease. Acquire the resource to stand in line.',
    });
  }
  if (handoff.to !== session.agentId) {
    return reject('NOT_ADDRESSEE', {
      message: `Offer ${handoff.offer} is addressed to ${handoff.to}.`,
      next: 'Only a session of that agent can answer it.',
    });
  }
  const lease = ledger.state.leases.get(String(handoff.token));
  if (lease === undefined)
    return reject('OFFER_LAPSED', {
      message: 'The lease has ended, and the offer with it.',
      next: 'Acquire the resource.',
    });
  if (command.answer === 'accept') return accept(ledger, handoff, lease, session);
  ledger.group(() => endOffer(ledger, lease, handoff.offer, 'declined'));
  return { op: 'answer_handoff', offer: handoff.offer, accepted: false, lease: null };
}

/** The offer was not answered in time. */
export function lapseHandoff(ledger: Ledger, handoff: HandoffRow): void {
  const { fromAgentId, fromSessionId, resource, token, offer } = handoff;
  ledger.emit({
    type: 'handoff.ended',
    agentId: fromAgentId,
    sessionId: fromSessionId,
    resource,
    token,
    offer,
    outcome: 'lapsed',
  });
}

function accept(ledger: Ledger, handoff: HandoffRow, lease: LeaseRow, session: SessionRow): Answer {
  const suspended = refuseGranting(ledger.state, ledger.at);
  if (suspended !== null) return suspended;
  if (ledger.state.leases.countIn('session', session.sessionId) >= LIMITS.leasesPerSession) {
    return reject('QUEUE_FULL', {
      message: `This session holds ${LIMITS.leasesPerSession} leases already.`,
      next: 'Release some first.',
    });
  }
  const inTheWay = overlapping(ledger, lease, session);
  if (inTheWay !== null) return inTheWay;
  return ledger.group(() => {
    const own = ownLease(ledger.state, session.sessionId, handoff.resource);
    endOffer(ledger, lease, handoff.offer, 'accepted');
    const { seq } = ledger.emit({
      type: 'lease.granted',
      agentId: session.agentId,
      sessionId: session.sessionId,
      resource: handoff.resource,
      mode: lease.mode,
      // The own one that it takes the place of said until when it may be believed; this one never ends before.
      ttlMs: Math.max(lease.ttlMs, own?.ttlMs ?? 0),
      path: 'handoff',
      ticket: null,
      replaces: lease.token,
      firstToken: null,
      reason: lease.reason,
    });
    if (own !== undefined && own.token !== lease.token) {
      // A shared lease of its own on the same key would make it hold twice; the handed one covers it.
      endHandoffOf(ledger, own);
      const { agentId, sessionId, resource, token } = own;
      ledger.emit({ type: 'lease.released', agentId, sessionId, resource, token, why: 'released' });
    }
    settleOwnWaits(ledger, session.sessionId);
    resolveCyclesOf(ledger, session.sessionId);
    resolveCyclesOf(ledger, lease.sessionId);
    // A wait of its own may have made it exclusive at once, by a newer token: then this one is over as soon as it is told.
    const [granted = null] = factsOf(ledger.state, [{ ...lease, token: seq }], ledger.at);
    return { op: 'answer_handoff', offer: handoff.offer, accepted: true, lease: granted };
  });
}

/** The giver may hold, or be offered, a larger or smaller part of the same besides: then two would hold it. */
function overlapping(ledger: Ledger, lease: LeaseRow, session: SessionRow): Rejection | null {
  const { state } = ledger;
  const claim = { sessionId: session.sessionId, resource: lease.resource, mode: lease.mode };
  const leases = [...conflictingLeases(state, claim)].filter((each) => each.token !== lease.token);
  const offers = [...conflictingTickets(state, claim)].filter((each) => each.state === 'offered');
  const other =
    leases[0]?.resource ?? offers[0]?.resources.find((resource) => namesSame(state, resource, lease.resource));
  if (other === undefined) return null;
  return reject('LEASE_HELD', {
    message: `${lease.agentId} holds ${other} besides, which overlaps ${lease.resource}.`,
    next: `Ask ${lease.agentId} to release it or to hand it off too, then accept again.`,
    details: { agentId: lease.agentId, resource: other },
  });
}

function endOffer(ledger: Ledger, lease: LeaseRow, offer: string, outcome: 'accepted' | 'declined' | 'lapsed'): void {
  const { agentId, sessionId, resource, token } = lease;
  ledger.emit({ type: 'handoff.ended', agentId, sessionId, resource, token, offer, outcome });
}
