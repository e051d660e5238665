// An agent's session at a process of a host, asked by the test: takes leases, keeps them, waits for them, and notes until when
// it may believe in each.

import { setTimeout as pass } from 'node:timers/promises';
import type { Acknowledged } from './acknowledged.ts';
import type { Believed, HeldToken } from './believed.ts';
import type { McpAgent, ToolAnswer } from './mcp-agent.ts';

type Arguments = Readonly<Record<string, unknown>>;

export interface SessionNotes {
  readonly believed: Believed;
  readonly heard: Acknowledged[];
}

const KEEP_MS = 700;
const WAIT_MS = 3_000;
const AGAIN_MS = 100;
/** What is not held any more, and never again by this token. */
const GONE = 'GONE';
const SESSION_ENDED = new Set([GONE, 'CREDENTIAL_WRONG', 'CREDENTIAL_REQUIRED']);
const ENDED = new Set([...SESSION_ENDED, 'TOKEN_STALE', 'NOT_HOLDER']);

/** Whether it is time to stop. */
export type IsOver = () => boolean;

export class HostSession {
  readonly name: string;
  readonly agent: McpAgent;
  readonly #handle: string;
  readonly #notes: SessionNotes;
  /** It ended without its doing, as a refusal says. */
  isLost = false;

  private constructor(name: string, agent: McpAgent, handle: string, notes: SessionNotes) {
    this.name = name;
    this.agent = agent;
    this.#handle = handle;
    this.#notes = notes;
  }

  static async open(agent: McpAgent, name: string, notes: SessionNotes): Promise<HostSession> {
    const answer = await agent.call('register', { id: name });
    if (answer.isError || typeof answer.told.session !== 'string') throw new Error(`${name}: ${answer.text}`);
    return new HostSession(name, agent, answer.told.session, notes);
  }

  /** Notes what the answer lets it believe. */
  async call(tool: string, args: Arguments): Promise<ToolAnswer> {
    const sentMs = performance.now();
    const answer = await this.#ask(tool, args);
    const { leases = [], waitedMs = 0, holds, safeForMs, code = '' } = answer.told;
    const heardMs = performance.now();
    const { believed } = this.#notes;
    for (const lease of leases) believed.told(lease.token, { untilMs: sentMs + waitedMs + lease.safeForMs, heardMs });
    if (holds === true && safeForMs !== undefined)
      believed.told(Number(args.token), { untilMs: sentMs + safeForMs, heardMs });
    if (SESSION_ENDED.has(code)) this.isLost = true;
    return answer;
  }

  /** What is free, or the test fails. */
  async take(resource: string, ttlMs: number): Promise<HeldToken> {
    const requestId = `${this.name}-take-${resource}`;
    const answer = await this.call('acquire_lock', { resources: [resource], ttlMs, requestId });
    const lease = this.#granted(answer, resource, requestId);
    if (lease === null) throw new Error(`${this.name}: ${answer.text}`);
    return lease;
  }

  /** Renews it again and again until it is refused for good, and answers with what code; null when it was over before. */
  async keep(lease: HeldToken, isOver: IsOver): Promise<string | null> {
    while (!isOver()) {
      const { isError, told } = await this.call('acquire_lock', { leases: [lease] });
      const code = isError ? told.code : told.refused?.find(({ token }) => token === lease.token)?.code;
      if (code !== undefined && ENDED.has(code)) return code;
      await pass(KEEP_MS);
    }
    return null;
  }

  /** Waits in line, in as many calls as it takes; null when it was over before. */
  async await(resource: string, isOver: IsOver): Promise<HeldToken | null> {
    const requestId = `${this.name}-await-${resource}`;
    let ticket: string | null = null;
    while (!isOver() && !this.isLost) {
      const ask = ticket === null ? { resources: [resource], requestId } : { ticket };
      const answer = await this.call('acquire_lock', { ...ask, waitMs: WAIT_MS });
      const lease = this.#granted(answer, resource, requestId);
      if (lease !== null) return lease;
      ticket = answer.told.ticket ?? ticket;
      if (answer.isError) await pass(AGAIN_MS);
    }
    if (ticket !== null && !this.isLost) await this.call('withdraw', { ticket });
    return null;
  }

  /** Gives them back. */
  async release(leases: readonly HeldToken[]): Promise<void> {
    if (leases.length === 0) return;
    const nowMs = performance.now();
    for (const { token } of leases) this.#notes.believed.gaveUp(token, nowMs);
    await this.call('release_lock', { leases });
  }

  async #ask(tool: string, args: Arguments): Promise<ToolAnswer> {
    try {
      return await this.agent.call(tool, { ...args, session: this.#handle });
    } catch (error) {
      if (!this.agent.isOver) throw error;
      return { isError: true, text: 'its process is gone', told: { code: GONE } };
    }
  }

  #granted({ told }: ToolAnswer, resource: string, requestId: string): HeldToken | null {
    const [lease] = told.leases ?? [];
    if (lease === undefined) return null;
    this.#notes.heard.push({ kind: 'granted', requestId, token: lease.token });
    return { resource, token: lease.token };
  }
}
