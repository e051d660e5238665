// A session as others see it, and as its own handle sees it. The handle itself is in no view.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { SessionRow } from '../rows.ts';
import { sessionOfHandle } from '../session/credential.ts';
import { noticesOf } from '../session/notices.ts';
import { numberOfCursor, pageOf, rowLimit } from './page.ts';
import type { Page, PresenceOf, Query, SessionView, ViewOfKind } from './views.ts';

type SessionQuery = Extract<Query, { kind: 'session' }>;
type SessionsQuery = Extract<Query, { kind: 'sessions' }>;

/** Whom a handle stands for, with everything it has not confirmed to have heard; null when it stands for nobody. */
export function sessionView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  query: SessionQuery,
): ViewOfKind['session'] {
  const session = sessionOfHandle(state, query.handleHash);
  if (session === null) return null;
  return { ...sessionViewOf(state, at, presence, session), notices: noticesOf(state, session.sessionId, 0) };
}

/** Sessions, the first to be opened first. */
export function sessionsView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  query: SessionsQuery,
): Page<SessionView> {
  const rows = sessionsFor(state, query);
  const after = numberOfCursor(query.cursor);
  return pageOf(rows, {
    limit: rowLimit(query.limit),
    total: rows.length,
    isAfter: (row) => row.openedSeq > after,
    cursorOf: (row) => String(row.openedSeq),
    itemOf: (row) => sessionViewOf(state, at, presence, row),
  });
}

function sessionsFor({ sessions }: FleetState, { agentId, all }: SessionsQuery): readonly SessionRow[] {
  const isLive = all !== true;
  const ofAgent = agentId === undefined ? null : sessions.in(isLive ? 'liveAgent' : 'agent', agentId);
  const rows = ofAgent ?? (isLive ? sessions.in('live', 'live') : sessions.rows());
  return [...rows].toSorted((a, b) => a.openedSeq - b.openedSeq);
}

export function sessionViewOf(state: FleetState, at: Instant, presence: PresenceOf, session: SessionRow): SessionView {
  return {
    sessionId: session.sessionId,
    agentId: session.agentId,
    state: session.state,
    client: session.client,
    clientSession: session.clientSession,
    worktree: session.worktree,
    root: session.root,
    presence: session.state === 'live' ? presence(session.sessionId) : 'gone',
    openedAt: session.openedWallAt,
    openForMs: Math.max(0, (session.endedAt ?? at) - session.openedAt),
    idleForMs: Math.max(0, at - session.activeAt),
    leases: state.leases.countIn('session', session.sessionId),
    waits: state.tickets.countIn('session', session.sessionId),
    processes: session.attachments.map(({ pid, startTime, kind, placeId }) => ({ pid, startTime, kind, placeId })),
  };
}
