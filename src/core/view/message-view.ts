// Messages as an operator sees them, and what is seen of them beside a lock: that its holder was asked to let go, by whom and
// since when. What an ask says is for the holder, so it is not there.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { EVERYBODY, isOperator, maySee, readUpToOf } from '../message/mailbox.ts';
import type { LeaseRow, MessageRow } from '../rows.ts';
import { numberOfCursor, rowLimit, VIEW_LIMITS } from './page.ts';
import type { AskView, MessageView, Page, Query } from './views.ts';

type MessagesQuery = Extract<Query, { kind: 'messages' }>;

/** The newest `limit` messages before the cursor, the newest last. */
export function messagesView(state: FleetState, at: Instant, query: MessagesQuery): Page<MessageView> {
  const rows = rowsFor(state, query.agentId);
  const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : numberOfCursor(query.cursor);
  const older = rows.filter((row) => row.seq < before);
  const shown = older.slice(-rowLimit(query.limit));
  return {
    items: shown.map((row) => messageViewOf(state, at, row, query.agentId)),
    cursor: shown.length < older.length ? String(shown[0]?.seq) : null,
    total: rows.length,
  };
}

/** Requests to let go of this lease, the newest first. */
export function asksOf(state: FleetState, at: Instant, lease: LeaseRow): readonly AskView[] {
  const asks = [...state.messages.in('lease', String(lease.token))].filter((row) => row.kind === 'task');
  return asks
    .slice(-VIEW_LIMITS.asksPerLock)
    .toReversed()
    .map(({ messageId, from, at: askedAt, answered }) => ({
      messageId,
      from,
      agoMs: Math.max(0, at - askedAt),
      answered,
    }));
}

/** In the order in which they were sent, as the table keeps them. */
function rowsFor(state: FleetState, agentId: string | undefined): readonly MessageRow[] {
  const rows = [...state.messages.rows()];
  return agentId === undefined ? rows : rows.filter((row) => maySeeOwn(row, agentId));
}

function maySeeOwn(row: MessageRow, name: string): boolean {
  return isOperator(name) ? row.from === name || row.to === name : maySee(row, name);
}

function messageViewOf(state: FleetState, at: Instant, row: MessageRow, agentId: string | undefined): MessageView {
  const { messageId, from, to, kind, text, replyTo, thread, lease, wallAt, answered } = row;
  const about = lease === null ? null : { ...lease, holds: state.leases.get(String(lease.token)) !== undefined };
  const agoMs = Math.max(0, at - row.at);
  const isRead = isReadBy(state, row, readerOf(row, agentId));
  return { messageId, from, to, kind, text, replyTo, thread, lease: about, at: wallAt, agoMs, isRead, answered };
}

/** Whose reading is meant. */
function readerOf({ to, from }: MessageRow, agentId: string | undefined): string | null {
  if (to !== EVERYBODY) return isOperator(to) ? null : to;
  return agentId === undefined || agentId === from || isOperator(agentId) ? null : agentId;
}

function isReadBy(state: FleetState, { seq }: MessageRow, agentId: string | null): boolean | null {
  return agentId === null ? null : seq <= readUpToOf(state, agentId);
}
