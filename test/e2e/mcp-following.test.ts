// What is known of a conversation of MCP beyond the server that held it: that it ended, and what its client follows.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SUBSCRIPTIONS_MAX } from '../../src/surface/mcp/resources/subscriptions.ts';
import { first, type HttpClient, second } from '../support/http-clients.ts';
import { ask, callTool, converse, headersOf, structured } from '../support/raw-mcp-http.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: ServedProcess;
const clients: HttpClient[] = [];

beforeEach(async () => {
  scratch = new Scratch();
  served = await ServedProcess.start(scratch);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await served.end('SIGKILL');
  await scratch.close();
});

async function restart(): Promise<void> {
  const { port } = served;
  await served.end('SIGKILL');
  served = await ServedProcess.start(scratch, { port });
}

async function register(id: string): Promise<string> {
  const conversation = await converse(served.url);
  return String(structured(await callTool(served.url, 'register', { id }, { id: conversation })).session);
}

async function acquire(session: string, task: string): Promise<void> {
  const granted = await callTool(
    served.url,
    'acquire_lock',
    { resources: [task], session },
    { id: await converse(served.url) },
  );
  expect(structured(granted)).toMatchObject({ status: 'granted' });
}

function follow(id: string, uri: string) {
  return ask(served.url, 'resources/subscribe', { uri }, { id, version: '2025-11-25' });
}

const NOT_FOUND = { status: 404, message: { error: { code: -32_001 } } };
const FOLLOWED = 'brigade://locks/task%3Afollowed';
const UPDATED = 'notifications/resources/updated';

describe('after a kill of the server', () => {
  it('a conversation that was ended is over, whatever is shown', async () => {
    const id = await converse(served.url);
    const session = await register('ana');
    const ended = await fetch(`${served.url}/mcp`, { method: 'DELETE', headers: headersOf({ id }) });
    expect(ended.status).toBe(200);
    await restart();
    expect(await ask(served.url, 'tools/list', {}, { id, bearer: session })).toMatchObject(NOT_FOUND);
    expect(await callTool(served.url, 'fleet_status', { session }, { id })).toMatchObject(NOT_FOUND);
  });

  it.each([
    ['first', first()],
    ['second', second()],
  ])(
    'a client of the %s generation that follows something hears of it again, and that it may have missed something',
    async (_name, connect) => {
      const session = await register('ana');
      const client = await connect({ url: served.url });
      clients.push(client);
      const id = client.id();
      const told: string[] = [];
      // Its handle is in no header: nothing but its id says who it is.
      await client.subscribe(FOLLOWED, (uri) => told.push(uri));
      await restart();
      await waitUntil('word that something may have changed', () => told.length > 0, { withinMs: 30_000 });
      told.length = 0;
      await acquire(session, 'task:followed');
      await waitUntil('word of the lock', () => told.length > 0);
      expect(new Set(told)).toEqual(new Set([FOLLOWED]));
      expect(client.id()).toBe(id);
      expect(await client.tool('release_lock', { all: true, session })).toMatchObject({ released: [{}] });
    },
  );

  it('a client that listens no more hears with its next answer what it missed, once', async () => {
    const session = await register('ana');
    const id = await converse(served.url);
    expect(await follow(id, FOLLOWED)).toMatchObject({ status: 200 });
    await restart();
    const call = async (): Promise<string> => {
      const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'fleet_status', arguments: {} } };
      const headers = { ...headersOf({ id, bearer: session }), 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(message) };
      return (await fetch(`${served.url}/mcp`, init)).text();
    };
    const text = await call();
    expect(text).toContain(UPDATED);
    expect(text).toContain(FOLLOWED);
    expect(text).toContain('structuredContent');
    expect(await call()).not.toContain(UPDATED);
    await acquire(session, 'task:followed');
    await waitUntil('word with an answer', async () => (await call()).includes(FOLLOWED));
  });

  it('what was followed no more is not, and such a conversation needs a handle again', async () => {
    const session = await register('ana');
    const id = await converse(served.url);
    await follow(id, FOLLOWED);
    expect(await ask(served.url, 'resources/unsubscribe', { uri: FOLLOWED }, { id })).toMatchObject({ status: 200 });
    await restart();
    expect(await ask(served.url, 'tools/list', {}, { id })).toMatchObject(NOT_FOUND);
    expect(await ask(served.url, 'tools/list', {}, { id, bearer: session })).toMatchObject({ status: 200 });
  });

  it('who followed more than is kept is told to begin anew', async () => {
    const session = await register('ana');
    const id = await converse(served.url);
    for (let i = 0; i < SUBSCRIPTIONS_MAX; i += 1) {
      const uri = `brigade://locks/task%3A${String(i).padStart(500, 'x')}`;
      expect(await follow(id, uri)).toMatchObject({ status: 200, message: { result: {} } });
    }
    await restart();
    expect(await ask(served.url, 'tools/list', {}, { id, bearer: session })).toMatchObject(NOT_FOUND);
  });
});
