// Who makes a request, how often that one may call, and whether strangers may ask at all.
//
// Where the server listens for this host alone, everybody who reaches it may look and register, as everybody may who reads the
// folder. Elsewhere one has to belong: by a session, by the operator token, or by the join token, which may be the Bearer of a
// client before it has a session, or stand among the arguments of the registration.

import type { Context } from 'hono';
import { secretHash } from '../../../app/credentials.ts';
import { clock } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Credential, Operator } from '../credential.ts';
import { isOfPage } from '../dashboard/mount-dashboard.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { operatorWith } from '../rest/caller.ts';
import type { AccessSettings } from './access-settings.ts';
import { isLoopback } from './bind-address.ts';
import { operatorIn } from './operator-cookie.ts';
import type { Operators } from './operators.ts';
import { type CallerOf, type Peer, RateLimit } from './rate-limit.ts';

/** What a Bearer was found to be. `unknown`: nobody's. `untold`: the log cannot be asked now. */
type Found = 'session' | 'operator' | 'join' | 'unknown' | 'untold';

/** Open to strangers everywhere: they tell nothing of the fleet, or take the credential in another way. */
const OPEN: ReadonlySet<string> = new Set([
  '/healthz',
  '/readyz',
  '/auth',
  '/auth/code',
  '/auth/token',
  '/auth/logout',
]);
const REGISTER = '/v1/sessions';
const MCP = '/mcp';

export class Door {
  readonly #parts: HttpParts;
  readonly #isNear: boolean;
  readonly #operators: Operators | null;
  readonly #rates: RateLimit;
  readonly #limitsRates: boolean;
  /** What the Bearer of a request under way was found to be. */
  readonly #shown = new WeakMap<Context<HttpEnv>, Found>();

  constructor(parts: HttpParts, access: AccessSettings) {
    this.#parts = parts;
    this.#isNear = isLoopback(access.bind);
    this.#operators = access.operators ?? null;
    this.#rates = new RateLimit(access.clock ?? clock);
    this.#limitsRates = access.limitsRates;
  }

  /** Notes who calls, and counts the call. */
  async admit(c: Context<HttpEnv>, shown: Exclude<Credential, Operator>, peer: Peer): Promise<Rejection | null> {
    c.set('credential', shown);
    if (shown.kind === 'none') {
      const held = operatorIn(c, this.#operators);
      if (held === null || !(await this.#mayStill(held.operator))) return this.#countNobody(c, peer);
      c.set('credential', held.operator);
      return this.#count({ by: 'name', name: held.name });
    }
    const hash = this.#hash(shown.secret);
    const found = await this.#find(hash);
    this.#shown.set(c, found);
    if (found !== 'join') return this.#count(callerOf(found, hash, peer));
    // Whoever joins is nobody yet.
    c.set('credential', { kind: 'none' });
    return this.#countNobody(c, peer);
  }

  /** The token that an operator showed when the browser was opened may be another one by now. */
  async #mayStill({ proof }: Operator): Promise<boolean> {
    return proof === 'terminal' || (await this.#find(proof.tokenHash)) === 'operator';
  }

  /** Whoever shows `token` as an operator; null where it is not that of the fleet. Rejects where the log cannot be asked. */
  async operatorWith(token: string): Promise<Operator | null> {
    const { coordinator } = this.#parts.fleet;
    const tokenHash = this.#hash(token);
    const isToken = await coordinator.view({ kind: 'token', which: 'operator', tokenHash });
    return isToken ? operatorWith(this.#parts, token) : null;
  }

  /** A code or a token of nobody. */
  countWrong(peer: Peer): Rejection | null {
    return this.#count({ by: 'wrong', peer });
  }

  /** Over MCP the session may stand among the arguments: there the call is counted when those are known. */
  #countNobody(c: Context<HttpEnv>, peer: Peer): Rejection | null {
    if (c.req.path !== MCP) return this.#count({ by: 'free', peer });
    c.set('countCall', async (handle) => {
      if (handle === undefined) return this.#count({ by: 'free', peer });
      const hash = this.#hash(handle);
      return this.#count(callerOf(await this.#find(hash), hash, peer));
    });
    return null;
  }

  /** Off this host: why somebody who does not belong may not ask this. */
  async refuseStranger(c: Context<HttpEnv>): Promise<Rejection | null> {
    const { path } = c.req;
    if (this.#isNear || OPEN.has(path) || isOfPage(path) || c.get('credential').kind === 'operator') return null;
    const found = this.#shown.get(c);
    if (found === 'unknown') return wrongBearer();
    if (found !== undefined) return null;
    return c.req.method === 'POST' && path === REGISTER ? this.#refuseRegistration(c) : noBearer();
  }

  async #refuseRegistration(c: Context<HttpEnv>): Promise<Rejection | null> {
    const body: unknown = await c.req.json().catch(/* What is no JSON has no token. */ () => null);
    const token = typeof body === 'object' && body !== null && 'joinToken' in body ? body.joinToken : undefined;
    if (typeof token !== 'string') return noBearer();
    return (await this.#find(this.#hash(token))) === 'join' ? null : wrongBearer();
  }

  #count(caller: CallerOf): Rejection | null {
    const refused = this.#rates.refuse(caller);
    return this.#limitsRates ? refused : null;
  }

  #hash(secret: string): string {
    return secretHash(this.#parts.fleet.seatPorts.hasher, secret);
  }

  async #find(hash: string): Promise<Found> {
    // Also where nothing is bounded: asking the log for each call would cost more than the call.
    if (this.#rates.knows(hash)) return 'session';
    const { coordinator } = this.#parts.fleet;
    try {
      if ((await coordinator.view({ kind: 'session', handleHash: hash })) !== null) return 'session';
      for (const which of ['operator', 'join'] as const) {
        if (await coordinator.view({ kind: 'token', which, tokenHash: hash })) return which;
      }
      return 'unknown';
    } catch {
      // The route asks the log too, and says what is wrong with it.
      return 'untold';
    }
  }
}

function callerOf(found: Found, hash: string, peer: Peer): CallerOf {
  if (found === 'session') return { by: 'name', name: hash };
  // Several people may show one token, so it is no name for any of them.
  return { by: found === 'unknown' ? 'wrong' : 'free', peer };
}

function noBearer(): Rejection {
  return reject('CREDENTIAL_REQUIRED', {
    message: 'This server is open to other hosts, so it answers nobody whom it does not know.',
    next: 'Send `Authorization: Bearer` with the join token (`brigade token join`), and with your session handle once you have one.',
  });
}

function wrongBearer(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This is neither a session handle nor a token of this fleet.',
    next: 'Send the handle that registering returned, or the join token that `brigade token join` prints.',
  });
}
