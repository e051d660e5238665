// Before any route: is the request meant for us, is it small enough, who makes it, and how often does that one call? What is
// cheap to refuse is refused first.

import type { Context, Hono } from 'hono';
import { clock } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import { credentialOf } from '../credential.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { NEARBY } from './access-settings.ts';
import { refuseBody } from './body-bounds.ts';
import { Door } from './door.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { mountAuth } from './mount-auth.ts';
import { OwnNames } from './own-names.ts';
import type { Peer } from './rate-limit.ts';

/** MCP reads its bodies itself, within its own bound, and answers as its clients expect. */
const MCP = '/mcp';
/** Whoever asks whether the server is of use may ask to the last. */
const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Guards every route that is mounted after it, and makes browsers stand for operators. */
export function mountAccess(app: Hono<HttpEnv>, parts: HttpParts): void {
  const { access = NEARBY, stopping } = parts;
  const names = new OwnNames(access.bind, access.names);
  const door = new Door(parts, access);
  app.use(async (c, next) => {
    c.set('receivedMonoMs', clock.monotonicMs());
    const { path } = c.req;
    const refused =
      refuseForm(c) ??
      names.refuse(namesIn(c)) ??
      (stopping.aborted && !HEALTH.has(path) ? ending() : null) ??
      (await admit(c, door)) ??
      (path === MCP ? null : await refuseBody(c, HTTP_LIMITS.bodyBytes)) ??
      (await door.refuseStranger(c));
    if (refused !== null) return problem(refused);
    await next();
    return undefined;
  });
  mountAuth(app, access, {
    operatorWith: (token) => door.operatorWith(token),
    countWrong: (c) => door.countWrong(peerOf(c)),
  });
}

async function admit(c: Context<HttpEnv>, door: Door): Promise<Rejection | null> {
  const shown = credentialOf(c.req.header('authorization'));
  if (shown === null) return badCredential();
  return door.admit(c, shown, peerOf(c));
}

function refuseForm(c: Context<HttpEnv>): Rejection | null {
  if (c.req.url.length > HTTP_LIMITS.urlCharacters)
    return tooMuch('address', `${HTTP_LIMITS.urlCharacters} characters`);
  const fields = (c.env?.incoming?.rawHeaders.length ?? 0) / 2;
  return fields > HTTP_LIMITS.headers ? tooMuch('headers', `${HTTP_LIMITS.headers} of them`) : null;
}

function namesIn(c: Context<HttpEnv>): Parameters<OwnNames['refuse']>[0] {
  return {
    // A request that is made in this process has none.
    host: c.req.header('host') ?? new URL(c.req.url).host,
    origin: c.req.header('origin'),
    fetchSite: c.req.header('sec-fetch-site'),
    fetchMode: c.req.header('sec-fetch-mode'),
    localAddress: c.env?.incoming?.socket.localAddress,
  };
}

const INSIDE: Peer = { connection: {}, address: '127.0.0.1' };

function peerOf(c: Context<HttpEnv>): Peer {
  const socket = c.env?.incoming?.socket;
  return socket === undefined ? INSIDE : { connection: socket, address: socket.remoteAddress ?? '' };
}

function tooMuch(what: string, bound: string): Rejection {
  return reject('TOO_LARGE', {
    message: `The ${what} of the request: more than ${bound}.`,
    next: 'Ask for less in one call.',
  });
}

function ending(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This server is stopping.',
    next: 'Ask again when it runs again. A place in line is kept for two minutes, and its ticket goes on.',
    retryAfterMs: 1_000,
  });
}

function badCredential(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'The Authorization header shows no Bearer.',
    next: 'Send `Authorization: Bearer HANDLE`, with the handle that registering returned.',
  });
}
