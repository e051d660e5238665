// How a browser becomes an operator's, and ceases to be: `/?code=...` is where `brigade serve --open` leads, `/auth/code` the
// same for a page that has the code already.

import type { Context, Hono } from 'hono';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { HttpEnv } from '../http-parts.ts';
import { problem } from '../problem.ts';
import type { AccessSettings } from './access-settings.ts';
import { cookieIn, giveCookie, takeCookie } from './operator-cookie.ts';

const CODE_LENGTH_MAX = 200;

/** `countWrong` counts a code of nobody, and says when there were too many. */
export function mountAuth(
  app: Hono<HttpEnv>,
  { operators, isSecure }: Pick<AccessSettings, 'operators' | 'isSecure'>,
  countWrong: (c: Context<HttpEnv>) => Rejection | null,
): void {
  const trade = (c: Context<HttpEnv>, code: unknown): Rejection | null => {
    const secret = typeof code === 'string' && code.length <= CODE_LENGTH_MAX ? operators?.trade(code) : undefined;
    if (secret == null) return countWrong(c) ?? wrongCode();
    giveCookie(c, secret, isSecure);
    c.header('Cache-Control', 'no-store');
    return null;
  };
  app.get('/', async (c, next) => {
    const code = c.req.query('code');
    if (code === undefined) {
      await next();
      return undefined;
    }
    const refused = trade(c, code);
    // The code is spent; the address without it is what stays in the history.
    return refused === null ? c.redirect('/', 303) : problem(refused);
  });
  app.post('/auth/code', async (c) => {
    const body: unknown = await c.req.json().catch(/* What is no JSON has no code. */ () => null);
    const refused = trade(c, typeof body === 'object' && body !== null && 'code' in body ? body.code : null);
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
    return c.json({ operator: credential.kind === 'operator' ? credential.name : null });
  });
}

function wrongCode(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This code is good no more: it was used, or is older than two minutes, or was never one.',
    next: 'Start `brigade serve --open` again in a terminal; it makes a new one.',
  });
}
