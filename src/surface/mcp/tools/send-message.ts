import { EVERYBODY } from '../../../core/message/mailbox.ts';
import { messageShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Write to an agent',
  description:
    'Writes to one agent, or to all with "*". Answer a task with confirm or dismiss and replyTo. A task with resource asks its holder to let go of that lock.',
  effect: 'adds',
  input: messageShape,
  output: ['messageId', 'to', 'isHere', 'registered'],
  async run(seat, { type, ...asked }, call) {
    const outcome = await seat.messages.send({ ...asked, kind: type }, call);
    return toolResult(outcome, ({ answer: { messageId, to, isHere } }) => ({
      structured: { messageId, to, isHere },
      text: `Sent to ${to === EVERYBODY ? 'everybody' : to} as ${messageId}.${isHere ? '' : ` ${to} is not here now and hears of it when it comes back.`}`,
    }));
  },
});
