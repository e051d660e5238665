// A message as its addressee hears of it with the result of its next call: who says what, and how to answer.

import type { EventOf } from '../event.ts';
import { oneLine } from '../view/one-line.ts';
import { EVERYBODY } from './mailbox.ts';

type Sent = EventOf<'message.sent'>;

/** One sentence, and for a task another one that says how to answer. The text of a long message is cut. */
export function messageNotice(event: Sent): string {
  const text = oneLine(event.text);
  const isCut = text.endsWith('…') && !event.text.endsWith('…');
  const rest = isCut ? ' read_messages shows all of it.' : '';
  return `${oneLine(event.agentId ?? event.actor)} ${saying(event)}: "${text}".${rest}${answering(event)}`;
}

function saying({ kind, to, messageId, replyTo, lease }: Sent): string {
  const whom = to === EVERYBODY ? 'everybody' : 'you';
  const about = lease === null ? '' : ` about ${leaseText(lease)}`;
  const asked = replyTo === null ? '' : ` ${replyTo}`;
  switch (kind) {
    case 'task':
      return lease === null
        ? `gives ${whom} a task (${messageId})`
        : `asks you to let go of ${leaseText(lease)} (${messageId})`;
    case 'confirm':
      return `confirms${asked}${about} (${messageId})`;
    case 'dismiss':
      return `dismisses${asked}${about} (${messageId})`;
    case 'info':
      return `tells ${whom}${about} (${messageId})`;
  }
}

/** The stored name of the resource; whoever is shown it reads it as seen from its worktree. */
function leaseText({ resource, token }: NonNullable<Sent['lease']>): string {
  return `${resource} (token ${token})`;
}

function answering({ kind, messageId, lease }: Sent): string {
  if (kind !== 'task') return '';
  const first = lease === null ? 'Answer' : 'Release it or hand it off, or answer';
  return ` ${first} with send_message, type confirm or dismiss, replyTo ${messageId}.`;
}
