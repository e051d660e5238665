// Sending and reading messages. A message is a fact like any other, so nothing that was sent is lost with a process, and
// reading is a number that moves only by what the reader says it has seen: a message may come twice, and is never skipped.

import { unknownAgent } from '../agent/lifecycle.ts';
import type { ReadMessagesCommand, SendMessageCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { leasesOn } from '../lease/conflict.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer, MessageFacts, SendMessageReply } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { LeaseRow, MessageRow, SessionRow } from '../rows.ts';
import { EVERYBODY, isOperator, mailOf, maySee, readUpToOf } from './mailbox.ts';

/** An agent's message, by one of its sessions. */
export function sendMessage(ledger: Ledger, command: SendMessageCommand, session: SessionRow): Answer {
  const { agentId, sessionId } = session;
  return send(ledger, command, agentId, { agentId, sessionId });
}

/** A message of an operator, who is no agent: only a reply to it can be addressed to it. */
export function sendAsOperator(ledger: Ledger, command: SendMessageCommand, operator: string): Answer {
  return send(ledger, command, operator, {});
}

export function sentReply(state: FleetState, messageId: string, to: string): SendMessageReply {
  const isHere = to === EVERYBODY || isOperator(to) || state.sessions.countIn('liveAgent', to) > 0;
  return { op: 'send_message', messageId, to, isHere };
}

/** What is there for the agent of this session, from where it says it has read; at most a page. */
export function readMessages(ledger: Ledger, command: ReadMessagesCommand, session: SessionRow): Answer {
  const { state } = ledger;
  const { agentId } = session;
  moveCursor(ledger, session, Math.max(command.seen, command.after ?? 0));
  const from = command.after === null ? readUpToOf(state, agentId) : Math.min(Math.max(0, command.after), ledger.seq);
  const mail = mailOf(state, agentId, from);
  const page = pageOf(mail, command.limit);
  const waitMs = command.dryRun === true || page.length > 0 ? 0 : Math.min(command.waitMs, LIMITS.waitMaxMs);
  return {
    op: 'read_messages',
    messages: page.map((row) => factsOf(state, row)),
    cursor: page.at(-1)?.seq ?? from,
    more: page.length < mail.length,
    parkedUntil: waitMs > 0 ? ledger.at + waitMs : null,
  };
}

/** Logged only when it passes a message: asking again and again with the same cursor writes nothing. */
function moveCursor(ledger: Ledger, { agentId, sessionId }: SessionRow, seen: number): void {
  const readUpTo = readUpToOf(ledger.state, agentId);
  if (seen <= readUpTo) return;
  let upTo = readUpTo;
  for (const { seq } of mailOf(ledger.state, agentId, readUpTo)) if (seq <= seen) upTo = seq;
  if (upTo > readUpTo) ledger.emit({ type: 'messages.read', agentId, sessionId, upTo });
}

function pageOf(mail: readonly MessageRow[], limit: number): readonly MessageRow[] {
  const most = Math.min(Math.max(1, Math.floor(limit)), LIMITS.messagesPerPage);
  let bytes = 0;
  const beyond = mail.slice(0, most).findIndex((row, i) => {
    bytes += utf8Bytes(row.text);
    return i > 0 && bytes > LIMITS.messagePageBytes;
  });
  return mail.slice(0, beyond === -1 ? most : beyond);
}

function factsOf(state: FleetState, row: MessageRow): MessageFacts {
  const { messageId, seq, from, to, kind, text, replyTo, thread, lease, at, wallAt } = row;
  const about = lease === null ? null : { ...lease, holds: state.leases.get(String(lease.token)) !== undefined };
  return { messageId, seq, from, to, kind, text, replyTo, thread, lease: about, at, wallAt };
}

function send(
  ledger: Ledger,
  command: SendMessageCommand,
  from: string,
  session: { readonly agentId?: string; readonly sessionId?: string },
): Answer {
  const { state } = ledger;
  const { to, kind, text, replyTo } = command;
  const replied = replyTo === null ? null : repliedTo(state, replyTo, from);
  if (isRejection(replied)) return replied;
  const refused = checkText(text) ?? checkAddressee(state, to, replied) ?? checkRoom(state, to);
  if (refused !== null) return refused;
  const lease = command.resource === null ? null : leaseOf(state, command.resource, to);
  if (isRejection(lease)) return lease;
  const messageId = `m${ledger.seq + 1}`;
  ledger.emit({
    type: 'message.sent',
    ...session,
    messageId,
    to,
    kind,
    text,
    replyTo,
    thread: replied?.thread ?? messageId,
    lease: lease === null ? null : { resource: lease.resource, token: lease.token },
  });
  return sentReply(state, messageId, to);
}

function checkText(text: string): Rejection | null {
  if (text.trim() === '')
    return reject('INVALID_ARGUMENT', { message: 'The message says nothing.', next: 'Give it a text.' });
  const bytes = utf8Bytes(text);
  if (bytes <= LIMITS.textBytes) return null;
  return reject('TOO_LARGE', {
    message: `The message has ${bytes} bytes; at most ${LIMITS.textBytes} fit.`,
    next: 'Say it shorter, or put the rest in a file or in shared state and name it.',
  });
}

/** A message that is hidden from the sender is told apart from none by nobody. */
function repliedTo(state: FleetState, messageId: string, from: string): MessageRow | Rejection {
  const row = state.messages.get(messageId);
  if (row !== undefined && maySee(row, from)) return row;
  return reject('INVALID_ARGUMENT', {
    message: `${JSON.stringify(messageId.slice(0, 40))} is no message that you may see: it was neither sent to you nor by you, or it is not kept any more.`,
    next: 'Name a message that you read or sent, as in m42, or leave replyTo out.',
    details: { path: 'replyTo' },
  });
}

function checkAddressee(state: FleetState, to: string, replied: MessageRow | null): Rejection | null {
  if (to === EVERYBODY || (isOperator(to) && replied?.from === to)) return null;
  const agent = state.agents.get(to);
  if (agent === undefined) return unknownAgent(state, to);
  if (agent.lifecycle === 'archived')
    return reject('AGENT_ARCHIVED', {
      message: `${to} is archived and reads nothing.`,
      next: 'Write to another agent; an operator can restore this one.',
      details: { agentId: to },
    });
  if (agent.lifecycle === 'retired')
    return reject('AGENT_RETIRED', {
      message: `${to} is retired for ever.`,
      next: 'Write to another agent.',
      details: { agentId: to },
    });
  return null;
}

/** What was read makes room for what comes; what was not read is not thrown away for it. */
function checkRoom(state: FleetState, to: string): Rejection | null {
  if (to === EVERYBODY || isOperator(to) || state.messages.countIn('to', to) < LIMITS.messagesPerReader) return null;
  const [oldest] = state.messages.in('to', to);
  if (oldest === undefined || oldest.seq <= readUpToOf(state, to)) return null;
  return reject('QUEUE_FULL', {
    message: `${to} has ${LIMITS.messagesPerReader} messages that it has not read, the most that are kept for it.`,
    next: 'Wait until it reads them; if it does not, ask another agent or an operator.',
    retryAfterMs: FULL_RETRY_MS,
    details: { agentId: to },
  });
}

const FULL_RETRY_MS = 30_000;

/** The lease of the addressee on exactly this key, or in plain words why there is none. */
function leaseOf(state: FleetState, resource: string, to: string): LeaseRow | Rejection {
  const holders = new Set<string>();
  for (const lease of leasesOn(state, resource)) {
    if (lease.resource !== resource) continue;
    if (lease.agentId === to) return lease;
    holders.add(lease.agentId);
  }
  const by = [...holders].slice(0, NAMED);
  const [first] = by;
  return reject('TOKEN_STALE', {
    message:
      first === undefined
        ? `Nobody holds ${resource} now, so there is nobody to ask.`
        : `${resource} is held by ${by.join(', ')}, not by ${to}.`,
    next: first === undefined ? 'Acquire it, or write without a resource.' : `Write to ${first}.`,
    details: { resource, holders: by },
  });
}

const NAMED = 5;
