// Messages as a person reads them: a line about each, and below it what it says, indented. What an agent wrote stays on lines
// of its own and cannot pass for one of ours.

import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { SpokenMessage, spokenMail, spokenMessageView } from '../../answer/spoken-messages.ts';
import type { Look, Paint } from '../output/screen.ts';

type Seen = ReturnType<typeof spokenMessageView>;

/** Longer than any message. */
const LENGTH = 5_000;

/** What a reader was written. */
export function mailLines(
  { messages, cursor, more }: ReturnType<typeof spokenMail>,
  { paint }: Look,
): readonly string[] {
  if (messages.length === 0) return ['No new message.'];
  const task = messages.findLast(({ type }) => type === 'task');
  return [
    ...messages.flatMap((message) => [headLine(message, fromText(message), paint), ...textLines(message)]),
    ...(more ? [paint.faint(`There are more: go on with --after ${cursor}.`)] : []),
    ...(task === undefined ? [] : [paint.faint(answerText(task))]),
  ];
}

/** What an operator sees: from whom to whom, and whether it was read. */
export function seenLines(messages: readonly Seen[], { paint }: Look): readonly string[] {
  if (messages.length === 0) return ['No message.'];
  return messages.flatMap((message) => {
    const read = message.isRead === null ? '' : message.isRead ? ', read' : ', not read';
    const answer = message.answered === null ? '' : `, ${message.answered === 'confirm' ? 'confirmed' : 'dismissed'}`;
    const who = `${oneLine(message.from)} to ${message.to === '*' ? 'everybody' : oneLine(message.to)}`;
    return [`${headLine(message, who, paint)}${paint.faint(`${read}${answer}`)}`, ...textLines(message)];
  });
}

function fromText({ from, to }: SpokenMessage): string {
  return `${oneLine(from)}${to === '*' ? ' to everybody' : ''}`;
}

function headLine(message: SpokenMessage, who: string, paint: Paint): string {
  const { messageId, type, replyTo, lease, agoMs } = message;
  const reply = replyTo === null ? '' : `, reply to ${replyTo}`;
  const ended = lease?.holds === false ? ', which has ended' : '';
  const about = lease === null ? '' : `, about ${oneLine(lease.resource)} (token ${lease.token}${ended})`;
  return `${paint.strong(messageId)}  ${who}: ${type}${reply}${about}  ${paint.faint(`${durationText(agoMs)} ago`)}`;
}

function textLines({ text }: SpokenMessage): readonly string[] {
  return text.split(/\r\n|\r|\n/).map((line) => `    ${oneLine(line, LENGTH)}`.trimEnd());
}

function answerText({ messageId, from }: SpokenMessage): string {
  return `Answer a task with \`brigade send ${oneLine(from)} "..." --type confirm --reply-to ${messageId}\` (or dismiss).`;
}
