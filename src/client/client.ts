// `brigade/client`: a fleet through a server, for whatever has `fetch`. Nothing here is of Node alone.

import type { Agent, Brigade, BrigadeEvent, EventsOptions, Identity, Notice, Registration } from './agent.ts';
import { eventStream } from './event-stream.ts';
import { HttpAgent } from './http-agent.ts';
import { type Fetch, HttpCalls } from './http-calls.ts';
import { platformTime } from './platform.ts';
import type { Time } from './time.ts';

export type * from './agent.ts';
export { BrigadeError, type Rejection } from './brigade-error.ts';

export interface ConnectOptions extends Registration {
  /** Where `brigade serve` is, as it prints it. */
  readonly url: string;
  /** Goes on as the agent whose handle this is, for a program that was started again. */
  readonly session?: string;
  /** Name of this program, for people. */
  readonly client?: string;
  /** What a fleet asks of whoever comes from another machine. */
  readonly joinToken?: string;
  /** Hears what an agent must know; it comes with the answer to any call. */
  readonly onNotice?: (notice: Notice) => void;
  /** A request that gets no answer is asked again for so long; 30 s. */
  readonly patienceMs?: number;
  /** Instead of the one that is there. */
  readonly fetch?: Fetch;
}

const URL_DEFAULT = 'http://127.0.0.1:7420';
const PATIENCE_MS = 30_000;
const CLIENT = 'library';

/** A fleet through its server. Nothing is asked before something is wanted. */
export function connectBrigade(options: Partial<ConnectOptions> = {}): Brigade {
  const { url = URL_DEFAULT, session = null, patienceMs = PATIENCE_MS, onNotice, client = CLIENT } = options;
  const { fetch: given = (to, init) => fetch(to, init) } = options;
  const { id, purpose, onTaken, tags, notes, joinToken } = options;
  const asked = { id, purpose, onTaken, tags, notes, joinToken, client };
  const calls = new HttpCalls({
    url: url.replace(/\/+$/, ''),
    fetch: given,
    time: platformTime(),
    patienceMs,
    onNotices: (notices) => {
      for (const notice of notices) onNotice?.(notice as Notice);
    },
  });
  return new HttpBrigade(calls, {
    asked: withoutUndefined(asked),
    session,
    common: withoutUndefined({ client, joinToken }),
  });
}

interface Parts {
  readonly asked: Registration;
  readonly session: string | null;
  /** What every agent of this program says. */
  readonly common: object;
}

class HttpBrigade extends HttpAgent implements Brigade {
  readonly #calls: HttpCalls;
  readonly #common: object;
  readonly #others = new Set<HttpAgent>();
  readonly #time: Time;
  #isNamed = false;

  constructor(calls: HttpCalls, { asked, session, common }: Parts) {
    super(calls, { asked, session });
    this.#calls = calls;
    this.#common = common;
    this.#time = calls.time;
  }

  override who(): Promise<Identity> {
    this.#isNamed = true;
    return super.who();
  }

  async register(asked: Registration = {}): Promise<Agent> {
    if (!this.#isNamed) {
      this.name(asked);
      try {
        await this.who();
      } catch (error) {
        this.#isNamed = false;
        throw error;
      }
      return this;
    }
    const other = new HttpAgent(this.#calls, { asked: { ...this.#common, ...asked }, session: null });
    this.#others.add(other);
    await other.who();
    return other;
  }

  events(options: EventsOptions = {}): AsyncIterable<BrigadeEvent> {
    return eventStream({ calls: this.#calls, time: this.#time, session: this.session, ...options });
  }

  override async close(): Promise<void> {
    await Promise.all(Array.from(this.#others, (other) => other.close()));
    await super.close();
  }
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter((entry) => entry[1] !== undefined)) as never;
}
