// Reading messages. The sentence carries every text in full, because an agent may be shown nothing else and the next read
// takes them as read; the core keeps a page small enough for that.

import * as z from 'zod';
import { LIMITS } from '../../../core/limits.ts';
import { type SpokenMessage, spokenMail } from '../../answer/spoken-messages.ts';
import { limit } from '../../schema/fields.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const readMessages = defineTool({
  name: 'read_messages',
  title: 'Read messages',
  description: 'Messages to you that you have not read, oldest first. What one call shows, the next takes as read.',
  effect: 'adds',
  input: {
    waitMs: z.int().min(0).optional().describe(`waits for one, up to ${LIMITS.waitMcpMs} (0)`),
    after: z.int().min(0).optional().describe('cursor to read on from; 0: the old ones again'),
    limit: limit.max(LIMITS.messagesPerPage).optional(),
  },
  output: ['messages', 'cursor', 'more', 'registered'],
  async run(seat, { waitMs = 0, ...asked }, call) {
    const outcome = await seat.messages.read({ ...asked, waitMs: Math.min(waitMs, LIMITS.waitMcpMs) }, call);
    return toolResult(outcome, (replied) => {
      const structured = spokenMail(replied);
      return { structured, text: textOf(structured.messages, structured.more) };
    });
  },
});

function textOf(messages: readonly SpokenMessage[], more: boolean): string {
  if (messages.length === 0) return 'No new message.';
  const rest = more ? ' There are more: read again.' : '';
  return `${messages.map(messageText).join('\n')}${rest}`;
}

function messageText({ messageId, from, to, type, text, replyTo, lease }: SpokenMessage): string {
  const all = to === '*' ? ' to everybody' : '';
  const reply = replyTo === null ? '' : `, reply to ${replyTo}`;
  const ended = lease?.holds === false ? ', which has ended' : '';
  const about = lease === null ? '' : `, about ${lease.resource} (token ${lease.token}${ended})`;
  return `${messageId} from ${from}${all} (${type}${reply}${about}): ${text}`;
}
