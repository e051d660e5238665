import { spokenWithdraw } from '../../answer/spoken.ts';
import { withdrawShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const withdraw = defineTool({
  name: 'withdraw',
  title: 'Leave the line',
  description: 'Gives up a place in line. What the ticket was granted meanwhile is released.',
  effect: 'adds',
  input: withdrawShape,
  output: ['withdrawn', 'released', 'registered'],
  async run(seat, args, call) {
    return toolResult(await seat.withdraw(args.ticket, call), (replied) => {
      const { answer } = replied;
      const structured = spokenWithdraw(replied);
      const { released } = structured;
      const had =
        released.length === 0
          ? ''
          : ` It had been granted; released ${released.map(({ resource }) => resource).join(', ')}.`;
      const done = answer.withdrawn
        ? `Ticket ${answer.ticket} is withdrawn.`
        : `Ticket ${answer.ticket} had ended already.`;
      return { structured, text: `${done}${had}` };
    });
  },
});
