import { calibrationText } from '../../answer/spoken-governance.ts';
import { outcomeShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const recordOutcome = defineTool({
  name: 'record_outcome',
  title: 'Record an outcome',
  description:
    'Says what became of the work of a check-in: tests run, build, review. The same kind again replaces what was said.',
  effect: 'adds',
  input: outcomeShape,
  output: ['checkInId', 'agentId', 'calibration', 'registered'],
  async run(seat, args, call) {
    return toolResult(await seat.governance.recordOutcome(args, call), ({ answer }) => {
      const { checkInId, agentId, calibration } = answer;
      const text = `Recorded for ${checkInId} of ${agentId}. ${calibrationText(calibration)}`;
      return { structured: { checkInId, agentId, calibration }, text };
    });
  },
});
