// Calls of the server that this page came from. An answer is its body, when it came, and of which moment it is; a refusal is a
// `Problem`, with the server's own words.

import { serverClock } from './server-clock.ts';

/** Of a view of the past: the last event that it shows. */
export interface AsOf {
  readonly seq: number;
  readonly at: string;
}

export interface Answered<T> {
  readonly body: T;
  /** Null: it showed what was so when it was received. */
  readonly asOf: AsOf | null;
  /** Wall milliseconds (of `serverClock`) at which it came; durations in the body count up to then. */
  readonly receivedMs: number;
}

/** What the server refused, or that it could not be reached (`code` is UNREACHABLE, `status` 0). */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  /** What to do about it. */
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, status, message, next, details }: ProblemFacts) {
    super(message);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.next = next;
    this.details = details;
  }
}

interface ProblemFacts {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `path` with what is given of `params`. */
export function addressOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value != null) query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Throws `Problem`. */
export async function getJson<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<Answered<T>> {
  const answer = await call(addressOf(path, params), signal === undefined ? {} : { signal });
  const body = (await answer.json()) as T;
  const seq = answer.headers.get('brigade-as-of-seq');
  const asOf = seq === null ? null : { seq: Number(seq), at: answer.headers.get('brigade-as-of') ?? '' };
  return { body, asOf, receivedMs: serverClock.now() };
}

/** Throws `Problem`. A body that is empty is null. */
export async function send<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await call(path, { method, ...content, headers: { ...type, ...headers } });
  const text = await answer.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

async function call(address: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(address, init).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new Problem(UNREACHABLE);
  });
  serverClock.hear(answer.headers.get('date'));
  if (!answer.ok) throw new Problem(await factsOf(answer));
  return answer;
}

const UNREACHABLE: ProblemFacts = {
  code: 'UNREACHABLE',
  status: 0,
  message: 'The server cannot be reached.',
  next: 'Is `brigade serve` running? This page goes on by itself when it is back.',
  details: {},
};

async function factsOf(answer: Response): Promise<ProblemFacts> {
  const said = (await answer
    .json()
    .catch(/* What stands before the server may answer in its own words. */ () => null)) as Partial<
    Record<string, unknown>
  > | null;
  const text = (name: string): string | null => (typeof said?.[name] === 'string' ? said[name] : null);
  return {
    code: text('code') ?? 'INTERNAL',
    status: answer.status,
    message: text('message') ?? text('detail') ?? `The server answered ${answer.status}.`,
    next: text('next') ?? 'Ask again; look at what the server logged.',
    details: (said?.details ?? {}) as Readonly<Record<string, unknown>>,
  };
}
