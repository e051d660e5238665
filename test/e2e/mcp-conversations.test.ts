// Conversations of MCP over HTTP as clients of the 2025 era hold them: how they begin, go on after a restart, fall silent and end,
// and what is no request of theirs.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Served } from '../../src/surface/http/run-serve.ts';
import type { McpHttpSettings } from '../../src/surface/mcp/http/mcp-endpoint.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { first, second } from '../support/http-clients.ts';
import { type Answered, ask, callTool, converse, headersOf, post, structured } from '../support/raw-mcp-http.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: Served | null = null;

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  await served?.stop();
  served = null;
  await scratch.close();
});

async function start(mcp: McpHttpSettings = {}, port = 0): Promise<string> {
  served = await serve(scratch, { mcp, port });
  return served.url;
}

/** Ends the server and starts another one at the same address. */
async function restart(url: string): Promise<void> {
  await served?.stop();
  await start({}, Number(new URL(url).port));
}

async function register(url: string, id: string, agentId: string): Promise<string> {
  return String(structured(await callTool(url, 'register', { id: agentId }, { id })).session);
}

function end(url: string, id: string, bearer?: string): Promise<Response> {
  const headers = headersOf({ id, ...(bearer === undefined ? {} : { bearer }) });
  return fetch(`${url}/mcp`, { method: 'DELETE', headers });
}

const NOT_FOUND = { status: 404, message: { error: { code: -32_001 } } };

describe('after a restart of the server', () => {
  it('whoever shows the handle of a live session goes on under the same id', async () => {
    const url = await start();
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    const held = await callTool(url, 'acquire_lock', { resources: ['task:kept'], session }, { id });
    expect(structured(held)).toMatchObject({ status: 'granted' });
    await restart(url);
    const listed = await ask(url, 'tools/list', {}, { id, version: '2025-11-25', bearer: session });
    expect(listed).toMatchObject({ status: 200, message: { result: { tools: expect.any(Array) as unknown } } });
    expect(listed.headers.get('mcp-session-id')).toBe(id);
    const released = await callTool(url, 'release_lock', { all: true, session }, { id, version: '2025-11-25' });
    expect(structured(released)).toMatchObject({ released: [{ resource: 'task:kept' }] });
  });

  it('a handle among the arguments of a call is as good, and several calls at once find one transport', async () => {
    const url = await start();
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    await restart(url);
    const puts = Array.from({ length: 8 }, (_, index) => ({ key: `k${index}`, value: index, ifVersion: 0, session }));
    const answers = await Promise.all(puts.map((args) => callTool(url, 'put_state', args, { id })));
    expect(answers.map(({ status }) => status)).toEqual(puts.map(() => 200));
    expect(answers.map(structured)).toEqual(puts.map(() => expect.objectContaining({ version: 1 }) as unknown));
  });

  it('a beginning that does not say how is refused as wrong, whatever conversation it names, and is no fault of ours', async () => {
    const url = await start();
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    for (const conversation of [id, '"1"'])
      expect(
        await ask(url, 'initialize', { uri: 'x' }, { id: conversation, version: '2025-11-25', bearer: session }),
      ).toMatchObject({
        status: 400,
        message: { error: { code: -32_602 } },
      });
  });

  it('nobody else does: the specification wants them to begin anew', async () => {
    const url = await start();
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    await restart(url);
    expect(await ask(url, 'tools/list', {}, { id })).toMatchObject(NOT_FOUND);
    expect(await ask(url, 'tools/list', {}, { id, bearer: 'x'.repeat(43) })).toMatchObject(NOT_FOUND);
    expect(await callTool(url, 'fleet_status', { session: 'x' }, { id })).toMatchObject(NOT_FOUND);
    const garbled = await ask(url, 'tools/list', {}, { id: 'x'.repeat(200), bearer: session });
    expect(garbled).toMatchObject(NOT_FOUND);
    const unheard = await ask(url, 'tools/list', {}, { id, bearer: session, version: '2019-01-01' });
    expect(unheard).toMatchObject({ status: 400 });
  });

  it.each([
    ['first', first()],
    ['second', second()],
  ])('the client of the %s generation does not notice', async (_name, connect) => {
    const url = await start();
    const id = await converse(url);
    const bearer = await register(url, id, 'ana');
    const client = await connect({ url, bearer });
    expect(await client.tool('acquire_lock', { resources: ['task:a'] })).toMatchObject({ status: 'granted' });
    await restart(url);
    expect(await client.tool('release_lock', { all: true })).toMatchObject({ released: [{ resource: 'task:a' }] });
    await client.close();
  });
});

describe('the end', () => {
  it('by DELETE is for good, whatever is shown', async () => {
    const url = await start();
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    expect((await end(url, id)).status).toBe(200);
    expect(await ask(url, 'tools/list', {}, { id })).toMatchObject(NOT_FOUND);
    expect(await ask(url, 'tools/list', {}, { id, bearer: session })).toMatchObject(NOT_FOUND);
    expect((await end(url, id, session)).status).toBe(404);
  });

  it('by DELETE cuts what waits and ends no session', async () => {
    const url = await start();
    const [id, other] = [await converse(url), await converse(url)];
    const [ana, bo] = [await register(url, id, 'ana'), await register(url, id, 'bo')];
    await callTool(url, 'acquire_lock', { resources: ['task:a'], session: ana }, { id });
    const call = callTool(url, 'acquire_lock', { resources: ['task:a'], session: bo }, { id: other });
    await untilWait(url, id, 'parked');
    await end(url, other);
    expect((await call).message).toBeNull();
    await untilWait(url, id, 'away');
    const again = await callTool(url, 'check_token', { resource: 'task:a', token: 1, session: bo }, { id });
    expect(again.message?.result?.isError ?? false).toBe(false);
  });

  it('of its response stream cuts a call of this era too: the place is kept', async () => {
    const url = await start();
    const id = await converse(url);
    const [ana, bo] = [await register(url, id, 'ana'), await register(url, id, 'bo')];
    await callTool(url, 'acquire_lock', { resources: ['task:a'], session: ana }, { id });
    const hangUp = new AbortController();
    const args = { resources: ['task:a'], session: bo };
    const call = callTool(url, 'acquire_lock', args, { id, signal: hangUp.signal });
    await untilWait(url, id, 'parked');
    hangUp.abort();
    await expect(call).rejects.toThrow('abort');
    await untilWait(url, id, 'away');
  });

  it('of the server lets what waits answer with its ticket, and then takes nothing more', async () => {
    const url = await start();
    const id = await converse(url);
    const [ana, bo] = [await register(url, id, 'ana'), await register(url, id, 'bo')];
    await callTool(url, 'acquire_lock', { resources: ['task:a'], session: ana }, { id });
    const call = callTool(url, 'acquire_lock', { resources: ['task:a'], session: bo }, { id });
    const listening = fetch(`${url}/mcp`, { headers: { ...headersOf({ id }), accept: 'text/event-stream' } });
    await untilWait(url, id, 'parked');
    await served?.stop();
    expect(structured(await call)).toMatchObject({ status: 'queued', ticket: expect.any(String) as string });
    expect(await (await listening).text()).toBe('');
  });
});

describe('silence', () => {
  it('for half an hour ends a transport; one that is listened to lives on', async () => {
    const clock = createFakeClock();
    const url = await start({ clock });
    const [id, quiet] = [await converse(url), await converse(url)];
    const hangUp = new AbortController();
    const accept = { accept: 'text/event-stream' };
    // Whoever lets go of an answer ends its stream, whenever memory is collected.
    const listening = await fetch(`${url}/mcp`, {
      headers: { ...headersOf({ id }), ...accept },
      signal: hangUp.signal,
    });
    await clock.advance(29 * 60_000);
    expect(await ask(url, 'ping', {}, { id: quiet })).toMatchObject({ status: 200 });
    await clock.advance(29 * 60_000);
    expect(await ask(url, 'ping', {}, { id: quiet })).toMatchObject({ status: 200 });
    await clock.advance(34 * 60_000);
    expect(await ask(url, 'ping', {}, { id: quiet })).toMatchObject(NOT_FOUND);
    expect(await ask(url, 'ping', {}, { id })).toMatchObject({ status: 200 });
    expect(listening).toMatchObject({ status: 200, bodyUsed: false });
    hangUp.abort();
    await waitUntil('the end of the stream to be seen', async () => {
      await clock.advance(34 * 60_000);
      return (await ask(url, 'ping', {}, { id })).status === 404;
    });
  });

  it('leaves room: at the bound a client hears that it may try later', async () => {
    const clock = createFakeClock();
    const url = await start({ clock, transportsMax: 2 });
    await converse(url);
    const id = await converse(url);
    const session = await register(url, id, 'ana');
    const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    const refused = await ask(url, 'initialize', hello);
    expect(refused).toMatchObject({ status: 503, message: { error: { data: { code: 'BUSY', retry: 'afterWait' } } } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await ask(url, 'ping', {}, { id: 'another', bearer: session })).toMatchObject({ status: 503 });
    await end(url, id);
    expect(await ask(url, 'initialize', hello)).toMatchObject({ status: 200 });
    await clock.advance(34 * 60_000);
    await converse(url);
    await converse(url);
  });
});

describe('what is no message', () => {
  it.each<[string, number, number, (url: string) => Promise<Answered>]>([
    ['no JSON', 400, -32_700, (url) => post(url, '{"jsonrpc":')],
    ['an empty body', 400, -32_700, (url) => post(url, '')],
    ['no JSON-RPC', 400, -32_600, (url) => post(url, '{"method":"tools/list"}')],
    ['a request without an id of a conversation', 400, -32_000, (url) => ask(url, 'tools/list', {})],
    ['more than fits', 413, -32_600, (url) => post(url, `"${'x'.repeat(5_000_000)}"`)],
  ])('%s is answered as the protocol says', async (_name, status, code, send) => {
    const url = await start();
    expect(await send(url)).toMatchObject({ status, message: { error: { code } } });
    expect(await converse(url)).not.toBe('');
  });

  it('another type, or another method, is refused', async () => {
    const url = await start();
    const plain = await fetch(`${url}/mcp`, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } });
    expect(plain.status).toBe(415);
    expect((await fetch(`${url}/mcp`, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(`${url}/mcp`)).status).toBe(400);
  });

  it('in pieces, and more than fits, is not read to its end', async () => {
    const url = await start();
    const piece = new TextEncoder().encode('x'.repeat(1_000_000));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 50) controller.close();
        else controller.enqueue(piece);
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
    const refused = fetch(`${url}/mcp`, init as RequestInit).then(({ status }) => status);
    expect(await refused.catch(() => 413)).toBe(413);
    expect(sent).toBeLessThan(50);
  });
});

/** Waits until the only wait there is stands so. */
async function untilWait(url: string, id: string, state: 'parked' | 'away'): Promise<void> {
  await waitUntil(`a wait that is ${state}`, async () => {
    const { waits } = structured(await callTool(url, 'fleet_status', {}, { id }));
    return (waits as readonly { readonly state: string }[])[0]?.state === state;
  });
}
