// A server whose fleet has something to show on every page: holders and waiters, a circle that was broken, a paused agent,
// check-ins, an alert and an incident, and names that a careless page would take for markup.

import type { Scratch } from './scratch.ts';
import { ServedProcess } from './served.ts';

/** What a page that trusts what it shows would run. */
export const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
export const MARKED_TASK = 'task:<b>soup</b>&amp;';
/** Nowhere in it may a line end. */
const LONG_TASK = `task:${'mise_en_place_'.repeat(12)}`;
const STAYS_MS = 600_000;

export class DashboardStage {
  readonly server: ServedProcess;
  readonly operatorToken: string;
  readonly #handles = new Map<string, string>();

  private constructor(server: ServedProcess, operatorToken: string) {
    this.server = server;
    this.operatorToken = operatorToken;
  }

  static async set(scratch: Scratch, { port = 0 } = {}): Promise<DashboardStage> {
    const token = (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim();
    const server = await ServedProcess.start(scratch, { port, args: ['--rate-limit', 'off'] });
    return new DashboardStage(server, token);
  }

  async register(id: string): Promise<void> {
    const { session } = await this.#send<{ readonly session: string }>('/v1/sessions', { id });
    this.#handles.set(id, session);
  }

  acquire(id: string, resources: readonly string[], reason = '', waitMs = 0): Promise<unknown> {
    return this.as(id, '/v1/locks/acquire', { resources, reason, waitMs });
  }

  /** Stands in line, and stays there when the call is over. */
  async queue(id: string, resources: readonly string[], reason = ''): Promise<void> {
    await this.acquire(id, resources, reason, 1).catch(/* The answer is that it waits. */ () => undefined);
  }

  /** Stands in line, and stays there while the server runs: however slow the machine is, it is there when a page is looked at. */
  async stay(id: string, resources: readonly string[], reason = ''): Promise<void> {
    const { ticket } = (await this.acquire(id, resources, reason, 1)) as { readonly ticket: string };
    this.as(id, '/v1/locks/acquire', { ticket, waitMs: STAYS_MS }).catch(/* The server ends first. */ () => undefined);
  }

  as(id: string, path: string, body: object): Promise<unknown> {
    return this.#send(path, body, this.#handles.get(id));
  }

  operator(path: string, body: object): Promise<unknown> {
    return this.#send(path, body, this.operatorToken);
  }

  /** Something for every page. */
  async play(): Promise<void> {
    for (const id of ['ana', 'bo', 'cleo', 'dan', 'fay']) await this.register(id);
    await this.acquire('ana', ['file:src/rules.ts', 'file:src/server.ts'], `tidying ${MARKUP}`);
    await this.acquire('bo', [MARKED_TASK], MARKUP);
    await this.acquire('fay', [LONG_TASK], LONG_TASK);
    await this.stay('cleo', ['file:src/rules.ts', LONG_TASK], MARKUP);
    await this.stay('dan', ['file:src/rules.ts']);
    await this.stay('bo', ['file:src/server.ts']);
    // It would close a circle, and is refused: an alert, and an incident.
    await this.queue('ana', [MARKED_TASK]);
    for (const confidence of [0.9, 0.6, 0.7]) {
      const summary = `stirred ${MARKUP}`;
      await this.as('ana', '/v1/checkins', { summary, complexity: 0.4, confidence });
    }
    await this.operator('/v1/agents/dan/pause', { reason: `to look ${MARKUP}` });
    // An alert that is over.
    await this.operator('/v1/agents/fay/pause', { reason: LONG_TASK });
    await this.operator('/v1/agents/fay/resume', { reason: 'seen' });
  }

  async #send<T>(path: string, body: object, bearer?: string): Promise<T> {
    const headers = {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const answer = await fetch(`${this.server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
