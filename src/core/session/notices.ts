// What an agent must know and did not ask for: kept with its session, numbered by log number, delivered with the result of
// its next call until the call after that has arrived. When a session has ended, its agent's next one inherits them.

import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { Notice } from '../rows.ts';

/** Notices of a session with a number above `afterSeq`, oldest first, as they are true now. */
export function noticesOf(state: FleetState, sessionId: string, afterSeq: number): readonly Notice[] {
  const notices = state.notices.get(sessionId)?.notices ?? [];
  const unseen = afterSeq === 0 ? notices : notices.filter((notice) => notice.seq > afterSeq);
  if (!unseen.some(({ kind }) => kind === 'offered')) return unseen;
  return unseen.flatMap((notice) => (notice.kind === 'offered' ? offerNow(state, unseen, notice) : [notice]));
}

/** An offer lasts for seconds, and its notice until the next call: one that lapsed is told as over, one that was answered not at all. */
function offerNow(state: FleetState, unseen: readonly Notice[], notice: Notice): readonly Notice[] {
  const ticket = state.tickets.get(notice.ticket ?? '');
  if (
    ticket === undefined ||
    unseen.some(({ kind, ticket: of, seq }) => kind === 'offered' && of === ticket.ticket && seq > notice.seq)
  )
    return [];
  if (ticket.state === 'offered') return [notice];
  if (!ticket.passedOver) return [];
  const what = ticket.resources.join(', ');
  const text = `It was your turn for ${what}; that offer is over. You keep your place: ask with ticket ${ticket.ticket} again.`;
  return [{ ...notice, text }];
}

/** Adds a notice for the session; if it has ended, for the newest live session of its agent, else for its heir. */
export function addNotice(state: FleetState, sessionId: string, notice: Notice): void {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return;
  const reader = session.state === 'live' ? sessionId : (newestLive(state, session.agentId) ?? sessionId);
  const known = state.notices.get(reader)?.notices ?? [];
  const kept = notice.kind === 'message' ? withRoomForMessage(known) : known;
  state.notices.set({ sessionId: reader, notices: [...kept, notice].slice(-LIMITS.noticesPerSession) });
}

/** A message is found by reading too; so of their notices only some are kept, and they crowd out nothing else. */
function withRoomForMessage(known: readonly Notice[]): readonly Notice[] {
  const messages = known.filter(({ kind }) => kind === 'message');
  if (messages.length < LIMITS.messageNoticesKept) return known;
  const [oldest] = messages;
  return known.filter((notice) => notice !== oldest);
}

/** The agent's new session hears what its ended one was not told. */
export function inheritNotices(state: FleetState, agentLastSession: string | null, heir: string): void {
  if (agentLastSession === null || state.sessions.get(agentLastSession)?.state === 'live') return;
  const left = state.notices.get(agentLastSession);
  if (left === undefined) return;
  state.notices.delete(agentLastSession);
  state.notices.set({ sessionId: heir, notices: left.notices });
}

/** Drops what was seen. */
export function forgetNotices(state: FleetState, sessionId: string, seen: number): void {
  if (seen > 0) keepNotices(state, sessionId, (notice) => notice.seq > seen);
}

/** Drops the notices of messages up to this number: they were read. */
export function forgetMessageNotices(state: FleetState, sessionId: string, upTo: number): void {
  keepNotices(state, sessionId, (notice) => notice.kind !== 'message' || notice.seq > upTo);
}

function keepNotices(state: FleetState, sessionId: string, isKept: (notice: Notice) => boolean): void {
  const row = state.notices.get(sessionId);
  if (row === undefined) return;
  const left = row.notices.filter(isKept);
  if (left.length === 0) state.notices.delete(sessionId);
  else if (left.length < row.notices.length) state.notices.set({ sessionId, notices: left });
}

function newestLive(state: FleetState, agentId: string): string | undefined {
  let newest: string | undefined;
  for (const session of state.sessions.in('liveAgent', agentId)) newest = session.sessionId;
  return newest;
}
