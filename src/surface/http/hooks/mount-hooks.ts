// `POST /hooks/{client}`: what `brigade-hook` does, for clients that call hooks over HTTP. The same bodies, the same answers,
// the access rules of every other route. It answers 200 whatever the decision: the client reads it in the answer.

import type { Hono } from 'hono';
import { normalClientName } from '../../../app/client-session.ts';
import { answerHook } from '../../../app/hook/answer-hook.ts';
import { hookPortsOf } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import { type Dialect, saidOf } from '../../hook/dialect.ts';
import { dialectOf, HOOK_CLIENTS } from '../../hook/dialects.ts';
import { type Fields, fieldsOf } from '../../hook/input.ts';
import type { Credential } from '../credential.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';

export function mountHooks(app: Hono<HttpEnv>, { fleet }: HttpParts): void {
  app.post('/hooks/:client', async (c) => {
    const dialect = dialectOf(normalClientName(c.req.param('client')));
    if (dialect === null) return problem(unknownClient());
    const input: unknown = await c.req.json().catch(/* Told as what it is. */ () => null);
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return problem(noObject());
    const fail = c.req.query('fail');
    return c.json(
      await answerOf(dialect, fieldsOf(input), {
        fleet,
        secret: secretIn(c.get('credential')),
        fail: fail === 'open' || fail === 'closed' ? fail : null,
      }),
    );
  });
}

interface Asking {
  readonly fleet: HttpParts['fleet'];
  readonly secret: string | null;
  readonly fail: 'open' | 'closed' | null;
}

async function answerOf(dialect: Dialect, input: Fields, { fleet, secret, fail }: Asking): Promise<Fields> {
  const call = dialect.callOf(input);
  const caller = { pid: null, agentId: null, purpose: null, secret };
  const answer = await answerHook(hookPortsOf(fleet), call, caller);
  return dialect.outputOf(saidOf(answer, call, fail), input, call).json;
}

function secretIn(credential: Credential): string | null {
  return credential.kind === 'bearer' ? credential.secret : null;
}

function unknownClient(): Rejection {
  return reject('UNKNOWN_ROUTE', {
    message: 'Hooks of this client are not understood.',
    next: `There are ${HOOK_CLIENTS.map((client) => `/hooks/${client}`).join(', ')}.`,
  });
}

function noObject(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'A hook sends a JSON object.',
    next: 'Send what the client hands to its hooks, as it stands.',
  });
}
