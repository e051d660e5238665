import { spokenRegistration } from '../../answer/spoken.ts';
import { registerShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const register = defineTool({
  name: 'register',
  title: 'Register as an agent',
  description:
    'Names you in the fleet. Optional: the first call that changes something registers you by itself. Returns `session`, your secret handle: keep it, never share it. Without `session` the first register names this process; a later one with another id opens a second session, used by passing its handle as `session`. To go on as an earlier agent, pass its handle.',
  effect: 'adds',
  input: registerShape,
  output: ['session', 'agentId', 'sessionId', 'resumed', 'warnings'],
  async run(seat, args, call) {
    const outcome = await seat.register(args, call);
    return toolResult(outcome, ({ answer }) => {
      const structured = spokenRegistration(answer, outcome.handle);
      const { session, agentId, resumed, warnings } = structured;
      const name = resumed ? `You are ${agentId} again.` : `You are ${agentId}.`;
      const handle =
        session === null ? ' The handle was given out before and is not shown again.' : ` session: ${session}`;
      const warned = warnings.map((warning) => ` ${warning}`).join('');
      return { structured, text: `${name}${warned}${handle}` };
    });
  },
});
