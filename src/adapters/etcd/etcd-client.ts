// One call to etcd, whichever of its members answers it.
//
// An endpoint that cannot be reached, does not answer in its share of the time, or has no leader is passed over for the next.
// What may have been done is asked for again only if doing it twice is the same as doing it once. An append never is: its
// caller hears that the outcome is unknown, and reads.

import type { Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import { AccessToken } from './access-token.ts';
import { type Answered, type Connections, type Outgoing, TooLong, Unanswered } from './connections.ts';
import type { Endpoints } from './endpoints.ts';
import { EtcdRefusal, mayBeDone, refusalFault, type Tried, unavailable } from './etcd-faults.ts';
import type { EtcdEndpoint, EtcdUser } from './etcd-url.ts';

export interface EtcdClientOptions {
  readonly endpoints: Endpoints;
  readonly connections: Connections;
  readonly user: EtcdUser | null;
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** For messages, without secrets. */
  readonly location: string;
}

/**
 *   read     changes nothing
 *   repeat   may be done twice
 *   once     must not be
 */
export type Manner = 'read' | 'repeat' | 'once';

/** What is left of a call's time below this is not worth a try. */
const TRY_MIN_MS = 20;
/**
 * By then a new leader is elected, where the old one was lost with what was asked of it: whoever does not know what became of an
 * append can find out.
 */
const SHARE_MAX_MS = 2_000;
/** A token that was just given and is not accepted is given anew; not for ever. */
const RENEWALS = 2;

/** How a call has gone so far. */
interface Course {
  readonly untilMs: number;
  readonly tried: Tried[];
  renewals: number;
  mayBeWritten: boolean;
}

export class EtcdClient {
  readonly #options: EtcdClientOptions;
  readonly #token: AccessToken;
  #isClosed = false;

  constructor(options: EtcdClientOptions) {
    this.#options = options;
    this.#token = new AccessToken(options.connections, options.user);
  }

  /** Reading of the clock by which a call that begins now has its answer. */
  deadline(): number {
    return this.#options.clock.monotonicMs() + this.#options.deadlineMs;
  }

  /**
   * Throws a `StoreFault`; an `EtcdRefusal` only for what its caller knows how to go on from (compacted, no lease); and
   * `TooLong`.
   */
  async ask<T>(path: string, body: object, manner: Manner, untilMs = this.deadline()): Promise<T> {
    const course: Course = { untilMs, tried: [], renewals: 0, mayBeWritten: false };
    const text = JSON.stringify(body);
    for (;;) {
      const endpoint = await this.#next(course);
      const progress = { hasBegun: false };
      try {
        const answer = await this.#askAt(endpoint, path, text, course, progress);
        this.#options.endpoints.keep(endpoint);
        return answer as T;
      } catch (error) {
        if (this.#isClosed) throw notOpen(this.#options.location);
        course.mayBeWritten ||= manner !== 'read' && progress.hasBegun && mayBeDone(error);
        this.#judge(error, endpoint, course);
        if (course.mayBeWritten && manner === 'once') throw this.#unavailable(course);
      }
    }
  }

  /** Asks one endpoint, whatever state it is in; null where it does not answer as etcd does. */
  async askOne<T>(endpoint: EtcdEndpoint, path: string, patienceMs: number): Promise<T | null> {
    try {
      const token = await this.#token.get(endpoint, patienceMs);
      const answered = await this.#options.connections.ask(endpoint, post(path, '{}', token, 'any'), patienceMs);
      return answered.status === 200 ? (JSON.parse(answered.text) as T) : null;
    } catch {
      // Out of reach, or refused: it says nothing of itself.
      return null;
    }
  }

  /** What a GET of `path` answers, as JSON. */
  async get<T>(path: string): Promise<T> {
    const course: Course = { untilMs: this.deadline(), tried: [], renewals: 0, mayBeWritten: false };
    for (;;) {
      const endpoint = await this.#next(course);
      try {
        const outgoing = { method: 'GET', path, headers: {}, body: '' } as const;
        return parsed(await this.#options.connections.ask(endpoint, outgoing, this.#patienceMs(course))) as T;
      } catch (error) {
        if (this.#isClosed) throw notOpen(this.#options.location);
        this.#judge(error, endpoint, course);
      }
    }
  }

  /** An answer without end, from one endpoint. Throws where none can be chosen. */
  async stream(
    path: string,
    body: object,
    on: { readonly data: (chunk: Buffer) => void; readonly end: (why: string) => void },
  ): Promise<() => void> {
    const { endpoints, connections, deadlineMs } = this.#options;
    const { endpoint } = endpoints.choose();
    const token = await this.#token.get(endpoint, deadlineMs);
    return connections.stream(endpoint, post(path, JSON.stringify(body), token, 'leader'), on);
  }

  close(): void {
    this.#isClosed = true;
    this.#options.connections.close();
  }

  /** The endpoint to ask next, once it has rested. Throws when the time is over and somebody was asked. */
  async #next(course: Course): Promise<EtcdEndpoint> {
    if (this.#isClosed) throw notOpen(this.#options.location);
    const { endpoint, restMs } = this.#options.endpoints.choose();
    const leftMs = this.#leftMs(course);
    if (leftMs < TRY_MIN_MS && course.tried.length > 0) throw this.#unavailable(course);
    if (restMs === 0) return endpoint;
    await this.#pause(Math.min(restMs, leftMs / 2));
    return this.#options.endpoints.choose().endpoint;
  }

  async #askAt(
    endpoint: EtcdEndpoint,
    path: string,
    text: string,
    course: Course,
    progress: { hasBegun: boolean },
  ): Promise<unknown> {
    const token = await this.#token.get(endpoint, this.#patienceMs(course));
    progress.hasBegun = true;
    try {
      return parsed(
        await this.#options.connections.ask(endpoint, post(path, text, token, 'leader'), this.#patienceMs(course)),
      );
    } catch (error) {
      if (error instanceof EtcdRefusal && error.meaning === 'token') await this.#token.forget(token);
      throw error;
    }
  }

  /** Returns where another try may help. */
  #judge(error: unknown, endpoint: EtcdEndpoint, course: Course): void {
    if (error instanceof StoreFault || error instanceof TooLong) throw error;
    const { location, endpoints } = this.#options;
    course.tried.push({ label: endpoint.label, said: error instanceof Error ? error.message : String(error) });
    if (error instanceof EtcdRefusal) {
      const { meaning } = error;
      if (meaning === 'compacted' || meaning === 'noLease') throw error;
      if (meaning === 'token' && this.#token.isRenewable && course.renewals < RENEWALS) {
        course.renewals += 1;
        return;
      }
      if (meaning === 'refused' || meaning === 'token') throw refusalFault(location, error);
    }
    endpoints.passOver(endpoint);
  }

  /** With others to ask, one that is silent does not get all the time there is. */
  #patienceMs(course: Course): number {
    const leftMs = this.#leftMs(course);
    const shareMs = this.#options.endpoints.count > 1 ? Math.min(leftMs / 2, SHARE_MAX_MS) : leftMs;
    return Math.max(shareMs, TRY_MIN_MS);
  }

  #leftMs({ untilMs }: Course): number {
    return untilMs - this.#options.clock.monotonicMs();
  }

  #unavailable({ tried, mayBeWritten }: Course): StoreFault {
    return unavailable(this.#options.location, tried, mayBeWritten);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}

/** `leader`: a member that knows none refuses at once, instead of waiting for one. */
function post(path: string, body: string, token: string | null, whom: 'leader' | 'any'): Outgoing {
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(token === null ? {} : { authorization: token }),
    ...(whom === 'leader' ? { 'grpc-metadata-hasleader': 'true' } : {}),
  };
  return { method: 'POST', path, headers, body };
}

function parsed(answered: Answered): unknown {
  if (answered.status !== 200) throw new EtcdRefusal(answered);
  try {
    return JSON.parse(answered.text);
  } catch (error) {
    throw new Unanswered(new Error('what it answered is not JSON', { cause: error }), true);
  }
}

export function notOpen(location: string): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', `${location} is not open.`, { details: { location } });
}
