// Folds waits: queued, parked, offered, passed, ended, refused.

import type { EventAmong, EventOf } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { EndedTicketRow, TicketRow } from '../rows.ts';
import { addNotice } from '../session/notices.ts';
import { seenNow } from './absent.ts';
import { captureActivity } from './capture-activity.ts';
import { refusalKey } from './refusal-key.ts';

export const WAIT_EVENTS = [
  'lease.queued',
  'lease.offered',
  'offer.lapsed',
  'wait.parked',
  'wait.left',
  'wait.passed',
  'wait.ended',
  'request.refused',
  'deadlock.suspected',
] as const;

type WaitEvent = EventAmong<(typeof WAIT_EVENTS)[number]>;

export function applyWaitEvent(state: FleetState, event: WaitEvent): void {
  switch (event.type) {
    case 'lease.queued':
      queue(state, event);
      return;
    case 'request.refused':
      refuse(state, event);
      return;
    case 'deadlock.suspected':
      return;
    default: {
      const ticket = state.tickets.get(event.ticket) ?? revivable(state, event);
      if (ticket === undefined) return;
      if (event.type === 'wait.ended') end(state, ticket, event);
      else state.tickets.set(seenNow(state, changed(ticket, event)));
      if (event.type === 'lease.offered') noteOffer(state, ticket, event);
      if (event.type === 'wait.parked' && ticket.passedOver) captureActivity(state, ticket);
    }
  }
}

function queue(state: FleetState, event: EventOf<'lease.queued'>): void {
  const ticket: TicketRow = {
    ticket: event.ticket,
    queuedSeq: event.seq,
    queuedAt: event.at,
    queuedWallAt: event.wallAt,
    sessionId: event.sessionId ?? '',
    agentId: event.agentId ?? '',
    resources: event.resources,
    mode: event.mode,
    ttlMs: event.ttlMs,
    priority: event.priority,
    reason: event.reason,
    state: 'waiting',
    parked: true,
    parkedUntil: event.parkedUntil,
    livesUntil: event.parkedUntil + LIMITS.ticketMs,
    offeredUntil: null,
    passedOver: false,
    lapses: 0,
    passes: [],
    revived: false,
  };
  state.tickets.set(seenNow(state, ticket));
  captureActivity(state, ticket);
}

type Change = EventAmong<'lease.offered' | 'offer.lapsed' | 'wait.parked' | 'wait.left' | 'wait.passed'>;

function changed(ticket: TicketRow, event: Change): TicketRow {
  switch (event.type) {
    case 'wait.parked': {
      // Of an edit that was denied, and now somebody waits with it.
      const { hook: _, ...asked } = ticket;
      return {
        ...asked,
        parked: true,
        parkedUntil: event.parkedUntil,
        livesUntil: Math.max(ticket.livesUntil, event.parkedUntil + LIMITS.ticketMs),
        passedOver: false,
        ...(event.beside === true && { beside: true }),
      };
    }
    case 'wait.left':
      return {
        ...ticket,
        parked: false,
        parkedUntil: Math.min(ticket.parkedUntil, event.at),
        livesUntil: event.at + LIMITS.ticketMs,
      };
    case 'wait.passed':
      return { ...ticket, passes: [...ticket.passes, event.passed] };
    case 'lease.offered':
      return {
        ...ticket,
        state: 'offered',
        offeredUntil: event.until,
        livesUntil: Math.max(ticket.livesUntil, event.until + LIMITS.ticketMs),
      };
    case 'offer.lapsed':
      return { ...ticket, state: 'waiting', offeredUntil: null, passedOver: true, lapses: ticket.lapses + 1 };
  }
}

/** A grant that could not be delivered becomes an offer again, in its old place. */
function revivable(state: FleetState, event: WaitEvent): TicketRow | undefined {
  if (event.type !== 'lease.offered' || !event.revived) return undefined;
  const ended = state.endedTickets.get(event.ticket);
  if (ended === undefined) return undefined;
  state.endedTickets.delete(event.ticket);
  const { ticket, queuedSeq, queuedAt, queuedWallAt, sessionId, agentId, resources, mode, ttlMs, priority, reason } =
    ended;
  return {
    ticket,
    queuedSeq,
    queuedAt,
    queuedWallAt,
    sessionId,
    agentId,
    resources,
    mode,
    ttlMs,
    priority,
    reason,
    state: 'waiting',
    parked: false,
    parkedUntil: event.at,
    livesUntil: event.until + LIMITS.ticketMs,
    offeredUntil: null,
    passedOver: false,
    lapses: 0,
    passes: [],
    revived: true,
  };
}

function end(state: FleetState, ticket: TicketRow, event: EventOf<'wait.ended'>): void {
  state.tickets.delete(ticket.ticket);
  const { queuedSeq, queuedAt, queuedWallAt, sessionId, agentId, resources, mode, ttlMs, priority, reason } = ticket;
  const ended: EndedTicketRow = {
    ticket: ticket.ticket,
    queuedSeq,
    queuedAt,
    queuedWallAt,
    sessionId,
    agentId,
    resources,
    mode,
    ttlMs,
    priority,
    reason,
    outcome: event.outcome,
    tokens: event.tokens,
    cycle: event.cycle,
    endedAt: event.at,
    endedSeq: event.seq,
    ...(event.beside === true && { beside: true }),
  };
  state.endedTickets.set(ended);
  forgetEndedTickets(state, event.at);
  const text = {
    deadlock: 'was aborted: it would have closed a deadlock',
    timed_out: 'lapsed: nobody asked with it for too long',
    withdrawn: null,
    granted: null,
    session_ended: null,
  }[event.outcome];
  if (text === null) return;
  addNotice(state, sessionId, {
    seq: event.seq,
    kind: 'wait_ended',
    wallAt: event.wallAt,
    ticket: ticket.ticket,
    text: `Your wait ${ticket.ticket} for ${resources.join(', ')} ${text}.`,
  });
}

function forgetEndedTickets(state: FleetState, at: number): void {
  const forgotten: string[] = [];
  for (const row of state.endedTickets.rows()) {
    const isOld = row.endedAt + LIMITS.endedTicketMs <= at;
    if (
      forgotten.length >= FORGET_AT_ONCE ||
      (!isOld && state.endedTickets.size - forgotten.length <= LIMITS.endedTickets)
    )
      break;
    forgotten.push(row.ticket);
  }
  for (const ticket of forgotten) state.endedTickets.delete(ticket);
}

function noteOffer(state: FleetState, ticket: TicketRow, event: EventOf<'lease.offered'>): void {
  const seconds = Math.ceil((event.until - event.at) / 1000);
  addNotice(state, ticket.sessionId, {
    seq: event.seq,
    kind: 'offered',
    wallAt: event.wallAt,
    ticket: ticket.ticket,
    text: `It is your turn for ${ticket.resources.join(', ')}: claim it with ticket ${ticket.ticket} within ${seconds} s.`,
  });
}

function refuse(state: FleetState, event: EventOf<'request.refused'>): void {
  const sessionId = event.sessionId ?? '';
  const resource = event.resource ?? '';
  const { code, blockers, at } = event;
  const key = refusalKey(sessionId, resource, code);
  state.refusals.delete(key);
  state.refusals.set({ key, sessionId, agentId: event.agentId ?? '', resource, code, blockers, at });
  const forgotten: string[] = [];
  for (const row of state.refusals.rows()) {
    const isOld = row.at + LIMITS.retryEdgeMs <= at;
    if (forgotten.length >= FORGET_AT_ONCE || (!isOld && state.refusals.size - forgotten.length <= LIMITS.retryEdges))
      break;
    forgotten.push(row.key);
  }
  for (const old of forgotten) state.refusals.delete(old);
}

const FORGET_AT_ONCE = 4;
