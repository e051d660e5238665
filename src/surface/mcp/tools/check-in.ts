import { checkInText, spokenCheckIn } from '../../answer/spoken-governance.ts';
import { checkInShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const checkIn = defineTool({
  name: 'check_in',
  title: 'Check in',
  description:
    'After a piece of work: say what you did, how hard it was and how sure you are that it is right. verdict proceed: go on; guide: mind the reasons; pause: stop, nothing more is granted until you recover.',
  effect: 'adds',
  input: checkInShape,
  output: ['checkInId', 'verdict', 'reasons', 'updates', 'estimator', 'registered'],
  async run(seat, { dryRun, ethicalDrift: _ethicalDrift, parameters, ...asked }, call) {
    const numbers = parameters?.map((each) => each ?? 0);
    const outcomeOf = await seat.governance.checkIn({ ...asked, parameters: numbers }, { ...call, dryRun });
    return toolResult(outcomeOf, (replied) => ({
      structured: spokenCheckIn(replied),
      text: `${dryRun === true ? 'Dry run, nothing recorded. ' : ''}${checkInText(replied.answer)}${idText(replied.answer.checkInId)}`,
    }));
  },
});

function idText(checkInId: string | null): string {
  return checkInId === null ? '' : ` Tell what became of it with record_outcome and checkInId ${checkInId}.`;
}
