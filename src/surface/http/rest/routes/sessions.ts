// Opening and closing a session. Over HTTP a session has no process: it ends when it is closed, or after long silence.

import { spokenRegistration } from '../../../answer/spoken.ts';
import { registerShape } from '../../../schema/shapes.ts';
import { callOf } from '../caller.ts';
import { defineOperation } from '../operation.ts';
import { told } from '../respond.ts';

export const register = defineOperation({
  id: 'register',
  method: 'post',
  path: '/v1/sessions',
  access: 'open',
  summary: 'Register as an agent',
  description:
    'Opens a session and returns `session`, its secret handle: keep it, and send it as `Authorization: Bearer SESSION` with every call. To go on as an earlier agent, send that handle here. `session` is null where a repeat finds that the handle is in use already.',
  body: registerShape,
  async run({ parts, c, body }) {
    const outcome = await parts.seat.register(body, callOf(c));
    return told(outcome, ({ answer }) => spokenRegistration(answer, outcome.handle), { status: 201 });
  },
});

export const closeSession = defineOperation({
  id: 'closeSession',
  method: 'delete',
  path: '/v1/sessions/current',
  access: 'session',
  summary: 'Close the session',
  description: 'Ends the session whose handle is shown. What it holds is released, and its waits end.',
  async run({ parts, c }) {
    return told(await parts.seat.closeSession(callOf(c)), () => ({ closed: true }));
  },
});
