// Agents at a steady pace, by every way to a lock at once: REST, MCP over HTTP, MCP over stdio and the command line. All of them work
// on own locks most of the time, and want one that the others want too now and then.

import { setTimeout as pass } from 'node:timers/promises';
import type { Scratch } from '../../test/support/scratch.ts';
import { restExchanges, sessionsAt } from '../support/http-load.ts';
import { exchanges, headersAt } from '../support/mcp-http-load.ts';

/** Of each way. */
const AGENTS = 4;
const SHARED = ['task:stove', 'task:oven', 'task:knife'] as const;
/** One of so many turns is at a shared lock. */
const SHARED_EVERY = 20;
const TOKEN = /"token":(\d+)/;
/** A turn of an agent begins this long after the one before ended. */
const REST_MS = 300;
const CLI_REST_MS = 3_000;

/** Calls a tool of the `brigade mcp` beside it; answers the line. */
export type CallStdio = (name: string, args: object) => Promise<string>;

export class Crew {
  /** Of each pair over REST since it was taken last. */
  #pairMs: number[] = [];
  readonly counts: Record<string, number> = { rest: 0, 'mcp-http': 0, 'mcp-stdio': 0, cli: 0 };
  readonly wrong: string[] = [];
  readonly #ending = new AbortController();
  #lives: Promise<void>[] = [];

  /** Begins to work. */
  async start(url: string, scratch: Scratch, stdio: CallStdio): Promise<void> {
    const sessions = await sessionsAt(url, 2 * AGENTS + 1);
    const headers = await headersAt(url, '2026-07-28', sessions);
    for (let i = 0; i < AGENTS; i += 1) {
      this.#live('rest', REST_MS, (turn) =>
        this.#timed(() => this.#rest(url, sessions[i] ?? '', lockOf('rest', i, turn))),
      );
      const own = headers[AGENTS + i] ?? {};
      this.#live('mcp-http', REST_MS, (turn) => overMcp(url, own, lockOf('mcp-http', i, turn)));
      this.#live('mcp-stdio', REST_MS, (turn) => overStdio(stdio, stdioLock(i, turn)));
    }
    this.#live('rest', 2_000, (turn) => talk(url, sessions[0] ?? '', turn));
    const env = { BRIGADE_SESSION: sessions.at(-1) ?? '' };
    this.#live('cli', CLI_REST_MS, (turn) => onCommandLine(scratch, env, turn));
  }

  /** What pairs over REST took since this was asked last, ms. */
  takePairs(): readonly number[] {
    const taken = this.#pairMs;
    this.#pairMs = [];
    return taken;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#lives);
  }

  /** As many pairs as it takes to bring the log to the length at which retention begins. */
  async fill(url: string, events: number): Promise<void> {
    const sessions = await sessionsAt(url, 32, 'porter');
    let left = Math.ceil(events / 2);
    const work = async (session: string, i: number): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#rest(url, session, `task:fill-${i}`);
      }
    };
    await Promise.all(sessions.map(work));
  }

  #live(kind: string, restMs: number, turn: (n: number) => Promise<void>): void {
    const live = async (): Promise<void> => {
      for (let n = 1; !this.#ending.signal.aborted; n += 1) {
        try {
          await turn(n);
          this.counts[kind] = (this.counts[kind] ?? 0) + 1;
        } catch (error) {
          this.wrong.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
        }
        await pass(restMs, undefined, { signal: this.#ending.signal }).catch(() => 'the end');
      }
    };
    this.#lives.push(live());
  }

  async #timed(pair: () => Promise<void>): Promise<void> {
    const beganMs = performance.now();
    await pair();
    this.#pairMs.push(performance.now() - beganMs);
  }

  async #rest(url: string, session: string, resource: string): Promise<void> {
    let token = 0;
    for (const { path, headers, body } of restExchanges(session, resource)) {
      const asked = JSON.parse(body(token)) as object;
      const waiting = 'waitMs' in asked ? { ...asked, waitMs: 20_000 } : asked;
      token = await post(`${url}${path}`, headers, JSON.stringify(waiting));
    }
  }
}

function lockOf(way: string, agent: number, turn: number): string {
  if (turn % SHARED_EVERY === 0) return SHARED[(turn / SHARED_EVERY) % SHARED.length] ?? SHARED[0];
  return `task:${way}-${agent}-${turn % 5}`;
}

/** Its agents share one session, so only one of them goes for what others want too. */
function stdioLock(agent: number, turn: number): string {
  return lockOf('mcp-stdio', agent, agent === 0 ? turn : SHARED_EVERY * turn + 1);
}

async function overMcp(url: string, headers: Readonly<Record<string, string>>, resource: string): Promise<void> {
  let token = 0;
  for (const { path, headers: own, body } of exchanges('2026-07-28', headers, resource)) {
    token = await post(`${url}${path}`, own, body(token).replace('"waitMs":0', '"waitMs":20000'));
  }
}

async function overStdio(call: CallStdio, resource: string): Promise<void> {
  const token = tokenIn(await call('acquire_lock', { resources: [resource], waitMs: 20_000 }));
  await call('release_lock', { leases: [{ resource, token }] });
}

/** What agents do besides: shared values, messages, looking. */
async function talk(url: string, session: string, turn: number): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${session}` };
  const text = `turn ${turn}: the stew is on`;
  const asks = [
    { method: 'POST', path: '/v1/messages', body: { to: 'cook-x0x', type: 'info', text } },
    { method: 'GET', path: '/v1/messages' },
    { method: 'GET', path: '/v1/locks' },
    { method: 'GET', path: '/v1/waits' },
    { method: 'GET', path: '/v1/alerts' },
  ];
  for (const { method, path, body } of asks) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${told.slice(0, 200)}`);
  }
}

async function onCommandLine(scratch: Scratch, env: Readonly<Record<string, string>>, turn: number): Promise<void> {
  const lines = [['acquire', `task:cli-${turn % 5}`, '--wait', '20s'], ['locks'], ['release', '--all']];
  for (const line of lines) {
    const { code, stderr } = await scratch.brigade(line, { env });
    if (code !== 0) throw new Error(`brigade ${line.join(' ')} ended with ${code}: ${stderr.slice(0, 300)}`);
  }
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 300)}`);
  return tokenIn(text);
}

function tokenIn(text: string): number {
  const token = Number(TOKEN.exec(text)?.[1] ?? 0);
  if (token === 0) throw new Error(`no token: ${text.slice(0, 300)}`);
  return token;
}
