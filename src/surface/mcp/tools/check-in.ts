import * as z from 'zod';
import { checkInText, spokenCheckIn } from '../../answer/spoken-governance.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

const share = z.number().min(0).max(1);
const outcome = z.strictObject({ kind: z.string(), ok: z.boolean(), evidence: z.string().optional() });

export const checkIn = defineTool({
  name: 'check_in',
  title: 'Check in',
  description:
    'After a piece of work: say what you did, how hard it was and how sure you are that it is right. verdict proceed: go on; guide: mind the reasons; pause: stop, nothing more is granted until you recover.',
  effect: 'adds',
  input: {
    summary: z.string().describe('what you did, in your words'),
    complexity: share.optional(),
    confidence: share.optional().describe('0 to 1: how likely it is right'),
    outcomes: z.array(outcome).optional().describe('known already: kind as in tests, build, review'),
    plan: z.strictObject({ goal: z.string().optional(), task: z.string().optional() }).optional(),
    parameters: z.array(z.number().nullable()).optional(),
    ethicalDrift: z.array(z.number()).max(3).optional().describe('taken, not used'),
    dryRun: z.boolean().optional(),
  },
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
