// Folds leases: granted, renewed, and every way in which they end.

import type { EventAmong, EventOf } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { addNotice } from '../session/notices.ts';
import { durationText } from '../view/duration-text.ts';

export const LEASE_EVENTS = [
  'lease.granted',
  'lease.renewed',
  'lease.shortened',
  'lease.released',
  'lease.expired',
  'lease.revoked',
  'lease.dropped',
  'handoff.offered',
  'handoff.ended',
] as const;

type LeaseEvent = EventAmong<(typeof LEASE_EVENTS)[number]>;

export function applyLeaseEvent(state: FleetState, event: LeaseEvent): void {
  switch (event.type) {
    case 'lease.granted':
      grant(state, event);
      return;
    case 'handoff.offered':
      offerHandoff(state, event);
      return;
    case 'handoff.ended':
      endHandoff(state, event);
      return;
    default: {
      const lease = state.leases.get(String(event.token));
      if (lease === undefined) return;
      if (event.type === 'lease.renewed') renew(state, lease, event);
      else if (event.type === 'lease.shortened') shorten(state, lease, event);
      else end(state, lease, event);
    }
  }
}

function grant(state: FleetState, event: EventOf<'lease.granted'>): void {
  const sessionId = event.sessionId ?? '';
  const first = event.firstToken === null ? undefined : state.leases.get(String(event.firstToken));
  if (event.replaces !== null) remove(state, event.replaces);
  state.leases.set({
    token: event.seq,
    resource: event.resource ?? '',
    mode: event.mode,
    sessionId,
    agentId: event.agentId ?? '',
    ttlMs: event.ttlMs,
    grantedAt: event.at,
    grantedWallAt: event.wallAt,
    usedAt: event.at,
    path: event.path,
    ticket: event.ticket,
    firstToken: event.firstToken ?? event.seq,
    reason: first?.reason ?? event.reason,
    offer: null,
  });
  const session = state.sessions.get(sessionId);
  if (session !== undefined && event.ttlMs < session.minTtlMs)
    state.sessions.set({ ...session, minTtlMs: event.ttlMs });
  if (event.path === 'promoted' || event.path === 'passed') {
    const text = `${event.resource} is yours since ${event.wallAt}; its token is ${event.seq}.`;
    note(state, event, sessionId, 'granted', text);
  }
}

/** Whoever renews a lease that a hook took has asked for it, and it ends like any other from now on. */
function renew(state: FleetState, row: LeaseRow, event: EventOf<'lease.renewed'>): void {
  const { hook: _, ...lease } = row;
  state.leases.set({ ...lease, usedAt: Math.max(lease.usedAt, event.at), ttlMs: Math.max(lease.ttlMs, event.ttlMs) });
}

function shorten(state: FleetState, lease: LeaseRow, event: EventOf<'lease.shortened'>): void {
  const { ttlMs, until, at, wallAt, by, reason } = event;
  state.leases.set({ ...lease, ttlMs, keptUntil: until });
  const text = `Your lease of ${lease.resource} (token ${lease.token}) was shortened at ${wallAt}: unless you use it, it ends ${durationText(until - at)} after that. ${by}: ${reason}`;
  note(state, event, lease.sessionId, 'lease_shortened', text);
}

type End = EventAmong<'lease.released' | 'lease.expired' | 'lease.revoked' | 'lease.dropped'>;

function end(state: FleetState, lease: LeaseRow, event: End): void {
  remove(state, lease.token);
  const session = state.sessions.get(lease.sessionId);
  if (
    session !== undefined &&
    session.minTtlMs < LIMITS.ttlMs &&
    state.leases.countIn('session', lease.sessionId) === 0
  ) {
    state.sessions.set({ ...session, minTtlMs: LIMITS.ttlMs });
  }
  if (event.type === 'lease.released') return;
  const why = {
    'lease.expired': 'it was not used for longer than its TTL',
    'lease.revoked': event.type === 'lease.revoked' ? `${event.by} revoked it: ${event.reason}` : '',
    'lease.dropped': 'its session ended',
  }[event.type];
  note(
    state,
    event,
    lease.sessionId,
    'lease_ended',
    `You no longer hold ${lease.resource} (token ${lease.token}): ${why}. Do not act on it.`,
  );
}

function remove(state: FleetState, token: number): void {
  state.leases.delete(String(token));
}

function offerHandoff(state: FleetState, event: EventOf<'handoff.offered'>): void {
  const lease = state.leases.get(String(event.token));
  if (lease === undefined) return;
  state.leases.set({ ...lease, offer: event.offer });
  state.handoffs.set({
    offer: event.offer,
    resource: lease.resource,
    token: lease.token,
    fromSessionId: lease.sessionId,
    fromAgentId: lease.agentId,
    to: event.to,
    until: event.until,
  });
  const text = `${lease.agentId} offers to hand you ${lease.resource}: accept or decline offer ${event.offer}.`;
  for (const session of addressees(state, event.to))
    note(state, event, session.sessionId, 'handoff_offered', text, event.offer);
}

function endHandoff(state: FleetState, event: EventOf<'handoff.ended'>): void {
  const handoff = state.handoffs.get(event.offer);
  if (handoff === undefined) return;
  state.handoffs.delete(event.offer);
  const lease = state.leases.get(String(handoff.token));
  if (lease !== undefined) state.leases.set({ ...lease, offer: null });
  const text = `Your offer of ${handoff.resource} to ${handoff.to} was ${event.outcome === 'lease_ended' ? 'withdrawn with the lease' : event.outcome}.`;
  note(state, event, handoff.fromSessionId, 'handoff_ended', text, event.offer);
}

/** The sessions of an agent that may answer; those it has now, or its last one, whose heir will hear. */
function addressees(state: FleetState, agentId: string): readonly SessionRow[] {
  const live = [...state.sessions.in('liveAgent', agentId)];
  if (live.length > 0) return live;
  const last = state.sessions.get(state.agents.get(agentId)?.lastSessionId ?? '');
  return last === undefined ? [] : [last];
}

function note(
  state: FleetState,
  event: LeaseEvent,
  sessionId: string,
  kind: 'granted' | 'lease_shortened' | 'lease_ended' | 'handoff_offered' | 'handoff_ended',
  text: string,
  offer?: string,
): void {
  addNotice(state, sessionId, {
    seq: event.seq,
    kind,
    wallAt: event.wallAt,
    text,
    ...(event.resource === undefined ? {} : { resource: event.resource }),
    ...(event.token === undefined ? {} : { token: event.token }),
    ...(offer === undefined ? {} : { offer }),
  });
}
