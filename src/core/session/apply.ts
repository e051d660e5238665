// Folds agents and sessions.

import type { EventAmong, EventOf } from '../event.ts';
import { isGoverned } from '../fleet/governed.ts';
import type { FleetState } from '../fleet-state.ts';
import { lookAgainAtWaitsOf } from '../lease/absent.ts';
import { LIMITS } from '../limits.ts';
import { forgetOldRequests, forgetRequests, inheritRequests, keepLastRequests } from '../request-memory.ts';
import type { SessionRow } from '../rows.ts';
import { forgetNotices, inheritNotices } from './notices.ts';

export const SESSION_EVENTS = [
  'agent.registered',
  'session.opened',
  'session.handle_renewed',
  'session.attached',
  'session.detached',
  'session.active',
  'notices.heard',
  'session.closed',
  'session.lost',
] as const;

type SessionEvent = EventAmong<(typeof SESSION_EVENTS)[number]>;

export function applySessionEvent(state: FleetState, event: SessionEvent): void {
  if (event.type === 'agent.registered') registerAgent(state, event);
  else if (event.type === 'session.opened') openSession(state, event);
  else {
    const session = state.sessions.get(event.sessionId ?? '');
    if (session === undefined) return;
    if (event.type === 'session.active') forgetNotices(state, session.sessionId, event.noticesSeen);
    if (event.type === 'notices.heard') {
      forgetNotices(state, session.sessionId, event.upTo);
      return;
    }
    const isEnd = event.type === 'session.closed' || event.type === 'session.lost';
    // Ended sessions stand in the order in which they ended, also in an image: so they are forgotten in it.
    if (isEnd && session.state === 'live') {
      state.sessions.delete(session.sessionId);
      seeLast(state, session);
    }
    state.sessions.set(changed(session, event));
    if (isEnd) lookAgainAtWaitsOf(state, session.sessionId);
    if (isEnd && event.version >= 2) keepLastRequests(state, session.sessionId);
  }
}

/** The agent's own row remembers its last activity: sessions are forgotten. */
function seeLast(state: FleetState, { agentId, activeAt }: SessionRow): void {
  const agent = state.agents.get(agentId);
  if (agent !== undefined && agent.seenAt < activeAt && isGoverned(state))
    state.agents.set({ ...agent, seenAt: activeAt });
}

function changed(
  session: SessionRow,
  event: Exclude<SessionEvent, EventOf<'agent.registered'> | EventOf<'session.opened'> | EventOf<'notices.heard'>>,
): SessionRow {
  switch (event.type) {
    case 'session.handle_renewed':
      return { ...session, handleHash: event.handleHash };
    case 'session.attached':
      // Who attaches has shown the handle.
      return { ...session, handleUsed: true, attachments: [...session.attachments, event.attachment] };
    case 'session.detached':
      return {
        ...session,
        attachments: session.attachments.filter((each) => each.attachmentId !== event.attachmentId),
      };
    case 'session.active':
      return active(session, event);
    case 'session.closed':
      return ended(session, event, 'closed', event.why);
    case 'session.lost':
      return ended(session, event, 'lost', event.evidence);
  }
}

/** The newest record says whether later activity is written down in time. */
function active(session: SessionRow, event: EventOf<'session.active'>): SessionRow {
  const { heardAt = event.at, followMs, wallAt } = event;
  const { followMs: _, ...known } = session;
  const row = { ...known, activeAt: Math.max(session.activeAt, heardAt), activeWallAt: wallAt, handleUsed: true };
  return followMs === undefined ? row : { ...row, followMs };
}

function ended(session: SessionRow, event: SessionEvent, state: 'closed' | 'lost', why: string): SessionRow {
  if (session.state !== 'live') return session;
  return { ...session, state, endedAt: event.at, endedSeq: event.seq, endedWhy: why };
}

function registerAgent(state: FleetState, event: EventOf<'agent.registered'>): void {
  state.agents.set({
    agentId: event.agentId ?? '',
    client: event.client,
    purpose: event.purpose,
    tags: event.tags,
    notes: event.notes,
    lifecycle: 'active',
    named: event.named,
    registeredSeq: event.seq,
    registeredWallAt: event.wallAt,
    lastSessionId: null,
    sessions: 0,
    seenAt: isGoverned(state) ? event.at : 0,
    hasCheckedIn: false,
    pause: null,
    change: null,
  });
}

function openSession(state: FleetState, event: EventOf<'session.opened'>): void {
  const sessionId = event.sessionId ?? '';
  const agent = state.agents.get(event.agentId ?? '');
  state.sessions.set({
    sessionId,
    agentId: event.agentId ?? '',
    handleHash: event.handleHash,
    handleUsed: false,
    client: event.client,
    clientSession: event.clientSession,
    transport: event.transport,
    worktree: event.worktree,
    root: event.root,
    state: 'live',
    openedSeq: event.seq,
    openedAt: event.at,
    openedWallAt: event.wallAt,
    endedAt: null,
    endedSeq: null,
    endedWhy: null,
    activeAt: event.at,
    activeWallAt: event.wallAt,
    minTtlMs: LIMITS.ttlMs,
    attachments: event.attachment === null ? [] : [event.attachment],
  });
  inheritNotices(state, event.resumedFrom ?? agent?.lastSessionId ?? null, sessionId);
  inheritRequests(state, event.resumedFrom, sessionId);
  if (agent !== undefined)
    state.agents.set({
      ...agent,
      lastSessionId: sessionId,
      sessions: agent.sessions + 1,
      seenAt: isGoverned(state) ? event.at : agent.seenAt,
    });
  forgetEndedSessions(state, event.at);
  if (event.version >= 2) forgetOldRequests(state, event.at);
}

/** Ended sessions are remembered long enough to resume by their handle, within bounds; a few are forgotten at a time. */
function forgetEndedSessions(state: FleetState, at: number): void {
  const surplus = state.sessions.countIn('ended', 'ended') - LIMITS.endedSessions;
  const forgotten: SessionRow[] = [];
  let looked = 0;
  for (const session of state.sessions.in('ended', 'ended')) {
    if (++looked > FORGET_AT_ONCE) break;
    const isOld = session.endedAt !== null && session.endedAt + LIMITS.endedSessionMs <= at;
    if (!isOld && looked > surplus) break;
    if (
      state.leases.countIn('session', session.sessionId) === 0 &&
      state.tickets.countIn('session', session.sessionId) === 0
    )
      forgotten.push(session);
  }
  for (const { sessionId } of forgotten) {
    state.sessions.delete(sessionId);
    state.notices.delete(sessionId);
    forgetRequests(state, sessionId);
  }
}

const FORGET_AT_ONCE = 4;
