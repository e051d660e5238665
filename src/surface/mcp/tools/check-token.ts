import { durationText } from '../../../core/view/duration-text.ts';
import { spokenCheck } from '../../answer/spoken.ts';
import { checkShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const checkToken = defineTool({
  name: 'check_token',
  title: 'Check a token',
  description:
    'Tells whether a token holds now. Ask before a write that matters, after a pause. Checking your own lease is a use of it.',
  effect: 'reads',
  input: checkShape,
  output: ['holds', 'holder', 'currentToken', 'expiresInMs', 'safeForMs', 'wanted'],
  async run(seat, args, call) {
    return toolResult(await seat.check(args, call), (replied) => {
      const structured = spokenCheck(replied);
      const { holds, holder, currentToken, safeForMs } = structured;
      const until = safeForMs === undefined ? '' : `, for ${durationText(safeForMs)}`;
      if (holds) return { structured, text: `Token ${args.token} holds ${args.resource}${until}.` };
      const now = holder === null ? 'nobody holds it' : `${holder.agentId} holds it (token ${currentToken ?? '?'})`;
      return { structured, text: `Token ${args.token} does not hold ${args.resource}: ${now}. Stop acting on it.` };
    });
  },
});
