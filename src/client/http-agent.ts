// An agent that reaches its fleet through a server. Its session lives in the log and not in a connection, so a server that
// starts again changes nothing; one that ended by silence is followed by a new one of the same agent.

import type {
  AcquireOptions,
  Agent,
  Checked,
  CheckedIn,
  CheckIn,
  Identity,
  Lease,
  LeaseRef,
  Letter,
  Mail,
  Messages,
  PutCondition,
  ReadOptions,
  Registration,
  SharedState,
  StateEntry,
} from './agent.ts';
import { BrigadeError } from './brigade-error.ts';
import { type Granted, HeldLease, type LeaseDoor } from './held-lease.ts';
import type { Heard, HttpCalls, HttpRequest } from './http-calls.ts';
import { guardOf } from './lease-guard.ts';
import { type Line, type LineAnswer, waitInLine } from './line.ts';
import { newKey } from './platform.ts';
import { rest } from './time.ts';

type Body = Readonly<Record<string, unknown>>;
/** A request of this agent: the session is added. */
type OwnRequest = Omit<HttpRequest, 'session' | 'key'>;

interface Registered {
  readonly session: string | null;
  readonly agentId: string;
  readonly sessionId: string;
}

/** The longest wait of one call: well below what proxies allow. */
const SLICE_MS = 25_000;
/** Whoever gives up waits so long until it is known to be undone; after that it is tried on without them. */
const GIVE_UP_MS = 5_000;

/** By the session that asked, which does not come back for it. */
type UndoingAsk = (path: string, body: Body, key?: string) => Promise<Heard<LineAnswer>>;

export class HttpAgent implements Agent {
  readonly state: SharedState;
  readonly messages: Messages;
  readonly #calls: HttpCalls;
  #asked: Registration;
  readonly #held = new Set<HeldLease>();
  readonly #door: LeaseDoor;
  /** The handle to go on with; known before the first registration where somebody kept it. */
  #session: string | null;
  #identity: Promise<Identity> | null = null;
  #closing: Promise<void> | null = null;
  /** Closing ends all that there would be to undo. */
  readonly #left = new AbortController();

  constructor(calls: HttpCalls, { asked, session }: { readonly asked: Registration; readonly session: string | null }) {
    this.#calls = calls;
    this.#asked = asked;
    this.#session = session;
    this.state = {
      get: (key) => this.#getState(key),
      put: (key, value, condition) => this.#put(key, value, condition),
    };
    this.messages = { send: (letter) => this.#send(letter), read: (options) => this.#read(options) };
    this.#door = {
      time: calls.time,
      renew: async (leases, signal) => grantedIn(await this.#ask('/v1/locks/renew', { leases }, { signal })),
      check: (lease) => this.check(lease),
      release: (leases) => this.release(leases),
    };
  }

  /** The handle it acts by; null before it registered. */
  get session(): string | null {
    return this.#session;
  }

  /** Says more of who it is, before it registers. */
  name(asked: Registration): void {
    this.#asked = { ...this.#asked, ...asked };
  }

  who(): Promise<Identity> {
    this.#identity ??= this.#register().catch((error: unknown) => {
      this.#identity = null;
      throw error;
    });
    return this.#identity;
  }

  async acquire(resources: string | readonly string[], options: AcquireOptions = {}): Promise<Lease> {
    const { mode, waitMs, ttlMs, reason, priority, signal, renews = true } = options;
    const body = defined({
      resources: typeof resources === 'string' ? [resources] : resources,
      mode,
      ttlMs,
      reason,
      priority,
    });
    const patience = { time: this.#calls.time, waitMs, signal, sliceMs: SLICE_MS };
    return this.#hold(await waitInLine(this.#line(body, signal), patience), renews);
  }

  async renew(leases: readonly LeaseRef[], options: { readonly ttlMs?: number } = {}): Promise<void> {
    await this.#ask('/v1/locks/renew', defined({ leases: leases.map(refOf), ...options }));
  }

  async release(leases: readonly LeaseRef[] | 'all'): Promise<void> {
    await this.#ask('/v1/locks/release', leases === 'all' ? { all: true } : { leases: leases.map(refOf) });
  }

  async check(lease: LeaseRef): Promise<Checked> {
    const request = { method: 'POST', path: '/v1/locks/check', body: refOf(lease), session: this.#session } as const;
    const { holds, holder, currentToken } = (await this.#calls.ask<Checked>({ ...request, key: newKey() })).reply;
    return { holds, holder, currentToken };
  }

  async checkIn(report: CheckIn): Promise<CheckedIn> {
    const { checkInId, verdict, reasons, next } = (await this.#ask<CheckedIn>('/v1/checkins', { ...report })).reply;
    return { checkInId, verdict, reasons, next };
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #register(): Promise<Identity> {
    const request = { method: 'POST', path: '/v1/sessions', session: this.#session, key: newKey() } as const;
    const { reply } = await this.#calls.ask<Registered>({ ...request, body: { ...this.#asked } });
    const { agentId, sessionId, session } = reply;
    this.#session = session ?? this.#session;
    return { agentId, sessionId, session: this.#session };
  }

  /** One request to get something, and its cancellation: whatever came of it is undone. */
  #line(body: Body, signal: AbortSignal | undefined): Line {
    const attempt = async (own: Body, key: string, waitMs: number): Promise<LineAnswer> => {
      try {
        const asked = { ...own, waitMs };
        return answerIn(await this.#ask<LineAnswer>('/v1/locks/acquire', asked, { signal, key, waitMs }));
      } catch (error) {
        if (signal?.aborted === true) await this.#undo((ask) => giveUp(ask, own, key));
        throw error;
      }
    };
    return {
      ask: (waitMs) => attempt(body, newKey(), waitMs),
      goOn: (ticket, waitMs) => attempt({ ticket }, newKey(), waitMs),
      withdraw: (ticket) => this.#undo((ask) => withdraw(ask, ticket)),
    };
  }

  /**
   * Undoes what nobody will use: a place whose turn would come, a lease that would keep others out. Tried for as long as
   * anything else; what fails then lapses by itself.
   */
  async #undo(work: (ask: UndoingAsk) => Promise<void>): Promise<void> {
    const session = this.#session;
    const own = { method: 'POST', session, background: true, signal: this.#left.signal } as const;
    const done = new AbortController();
    void work((path, body, key = newKey()) => this.#calls.ask<LineAnswer>({ ...own, path, body, key }))
      .catch(() => {
        // It was over already, the session has ended, or the server is gone for good: there is nothing left, or it lapses.
      })
      .finally(() => done.abort());
    await rest(this.#calls.time, GIVE_UP_MS, done.signal);
  }

  #hold(granted: Granted, renews: boolean): Lease {
    const lease = new HeldLease(granted, {
      door: this.#door,
      renews,
      onEnd: (ended) => void this.#held.delete(ended),
    });
    this.#held.add(lease);
    return lease;
  }

  async #getState(key: string): Promise<StateEntry | null> {
    try {
      const path = `/v1/state/${pathOf(key)}`;
      const request = { method: 'GET', path, session: this.#session } as const;
      return (await this.#calls.ask<StateEntry>(request)).reply;
    } catch (error) {
      if (error instanceof BrigadeError && error.code === 'UNKNOWN_KEY') return null;
      throw error;
    }
  }

  async #put(key: string, value: unknown, condition: PutCondition): Promise<number> {
    const isVersion = 'ifVersion' in condition;
    const request = {
      method: 'PUT',
      path: `/v1/state/${pathOf(key)}`,
      body: isVersion ? { value } : { value, ...refOf(guardOf(condition)) },
      ...(isVersion ? { ifMatch: `"${condition.ifVersion}"` } : {}),
    } as const;
    return (await this.#own<{ readonly version: number }>(request, newKey())).reply.version;
  }

  async #send(letter: Letter): Promise<string> {
    return (await this.#ask<{ readonly messageId: string }>('/v1/messages', { ...letter })).reply.messageId;
  }

  async #read({ waitMs = 0, after, limit, signal }: ReadOptions = {}): Promise<Mail> {
    const query = { waitMs, after, limit };
    const request = { method: 'GET', path: '/v1/messages', query, waitMs, signal } as const;
    const { messages, cursor, more } = (await this.#own<Mail>(request, newKey())).reply;
    return { messages, cursor, more };
  }

  #ask<Reply>(path: string, body: Body, options: AskOptions = {}): Promise<Heard<Reply>> {
    const { key = newKey(), ...more } = options;
    return this.#own<Reply>({ method: 'POST', path, body, ...more }, key);
  }

  /** Asks for the session. Where that has ended, the same agent comes back once and asks again. */
  async #own<Reply>(request: OwnRequest, key: string): Promise<Heard<Reply>> {
    await this.who();
    const session = this.#session;
    try {
      return await this.#calls.ask<Reply>({ ...request, session, key });
    } catch (error) {
      if (!(error instanceof BrigadeError && error.code === 'CREDENTIAL_WRONG') || session === null) throw error;
      await this.#comeBack(session);
      return this.#calls.ask<Reply>({ ...request, session: this.#session, key: newKey() });
    }
  }

  async #comeBack(ended: string): Promise<void> {
    // Another call may have come back meanwhile.
    if (this.#session === ended) this.#identity = null;
    await this.who();
  }

  async #leave(): Promise<void> {
    this.#left.abort();
    for (const lease of Array.from(this.#held)) lease.abandon();
    if (this.#identity === null) return;
    await this.#identity;
    try {
      const path = '/v1/sessions/current';
      await this.#calls.ask({ method: 'DELETE', path, session: this.#session, key: newKey() });
    } catch (error) {
      // It had ended before.
      if (!(error instanceof BrigadeError && error.code === 'CREDENTIAL_WRONG')) throw error;
    }
  }
}

/** Asked once more under the same key, the server says what became of it. */
async function giveUp(ask: UndoingAsk, asked: Body, key: string): Promise<void> {
  const { ticket, leases } = (await ask('/v1/locks/acquire', { ...asked, waitMs: 0 }, key)).reply;
  if (leases.length > 0) await ask('/v1/locks/release', { leases: leases.map(refOf) });
  else if (ticket !== null) await withdraw(ask, ticket);
}

async function withdraw(ask: UndoingAsk, ticket: string): Promise<void> {
  await ask('/v1/locks/withdraw', { ticket });
}

interface AskOptions extends Pick<HttpRequest, 'signal' | 'waitMs'> {
  readonly key?: string;
}

function grantedIn({ reply, sentMs }: Heard<unknown>): Granted {
  return { ...(reply as Omit<Granted, 'sentMs'>), sentMs };
}

function answerIn({ reply, sentMs }: Heard<LineAnswer>): LineAnswer {
  return { ...reply, sentMs };
}

function refOf({ resource, token }: LeaseRef): LeaseRef & Body {
  return { resource, token };
}

/** Slashes are part of a key, and of the path. */
function pathOf(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

function defined(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter((entry) => entry[1] !== undefined));
}
