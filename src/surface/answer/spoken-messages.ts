// Messages as plain data for whoever may read them: the published field names, and resources as the caller sees them.

import type { MessageFacts, ReadMessagesReply } from '../../core/reply.ts';
import { durationText } from '../../core/view/duration-text.ts';
import { oneLine } from '../../core/view/one-line.ts';
import type { AskView, MessageView } from '../../core/view/views.ts';
import { seenFrom } from './seen-names.ts';
import type { Replied } from './spoken.ts';

export type SpokenMessage = ReturnType<typeof spokenMessage>;

/** What was read. */
export function spokenMail({ answer, at, worktree }: Replied<ReadMessagesReply>) {
  const messages = answer.messages.map(({ at: sentAt, wallAt, ...message }) =>
    spokenMessage({ ...message, at: wallAt, agoMs: Math.max(0, Math.floor(at - sentAt)) }, worktree),
  );
  return { messages, cursor: answer.cursor, more: answer.more };
}

/** A message as an operator is shown it. */
export function spokenMessageView(view: MessageView, worktree: string) {
  return { ...spokenMessage(view, worktree), isRead: view.isRead, answered: view.answered };
}

/** That somebody was asked to let go, beside the lock. */
export function spokenAsk({ messageId, from, agoMs, answered }: AskView) {
  return { messageId, from, agoMs, answered };
}

/** Who asked for the lock, when, and what its holder answered; the same words everywhere. */
export function askText({ messageId, from, agoMs, answered }: AskView): string {
  const answer = answered === null ? 'no answer yet' : answered === 'confirm' ? 'confirmed' : 'dismissed';
  return `asked for by ${oneLine(from)} ${durationText(agoMs)} ago (${messageId}, ${answer})`;
}

type Told = Omit<MessageFacts, 'seq' | 'at' | 'wallAt'> & { readonly at: string; readonly agoMs: number };

function spokenMessage({ messageId, from, to, kind, text, replyTo, thread, lease, at, agoMs }: Told, worktree: string) {
  const about = lease === null ? null : { ...lease, resource: seenFrom(worktree).name(lease.resource) };
  return { messageId, from, to, type: kind, text, replyTo, thread, lease: about, at, agoMs };
}
