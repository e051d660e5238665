import { recoverShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const recover = defineTool({
  name: 'recover',
  title: 'Recover from a pause',
  description:
    'When you are paused: write what went wrong and what you will do differently. Resumes you once you are back in bounds.',
  effect: 'adds',
  input: recoverShape,
  output: ['resumed', 'reasons', 'registered'],
  async run(seat, { reflection }, call) {
    return toolResult(await seat.governance.recover(reflection, call), ({ answer: { resumed, reasons } }) => {
      const why = reasons.map(({ message, next }) => ` ${message} ${next}`).join('');
      return { structured: { resumed, reasons }, text: resumed ? 'You are active again.' : `Not resumed.${why}` };
    });
  },
});
