// Clients of a server that take a lock, count under it and give it back, without end, whatever becomes of the server: what got
// no answer they ask again under the same id. What they were told has happened is noted as it arrives.

import { setTimeout as pause } from 'node:timers/promises';
import { type Brigade, BrigadeError, connectBrigade } from '../../src/client/client.ts';
import type { Acknowledged } from './acknowledged.ts';
import { conversation, type RawCall, stateless } from './mcp-over-http.ts';
import type { Fields } from './raw-mcp-http.ts';

export type Way = 'rest' | 'mcp 2025-11-25' | 'mcp 2026-07-28';

export interface Kitchen {
  readonly url: string;
  readonly resources: readonly string[];
  /** Hears what is acknowledged. */
  readonly onHeard: (heard: Acknowledged) => void;
}

/** Longer than a server needs to start again, by far. */
const PATIENCE_MS = 60_000;
const WAIT_MS = 2_000;
const AGAIN_MS = 100;
/** Refusals that pass, as any client has to take them. */
const PASSING = new Set(['STORE_UNAVAILABLE', 'STORE_REGRESSED', 'BUSY', 'RATE_LIMITED']);

export class HttpCook {
  readonly name: string;
  /** When something was first acknowledged since the mark; null before. */
  firstHeardMs: number | null = null;
  /** How often something was, since the mark. */
  heardTimes = 0;
  /** For how long nothing was, since the mark. */
  longestSilenceMs = 0;
  #lastHeardMs = 0;
  readonly #kitchen: Kitchen;
  #isOver = false;
  #working: Promise<void> = Promise.resolve();

  constructor(name: string, kitchen: Kitchen) {
    this.name = name;
    this.#kitchen = kitchen;
  }

  /** Forgets when something was heard. */
  mark(): void {
    this.firstHeardMs = null;
    this.heardTimes = 0;
    this.longestSilenceMs = 0;
    this.#lastHeardMs = performance.now();
  }

  start(way: Way): void {
    this.#working = way === 'rest' ? this.#workByRest() : this.#workByMcp(way);
    this.#working.catch(() => {
      // Whoever stops it hears of it.
    });
  }

  /** Ends after the turn under way. Rejects with what went wrong meanwhile. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#working;
  }

  #hear(heard: Acknowledged): void {
    const nowMs = performance.now();
    this.firstHeardMs ??= nowMs;
    this.heardTimes += 1;
    this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.#lastHeardMs);
    this.#lastHeardMs = nowMs;
    this.#kitchen.onHeard(heard);
  }

  #resourceOf(turn: number): string {
    const { resources } = this.#kitchen;
    return resources[turn % resources.length] ?? '';
  }

  async #workByRest(): Promise<void> {
    const { url } = this.#kitchen;
    const brigade = connectBrigade({ url, id: this.name, patienceMs: PATIENCE_MS, fetch: this.#listeningFetch() });
    for (let turn = 0; !this.#isOver; turn += 1) await this.#turnByRest(brigade, turn);
    await brigade.close();
  }

  async #turnByRest(brigade: Brigade, turn: number): Promise<void> {
    try {
      const lease = await brigade.acquire(this.#resourceOf(turn), { waitMs: WAIT_MS });
      await brigade.state.put(`count-${this.name}`, turn, lease);
      await lease.release();
    } catch (error) {
      if (!(error instanceof BrigadeError && error.code === 'WAIT_TIMED_OUT')) throw error;
    }
  }

  /** What the client is told, with the key under which it asked. */
  #listeningFetch(): (url: string, init: RequestInit) => Promise<Response> {
    return async (url, init) => {
      const response = await fetch(url, init);
      const requestId = new Headers(init.headers).get('idempotency-key') ?? '';
      if (response.ok) this.#hearAll(requestId, (await response.clone().json()) as Fields);
      return response;
    };
  }

  /** Of whatever answer: the fields say what happened. */
  #hearAll(requestId: string, told: Fields): void {
    const {
      leases = [],
      released = [],
      key,
      version,
      status,
    } = told as {
      readonly leases?: readonly { readonly token: number }[];
      readonly released?: readonly { readonly token: number }[];
      readonly key?: string;
      readonly version?: number;
      readonly status?: string;
    };
    if (status === 'granted') for (const { token } of leases) this.#hear({ kind: 'granted', requestId, token });
    for (const { token } of released) this.#hear({ kind: 'released', requestId, token });
    if (key !== undefined && version !== undefined) this.#hear({ kind: 'put', requestId, key, version });
  }

  async #workByMcp(way: Way): Promise<void> {
    const { url } = this.#kitchen;
    const call = way === 'mcp 2025-11-25' ? await conversation(url) : stateless(url);
    const { session } = await this.#insist(call, 'register', { id: this.name, requestId: `${this.name}-register` });
    for (let turn = 0; !this.#isOver; turn += 1) {
      const resource = this.#resourceOf(turn);
      const ask = (tool: string, args: Fields): Promise<Fields> =>
        this.#insist(call, tool, { ...args, session, requestId: `${this.name}-${tool}-${turn}` });
      const { leases: [lease] = [], ticket } = (await ask('acquire_lock', {
        resources: [resource],
        waitMs: WAIT_MS,
      })) as {
        readonly leases?: readonly { readonly token: number }[];
        readonly ticket?: string;
      };
      if (lease === undefined) {
        if (ticket !== undefined) await ask('withdraw', { ticket });
        continue;
      }
      const { token } = lease;
      await ask('put_state', { key: `count-${this.name}`, value: turn, resource, token });
      await ask('release_lock', { leases: [{ resource, token }] });
    }
  }

  /** Asks until there is an answer that does not pass. */
  async #insist(call: RawCall, tool: string, args: Fields): Promise<Fields> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const told = await call(tool, args).catch((error: unknown) => error);
      const isAnswer = !(told instanceof Error) && !PASSING.has(String((told as Fields).code));
      if (isAnswer) {
        this.#hearAll(String(args.requestId), told as Fields);
        return told as Fields;
      }
      if (performance.now() > untilMs) throw new Error(`${tool} got no answer`, { cause: told });
      await pause(AGAIN_MS);
    }
  }
}
