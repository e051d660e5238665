// The stream and the pages of events over real connections: what a client sends, what it hears, and when it is refused.

import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFault } from '../../src/ports/event-store.ts';
import type { Served } from '../../src/surface/http/run-serve.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';
import { waitUntil } from '../support/wait-until.ts';

type Fields = Readonly<Record<string, unknown>>;

let scratch: Scratch;
let served: Served;

beforeEach(async () => {
  scratch = new Scratch();
  served = await serve(scratch);
});
afterEach(async () => {
  await served.stop();
  await scratch.close();
});

interface Frame {
  readonly id: number | null;
  readonly event: string | null;
  readonly data: Fields | null;
}

/** An open stream, read as it comes. */
class Stream {
  readonly status: number;
  readonly contentType: string;
  readonly #message: IncomingMessage;
  #text = '';
  isOver = false;

  constructor(message: IncomingMessage) {
    this.#message = message;
    this.status = message.statusCode ?? 0;
    this.contentType = message.headers['content-type'] ?? '';
    message.setEncoding('utf8');
    message.on('data', (text: string) => {
      this.#text += text;
    });
    message.on('error', () => undefined);
    message.on('close', () => {
      this.isOver = true;
    });
  }

  static open(query = '', headers: Readonly<Record<string, string>> = {}): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const request = get(`${served.url}/v1/stream${query}`, { headers, agent: false }, (message) =>
        resolve(new Stream(message)),
      );
      request.on('error', reject);
    });
  }

  get frames(): readonly Frame[] {
    const whole = this.#text.split('\n\n').slice(0, -1);
    return whole.map((text) => {
      const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? null;
      const [id, data] = [field('id'), field('data')];
      return {
        id: id === null ? null : Number(id),
        event: field('event'),
        data: data === null ? null : (JSON.parse(data) as Fields),
      };
    });
  }

  get facts(): readonly Fields[] {
    return this.frames.flatMap(({ event, data }) => (event === null && data !== null ? [data] : []));
  }

  get seqs(): readonly number[] {
    return this.facts.map(({ seq }) => Number(seq));
  }

  async until(what: string, look: () => boolean): Promise<void> {
    await waitUntil(what, look);
  }

  async close(): Promise<void> {
    this.#message.destroy();
    await waitUntil('the stream to end', () => this.isOver);
  }
}

async function send(method: string, path: string, body: unknown, bearer?: string): Promise<Fields> {
  const response = await fetch(`${served.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorization(bearer) },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Fields;
}

const authorization = (bearer?: string): Record<string, string> =>
  bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };

const register = async (id: string): Promise<string> => String((await send('POST', '/v1/sessions', { id })).session);

async function page(query: string, bearer?: string): Promise<Fields & { readonly events: readonly Fields[] }> {
  const response = await fetch(`${served.url}/v1/events${query}`, { headers: authorization(bearer) });
  return (await response.json()) as Fields & { readonly events: readonly Fields[] };
}

describe('GET /v1/stream', () => {
  it('says where it begins, then tells each fact with its number and its sentence', async () => {
    const ana = await register('ana');
    const stream = await Stream.open();
    expect(stream.contentType).toMatch(/^text\/event-stream/);
    await stream.until('the first frame', () => stream.frames.length > 0);
    const [ready] = stream.frames;
    expect(ready).toMatchObject({ event: 'ready', id: null, data: { after: expect.any(Number) as number } });
    await send('POST', '/v1/locks/acquire', { resources: ['task:stew'], waitMs: 0 }, ana);
    await stream.until('the grant', () => stream.facts.some(({ type }) => type === 'lease.granted'));
    const granted = stream.facts.find(({ type }) => type === 'lease.granted');
    expect(granted).toMatchObject({
      agentId: 'ana',
      resource: 'task:stew',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(granted?.sentence).toMatch(/^ana was granted task:stew/);
    expect(stream.frames.find(({ data }) => data === granted)?.id ?? granted?.seq).toBe(granted?.seq);
    await stream.close();
  });

  it('goes on after Last-Event-ID, which says more than the query of the first request', async () => {
    const ana = await register('ana');
    for (let i = 0; i < 5; i += 1) await send('PUT', `/v1/state/k${i}`, { value: i, ifVersion: 0 }, ana);
    const first = await Stream.open('?after=0');
    await first.until('five writes', () => first.facts.filter(({ type }) => type === 'state.put').length === 5);
    const { seqs } = first;
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    await first.close();
    const half = Math.floor(seqs.length / 2);
    const second = await Stream.open('?after=0', { 'last-event-id': String(half) });
    await second.until('the rest', () => second.seqs.at(-1) === seqs.at(-1));
    expect(second.seqs).toEqual(seqs.slice(half));
    await second.close();
  });

  it('shows what the filters ask for and nothing else', async () => {
    const [ana, bo] = [await register('ana'), await register('bo')];
    await send('POST', '/v1/locks/acquire', { resources: ['task:stew'], waitMs: 0 }, ana);
    await send('POST', '/v1/locks/acquire', { resources: ['port:80'], waitMs: 0 }, bo);
    await send('POST', '/v1/locks/acquire', { resources: ['README.md'], waitMs: 0 }, bo);
    const typesOf = async (query: string): Promise<readonly unknown[]> => {
      const { events } = await page(query);
      return events.map(({ type, resource = '' }) => `${String(type)} ${resource as string}`.trimEnd());
    };
    const worktree = String((await page('?type=session.opened')).events[0]?.worktree);
    expect(await typesOf('?type=lease.granted&agentId=ana')).toEqual(['lease.granted task:stew']);
    expect(await typesOf('?type=lease.*,agent.registered&agentId=bo')).toEqual([
      'agent.registered',
      'lease.granted port:80',
      `lease.granted file:@${worktree}/README.md`,
    ]);
    expect(await typesOf('?resource=file:READ')).toEqual([`lease.granted file:@${worktree}/README.md`]);
    expect(await typesOf('?resource=port:')).toEqual(['lease.granted port:80']);
    const session = String((await page('?type=session.opened&agentId=ana')).events[0]?.sessionId);
    expect((await page(`?session=${session}`)).events.every(({ agentId }) => agentId === 'ana')).toBe(true);
    const stream = await Stream.open('?after=0&type=lease.granted&resource=port:');
    await stream.until('the grant', () => stream.facts.length > 0);
    expect(stream.facts).toMatchObject([{ type: 'lease.granted', resource: 'port:80' }]);
    await stream.close();
  });

  it.each([
    ['a place that is no number', '?after=ten', {}, 'INVALID_ARGUMENT'],
    ['a negative place', '?after=-1', {}, 'INVALID_ARGUMENT'],
    ['a place twice', '?after=1&after=2', {}, 'INVALID_ARGUMENT'],
    ['a Last-Event-ID that is no number', '', { 'last-event-id': 'x; y' }, 'INVALID_ARGUMENT'],
    ['a type that there is none of', '?type=lease.stolen', {}, 'INVALID_ARGUMENT'],
    ['a handle for the id of a session', `?session=${'h'.repeat(43)}`, {}, 'INVALID_ARGUMENT'],
    ['an argument that there is none of', '?since=4', {}, 'INVALID_ARGUMENT'],
    ['a credential of nobody', '', { authorization: `Bearer ${'f'.repeat(43)}` }, 'CREDENTIAL_WRONG'],
  ])('refuses %s, before anything is streamed', async (_what, query, headers, code) => {
    const response = await fetch(`${served.url}/v1/stream${query}`, { headers: headers as Record<string, string> });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code, next: expect.any(String) as string });
  });

  it('says so as a problem when the log was truncated behind the place, and does not begin', async () => {
    const ana = await register('ana');
    await send('PUT', '/v1/state/k', { value: 1, ifVersion: 0 }, ana);
    const { coordinator } = served.fleet;
    const feed = coordinator.feed.bind(coordinator);
    // As a store answers whose first events are in the archive.
    coordinator.feed = (options) => {
      if (options.after < 2) throw new StoreFault('HISTORY_TRUNCATED', 'Events up to 2 were archived.');
      return feed(options);
    };
    for (const path of ['/v1/stream?after=0', '/v1/events?after=1']) {
      const response = await fetch(`${served.url}${path}`);
      expect(response.status).toBe(410);
      expect(await response.json()).toMatchObject({ code: 'HISTORY_TRUNCATED' });
    }
    expect((await page('?after=2')).events[0]).toMatchObject({ seq: 3 });
  });

  it('answers HEAD without taking a place among the readers', async () => {
    for (let i = 0; i < 230; i += 1) {
      const response = await fetch(`${served.url}/v1/stream`, { method: 'HEAD' });
      expect(response.status).toBe(200);
    }
  });

  it('has room for so many readers of one session, and again when one has gone', async () => {
    const ana = await register('ana');
    const streams: Stream[] = [];
    for (let i = 0; i < 16; i += 1) streams.push(await Stream.open('', authorization(ana)));
    const refused = await fetch(`${served.url}/v1/stream`, { headers: authorization(ana) });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({ code: 'BUSY' });
    const other = await Stream.open();
    expect(other.status).toBe(200);
    await streams[0]?.close();
    await waitUntil('room', async () => {
      const again = await Stream.open('', authorization(ana));
      if (again.status === 200) streams.push(again);
      return again.status === 200;
    });
    for (const stream of [...streams.slice(1), other]) await stream.close();
  });

  it('drops a client that does not read and closes its connection, while another one hears everything', async () => {
    const ana = await register('ana');
    const quick = await Stream.open('?after=0');
    const { hostname, port } = new URL(served.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /v1/stream?after=0 HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('readable', resolve));
    socket.pause();
    // More than the sockets of both sides hold, and the queue; until the server has one reader less.
    let version = 0;
    const value = 'v'.repeat(60_000);
    const isDropped = async (): Promise<boolean> =>
      /^brigade_stream_readers 1$/m.test(await (await fetch(`${served.url}/metrics`)).text());
    while (version % 10 !== 0 || version === 0 || !(await isDropped())) {
      await send('PUT', '/v1/state/big', { value, ifVersion: version }, ana);
      version += 1;
    }
    let heard = '';
    socket.on('data', (part: Buffer) => {
      heard = `${heard.slice(-2_000)}${part.toString('latin1')}`;
    });
    socket.resume();
    await waitUntil('the connection to be closed', () => isClosed, { withinMs: 20_000 });
    expect(/event: dropped\nid: \d+\ndata: (.*)/.exec(heard)?.[1]).toMatch(/^\{"reason":"slow"/);
    await quick.until('everything', () => quick.facts.filter(({ type }) => type === 'state.put').length === version);
    const { seqs } = quick;
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    await quick.close();
    socket.destroy();
  });

  it('tells its readers that the server stops, and lets them go on at the next one', async () => {
    const ana = await register('ana');
    const { port } = new URL(served.url);
    const stream = await Stream.open('?after=0');
    await stream.until('what is there', () => stream.facts.length > 0);
    await served.stop();
    await stream.until('the end', () => stream.isOver);
    const last = stream.frames.at(-1);
    expect(last).toMatchObject({ event: 'dropped', data: { reason: 'stopping', resumeAfter: stream.seqs.at(-1) } });
    served = await serve(scratch, { port: Number(port) });
    await send('POST', '/v1/locks/acquire', { resources: ['task:stew'], waitMs: 0 }, ana);
    const next = await Stream.open('', { 'last-event-id': String(last?.id) });
    await next.until('the grant', () => next.facts.some(({ type }) => type === 'lease.granted'));
    expect(next.seqs[0]).toBe(Number(last?.id) + 1);
    await next.close();
  });
});

describe('GET /v1/events', () => {
  it('leads through the log page by page, with nothing missing and nothing twice', async () => {
    const ana = await register('ana');
    for (let i = 0; i < 12; i += 1) await send('PUT', `/v1/state/k${i}`, { value: i, ifVersion: 0 }, ana);
    const seqs: number[] = [];
    let [after, end, isMore] = [0, 0, true];
    while (isMore) {
      const { events, cursor, hasMore, head } = await page(`?after=${after}&limit=5`);
      expect(events.length).toBeLessThanOrEqual(5);
      seqs.push(...events.map(({ seq }) => Number(seq)));
      after = Number(cursor);
      isMore = hasMore === true;
      end = Number(head);
    }
    expect(after).toBe(end);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(await page(`?after=${after}`)).toMatchObject({ events: [], cursor: after, hasMore: false });
  });

  it('shows texts of messages to author, addressee and operator, and hashes of secrets to nobody', async () => {
    const [ana, bo, cleo] = [await register('ana'), await register('bo'), await register('cleo')];
    await send('POST', '/v1/messages', { to: 'bo', type: 'info', text: 'the salt is in the sea' }, ana);
    const ran = await scratch.brigade(['token', 'operator', '--force']);
    const operator = /[A-Za-z0-9_-]{43}/.exec(ran.stdout)?.[0] ?? '';
    const textFor = async (bearer?: string) => (await page('?type=message.sent', bearer)).events[0]?.text;
    expect(await textFor()).toBe('');
    expect(await textFor(cleo)).toBe('');
    expect(await textFor(ana)).toBe('the salt is in the sea');
    expect(await textFor(bo)).toBe('the salt is in the sea');
    expect(await textFor(operator)).toBe('the salt is in the sea');
    const all = JSON.stringify((await page('?limit=1000', operator)).events);
    for (const name of ['handleHash', 'tokenHash']) expect(all).not.toMatch(new RegExp(`"${name}":"[^"]`));
    expect(all).not.toContain('"request":');
  });

  it.each([
    ['no rows', '?limit=0'],
    ['more rows than a page has', '?limit=1001'],
    ['a moment in the past, for which there are views', '?at=5'],
  ])('refuses %s', async (_what, query) => {
    const response = await fetch(`${served.url}/v1/events${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
