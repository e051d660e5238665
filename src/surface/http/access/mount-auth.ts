// How a browser becomes an operator's, and ceases to be: `/?code=...` is where `brigade serve --open` leads, `/auth/code` the
// same for a page that has the code already, and `/auth/token` is for a person who types the operator token into a page.

import type { Context, Hono } from 'hono';
import { rejectionOf } from '../../../app/trouble.ts';
import { clock as systemClock } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Operator } from '../credential.ts';
import type { HttpEnv } from '../http-parts.ts';
import { problem } from '../problem.ts';
import type { AccessSettings } from './access-settings.ts';
import { cookieIn, giveCookie, takeCookie } from './operator-cookie.ts';

const LENGTH_MAX = 200;

interface Judge {
  /** Whoever shows this token; null where it is nobody's. Rejects where that cannot be found out. */
  readonly operatorWith: (token: string) => Promise<Operator | null>;
  /** Counts a code or a token of nobody, and says when there were too many. */
  readonly countWrong: (c: Context<HttpEnv>) => Rejection | null;
}

export function mountAuth(
  app: Hono<HttpEnv>,
  { operators, isSecure, clock = systemClock }: Pick<AccessSettings, 'operators' | 'isSecure' | 'clock'>,
  { operatorWith, countWrong }: Judge,
): void {
  const admit = (c: Context<HttpEnv>, secret: string): null => {
    giveCookie(c, secret, isSecure);
    c.header('Cache-Control', 'no-store');
    return null;
  };
  const trade = (c: Context<HttpEnv>, code: string): Rejection | null => {
    const secret = operators?.trade(code) ?? null;
    return secret === null ? (countWrong(c) ?? wrongCode()) : admit(c, secret);
  };
  const signIn = async (c: Context<HttpEnv>, token: string): Promise<Rejection | null> => {
    if (operators === undefined) return noBrowsers();
    try {
      const operator = token === '' ? null : await operatorWith(token);
      return operator === null ? (countWrong(c) ?? wrongToken()) : admit(c, operators.signIn(operator));
    } catch (error) {
      return rejectionOf(error);
    }
  };
  app.get('/', async (c, next) => {
    const code = c.req.query('code');
    if (code === undefined) {
      await next();
      return undefined;
    }
    const refused = trade(c, short(code));
    // The code is spent; the address without it is what stays in the history.
    return refused === null ? c.redirect('/', 303) : problem(refused);
  });
  app.post('/auth/code', async (c) => {
    const refused = trade(c, await memberOf(c, 'code'));
    return refused === null ? c.body(null, 204) : problem(refused);
  });
  app.post('/auth/token', async (c) => {
    const refused = await signIn(c, await memberOf(c, 'token'));
    return refused === null ? c.body(null, 204) : problem(refused);
  });
  app.post('/auth/logout', (c) => {
    // The cookie of a page of somebody else was not read, so it cannot end it either.
    const secret = c.get('credential').kind === 'operator' ? cookieIn(c) : undefined;
    if (secret !== undefined) {
      operators?.end(secret);
      takeCookie(c, isSecure);
    }
    return c.body(null, 204);
  });
  app.get('/auth', (c) => {
    const credential = c.get('credential');
    c.header('Cache-Control', 'no-store');
    const secret = credential.kind === 'operator' ? cookieIn(c) : undefined;
    const held = secret === undefined ? undefined : operators?.of(secret);
    if (held == null) return c.json({ operator: null, endsAt: null });
    const endsAtMs = Date.parse(clock.wallAt()) + held.leftMs;
    return c.json({ operator: held.operator.name, endsAt: new Date(endsAtMs).toISOString() });
  });
}

/** What a body says there; empty where it says nothing that could be a secret. */
async function memberOf(c: Context<HttpEnv>, name: string): Promise<string> {
  const body: unknown = await c.req.json().catch(/* What is no JSON has no members. */ () => null);
  const said: unknown = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : null;
  return typeof said === 'string' ? short(said) : '';
}

/** What is longer than any secret is none. */
function short(said: string): string {
  return said.length <= LENGTH_MAX ? said : '';
}

function wrongToken(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This is not the operator token of this fleet.',
    next: 'Type what `brigade token operator` prints in a terminal of this workspace.',
  });
}

function noBrowsers(): Rejection {
  return reject('OPERATOR_REQUIRED', {
    message: 'No browser becomes an operator here.',
    next: 'Send the operator token as `Authorization: Bearer TOKEN`.',
  });
}

function wrongCode(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This code is good no more: it was used, or is older than two minutes, or was never one.',
    next: 'Start `brigade serve --open` again in a terminal; it makes a new one.',
  });
}
