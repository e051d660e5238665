// One request to a server, until there is an answer: what was lost on the way, or came while the server was away or busy, is
// asked again under the same key, so that it is done once however often it is asked.

import { BrigadeError, LOCAL_CODES, type Rejection, unreachable } from './brigade-error.ts';
import { rest, type Time } from './time.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpCallsOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly time: Time;
  /** A request is asked again for so long. */
  readonly patienceMs: number;
  readonly onNotices: (notices: readonly unknown[]) => void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** A session handle. */
  readonly session?: string | null;
  /** Makes a repeat harmless. */
  readonly key?: string;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal | undefined;
  /** The server may take so long to answer by waiting for others. */
  readonly waitMs?: number;
  /** Nobody waits for the answer: between two tries it keeps no program alive. */
  readonly background?: boolean;
}

export interface Heard<Reply> {
  readonly reply: Reply;
  /** When the request that was answered was sent. */
  readonly sentMs: number;
}

/** Refusals that pass by themselves. */
const PASSING = new Set<string>([
  LOCAL_CODES.unreachable,
  'STORE_UNAVAILABLE',
  'STORE_REGRESSED',
  'BUSY',
  'RATE_LIMITED',
]);
/** An answer that does not wait for anybody comes within this, or is taken for lost. */
const ANSWER_MS = 15_000;
/** Between two tries; a server that starts again is there in less than a second. */
const PAUSE = { firstMs: 50, mostMs: 250 } as const;

export class HttpCalls {
  readonly #options: HttpCallsOptions;

  constructor(options: HttpCallsOptions) {
    this.#options = options;
  }

  get time(): Time {
    return this.#options.time;
  }

  /** Rejects with a `BrigadeError`, or with the reason of the signal. */
  async ask<Reply>(request: HttpRequest): Promise<Heard<Reply>> {
    const { time, patienceMs } = this.#options;
    const { signal, background = false } = request;
    const untilMs = time.monotonicMs() + patienceMs;
    for (let pauseMs: number = PAUSE.firstMs; ; pauseMs = Math.min(pauseMs * 2, PAUSE.mostMs)) {
      signal?.throwIfAborted();
      const sentMs = time.monotonicMs();
      const heard = await this.#once<Reply>(request);
      if (!(heard instanceof BrigadeError)) return { reply: heard, sentMs };
      signal?.throwIfAborted();
      const waitMs = heard.rejection.retryAfterMs ?? pauseMs;
      if (!PASSING.has(heard.code) || time.monotonicMs() + waitMs > untilMs) throw heard;
      await rest(time, waitMs, signal, { background });
    }
  }

  /** The answer to a request that has no end, such as a stream; or why there is none. */
  async open(request: HttpRequest, headers: Readonly<Record<string, string>>): Promise<Response | BrigadeError> {
    const { fetch } = this.#options;
    try {
      const init = { headers: { ...headersOf(request), ...headers }, signal: request.signal ?? null };
      const response = await fetch(this.#urlOf(request), init);
      return response.ok ? response : errorOf(response.status, await response.text());
    } catch (error) {
      request.signal?.throwIfAborted();
      return unreachable(`${this.#options.url} was not reached.`, error);
    }
  }

  async #once<Reply>(request: HttpRequest): Promise<Reply | BrigadeError> {
    const { fetch, url, onNotices } = this.#options;
    const { method, body, signal, waitMs = 0 } = request;
    const late = AbortSignal.timeout(ANSWER_MS + waitMs);
    try {
      const response = await fetch(this.#urlOf(request), {
        method,
        headers: headersOf(request),
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      });
      const text = await response.text();
      if (!response.ok) return errorOf(response.status, text);
      const reply = (text === '' ? {} : JSON.parse(text)) as Reply & { readonly notices?: readonly unknown[] };
      if (reply.notices !== undefined && reply.notices.length > 0) onNotices(reply.notices);
      return reply;
    } catch (error) {
      signal?.throwIfAborted();
      return unreachable(`${url} did not answer.`, error);
    }
  }

  #urlOf({ path, query = {} }: HttpRequest): string {
    const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
    const search = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    return `${this.#options.url}${path}${search === '' ? '' : `?${search}`}`;
  }
}

function headersOf({ body, session, key, ifMatch }: HttpRequest): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(session == null ? {} : { authorization: `Bearer ${session}` }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
}

/** What a proxy says in the server's place is no answer of Brigade, and passes. */
function errorOf(status: number, text: string): BrigadeError {
  const rejection = rejectionIn(text);
  return rejection === null ? unreachable(`The answer was ${status} without a reason.`) : new BrigadeError(rejection);
}

function rejectionIn(text: string): Rejection | null {
  try {
    const told = JSON.parse(text) as Partial<Rejection>;
    const { code, category = '', message = '', next = '', retry = 'never', retryAfterMs, details = {} } = told;
    if (typeof code !== 'string') return null;
    return { code, category, message, next, retry, details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch {
    return null;
  }
}
