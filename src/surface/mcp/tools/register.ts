import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { toolResult } from '../tool-result.ts';

export const register = defineTool({
  name: 'register',
  title: 'Register as an agent',
  description:
    'Names you in the fleet. Optional: the first call that changes something registers you by itself. Returns `session`, your secret handle: keep it, never share it. Without `session` the first register names this process; a later one with another id opens a second session, used by passing its handle as `session`. To go on as an earlier agent, pass its handle.',
  effect: 'adds',
  input: {
    id: z.string().optional().describe('a-z 0-9 . _ - (at most 63), as in ana'),
    purpose: z.string().optional().describe('what you are here for, as in tests; makes an id when you give none'),
    client: z.string().optional().describe('program you run in'),
    root: z.string().optional().describe('folder of the worktree you work in, if not the current one'),
    onTaken: z.enum(['sibling', 'refuse']).optional().describe('if the id is in use: sibling (id_2) or refuse'),
    tags: z.array(z.string()).optional(),
    notes: z.string().optional(),
    joinToken: z.string().optional(),
  },
  output: ['session', 'agentId', 'sessionId', 'resumed', 'warnings'],
  async run(seat, args, call) {
    const outcome = await seat.register(args, call);
    return toolResult(outcome, ({ answer }) => {
      const { agentId, sessionId, resumed, warnings } = answer;
      const session = outcome.handle;
      const name = resumed ? `You are ${agentId} again.` : `You are ${agentId}.`;
      const handle =
        session === null ? ' The handle was given out before and is not shown again.' : ` session: ${session}`;
      const warned = warnings.map((warning) => ` ${warning}`).join('');
      return { structured: { session, agentId, sessionId, resumed, warnings }, text: `${name}${warned}${handle}` };
    });
  },
});
