import * as z from 'zod';
import { EVERYBODY } from '../../../core/message/mailbox.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';
import { resource } from './fields.ts';

export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Write to an agent',
  description:
    'Writes to one agent, or to all with "*". Answer a task with confirm or dismiss and replyTo. A task with resource asks its holder to let go of that lock.',
  effect: 'adds',
  input: {
    to: z.string().describe('agent id, or *'),
    type: z.enum(['task', 'confirm', 'dismiss', 'info']).optional().describe('default info'),
    text: z.string(),
    replyTo: z.string().optional().describe('messageId, as in m42'),
    resource: resource.optional().describe('a lock that `to` holds'),
  },
  output: ['messageId', 'to', 'isHere', 'registered'],
  async run(seat, { type, ...asked }, call) {
    const outcome = await seat.messages.send({ ...asked, kind: type }, call);
    return toolResult(outcome, ({ answer: { messageId, to, isHere } }) => ({
      structured: { messageId, to, isHere },
      text: `Sent to ${to === EVERYBODY ? 'everybody' : to} as ${messageId}.${isHere ? '' : ` ${to} is not here now and hears of it when it comes back.`}`,
    }));
  },
});
