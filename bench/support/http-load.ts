// Load over HTTP: connections that each take a lock of their own and give it back, as fast as they are answered.

import autocannon from 'autocannon';

/** One kind of request, for one connection. */
export interface Exchange {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the lock that the exchange before was granted; 0 for the first. */
  readonly body: (token: number) => string;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** What connection number `i` sends, in turn. */
  readonly exchangesOf: (i: number) => readonly Exchange[];
}

export interface Measured {
  /** Answers a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of each round of a connection through its exchanges. */
  readonly roundMs: readonly number[];
}

const TOKEN = /"token":(\d+)/;

/** Rejects when one request was lost or refused: a fast no is no figure. */
export async function load({ url, connections, seconds, exchangesOf }: LoadOptions): Promise<Measured> {
  let started = 0;
  const wrong: string[] = [];
  const roundMs: number[] = [];
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => {
      let token = 0;
      const requests = exchangesOf(started).map(({ path, headers, body }) => ({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', ...headers },
        setupRequest: (request: Record<string, unknown>) => ({ ...request, body: body(token) }),
        onResponse: (status: number, answer: string) => {
          token = Number(TOKEN.exec(answer)?.[1] ?? 0);
          if (token === 0 || status >= 300) wrong.push(`${status} ${answer.slice(0, 300)}`);
        },
      }));
      started += 1;
      client.setRequests(requests);
      let answers = 0;
      let spentMs = 0;
      client.on('response', (_status, _bytes, tookMs) => {
        answers += 1;
        spentMs += tookMs;
        if (answers % requests.length !== 0) return;
        roundMs.push(spentMs);
        spentMs = 0;
      });
    },
  });
  const lost = result.errors + result.timeouts + result.non2xx;
  if (lost > 0 || wrong.length > 0) throw new Error(`${lost} lost, ${wrong.length} refused: ${wrong[0] ?? ''}`);
  return { perSecond: result['2xx'] / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99, roundMs };
}

/** A session of its own for each connection. */
export async function sessionsAt(url: string, count: number, name = 'cook'): Promise<readonly string[]> {
  const sessions: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const answer = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: `${name}-x${i}x` }),
    });
    const { session } = (await answer.json()) as { readonly session?: string };
    if (session === undefined) throw new Error(`no session: ${answer.status}`);
    sessions.push(session);
  }
  return sessions;
}

/** Acquire and release of one lock over REST, durably, under a key each, as a client of ours asks. */
export function restExchanges(session: string, resource: string): readonly Exchange[] {
  const headers = { authorization: `Bearer ${session}` };
  return [
    { path: '/v1/locks/acquire', headers, body: () => JSON.stringify({ resources: [resource], waitMs: 0 }) },
    { path: '/v1/locks/release', headers, body: (token) => JSON.stringify({ leases: [{ resource, token }] }) },
  ];
}
