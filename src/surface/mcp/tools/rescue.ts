import * as z from 'zod';
import { spokenRescue } from '../../answer/spoken-diagnosis.ts';
import { rescueShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const rescue = defineTool({
  name: 'rescue',
  title: 'Act on a finding',
  description:
    'Does what a finding of diagnose says would help, if the evidence still allows it to you; NOT_SAFE otherwise.',
  effect: 'overwrites',
  input: { ...rescueShape, do: z.enum(['ask', 'shorten']).optional().describe('instead, where diagnose offers it') },
  output: ['finding', 'action', 'done', 'events', 'leftOut', 'registered'],
  async run(seat, { dryRun, ...asked }, call) {
    const outcome = await seat.rescue(asked, { ...call, dryRun });
    return toolResult(outcome, ({ answer, worktree }) => {
      const structured = spokenRescue(answer, worktree);
      const done =
        structured.done.length === 0 ? `It was done before: ${structured.action}.` : structured.done.join(' ');
      return {
        structured,
        text: dryRun === true ? `Dry run, nothing was done. It would ${structured.action}: ${done}` : done,
      };
    });
  },
});
