// Folds messages. Each is kept under its addressee and told to whoever is there; reading moves one number, forwards only.

import type { EventAmong, EventOf } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { MessageRow, Notice } from '../rows.ts';
import { addNotice, forgetMessageNotices } from '../session/notices.ts';
import { EVERYBODY, readUpToOf } from './mailbox.ts';
import { messageNotice } from './notice-text.ts';

export const MESSAGE_EVENTS = ['message.sent', 'messages.read'] as const;

type Sent = EventOf<'message.sent'>;

export function applyMessageEvent(state: FleetState, event: EventAmong<(typeof MESSAGE_EVENTS)[number]>): void {
  if (event.type === 'messages.read') {
    markRead(state, event);
    return;
  }
  keep(state, event);
  noteAnswer(state, event);
  tell(state, event);
}

function keep(state: FleetState, event: Sent): void {
  const { messageId, seq, at, wallAt, to, kind, text, replyTo, thread, lease } = event;
  const from = event.agentId ?? event.actor;
  state.messages.set({ messageId, seq, at, wallAt, from, to, kind, text, replyTo, thread, lease, answered: null });
  // Whoever sent it made sure that the oldest was read, where it is a message to one agent.
  if (state.messages.countIn('to', to) > LIMITS.messagesPerReader) dropFirst(state, state.messages.in('to', to));
  if (state.messages.size > LIMITS.messagesKept) dropFirst(state, state.messages.rows());
}

/** Messages stand in the order in which they were sent. */
function dropFirst(state: FleetState, rows: Iterable<MessageRow>): void {
  for (const { messageId } of rows) {
    state.messages.delete(messageId);
    return;
  }
}

/** What its addressee says to a message last is shown with it. */
function noteAnswer(state: FleetState, { agentId, kind, replyTo }: Sent): void {
  const asked = state.messages.get(replyTo ?? '');
  if (asked === undefined || agentId === undefined || asked.to !== agentId) return;
  if (kind === 'confirm' || kind === 'dismiss') state.messages.set({ ...asked, answered: kind });
}

function tell(state: FleetState, event: Sent): void {
  const notice: Notice = {
    seq: event.seq,
    kind: 'message',
    wallAt: event.wallAt,
    text: messageNotice(event),
    ...(event.lease === null ? {} : event.lease),
  };
  for (const sessionId of Array.from(listenersOf(state, event))) addNotice(state, sessionId, notice);
}

/** Sessions that hear of it at once. Whoever is addressed and not here has its last one, whose heir will hear. */
function* listenersOf(state: FleetState, { to, agentId, sessionId }: Sent): Iterable<string> {
  let told = 0;
  if (to === EVERYBODY) {
    for (const session of state.sessions.in('live', 'live')) {
      if (told >= LIMITS.messageNotices) return;
      if (session.agentId === agentId) continue;
      told += 1;
      yield session.sessionId;
    }
    return;
  }
  for (const session of state.sessions.in('liveAgent', to)) {
    told += 1;
    if (session.sessionId !== sessionId) yield session.sessionId;
  }
  const last = state.agents.get(to)?.lastSessionId ?? null;
  if (told === 0 && last !== null) yield last;
}

function markRead(state: FleetState, { agentId = '', upTo }: EventOf<'messages.read'>): void {
  const readUpTo = Math.max(readUpToOf(state, agentId), upTo);
  state.mailboxes.set({ agentId, readUpTo });
  const last = state.agents.get(agentId)?.lastSessionId ?? '';
  const sessions = Array.from(state.sessions.in('liveAgent', agentId), (session) => session.sessionId);
  for (const sessionId of new Set([...sessions, last])) forgetMessageNotices(state, sessionId, readUpTo);
}
