// The official clients of both generations over HTTP, on every revision they speak: what they list, call, wait for and cancel,
// and for whom.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Served } from '../../src/surface/http/run-serve.ts';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { type Connect, type Fields, first, type HttpClient, second } from '../support/http-clients.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: Served;
const clients: HttpClient[] = [];

beforeAll(async () => {
  scratch = new Scratch();
  served = await serve(scratch);
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await served.stop();
  await scratch.close();
});

async function connected(connect: Connect, bearer?: string): Promise<HttpClient> {
  const client = await connect({ url: served.url, ...(bearer === undefined ? {} : { bearer }) });
  clients.push(client);
  return client;
}

async function registered(client: HttpClient, id: string): Promise<string> {
  return String((await client.tool('register', { id })).session);
}

async function waiting(client: HttpClient): Promise<number> {
  return ((await client.tool('fleet_status', {})).counts as { readonly waits: number }).waits;
}

const modern = second({ versionNegotiation: { mode: { pin: '2026-07-28' } } });

describe.each<[string, string, Connect]>([
  ['the client of the first generation', 'first', first()],
  ['the client of the second, as ever', 'second', second()],
  ['the client of the second, choosing by itself', 'auto', second({ versionNegotiation: { mode: 'auto' } })],
  ['the client of the second, on 2026-07-28', 'modern', modern],
])('%s', (_name, short, connect) => {
  let client: HttpClient;
  let other: HttpClient;
  let session: string;
  let theirs: string;
  beforeAll(async () => {
    client = await connected(connect);
    session = await registered(client, `${short}-ana`);
    theirs = await registered(client, `${short}-bo`);
    // One shows its handle with each call, the other with each request.
    other = await connected(connect, theirs);
  });

  it('is told how to use it, and sees every tool with its schemas', async () => {
    expect(client.instructions()).toContain('acquire_lock');
    const listed = TOOLS.map(({ name, title, description, annotations, inputSchema, outputSchema }) => ({
      name,
      title,
      description,
      annotations,
      inputSchema: inputSchema(),
      outputSchema: outputSchema(),
    }));
    expect(await client.list()).toMatchObject(listed);
  });

  it('acts for whom it shows, by argument or by header', async () => {
    const resources = [`task:${short}-mine`];
    expect(await client.tool('acquire_lock', { resources, session })).toMatchObject({ status: 'granted' });
    const held = await other.call('acquire_lock', { resources, waitMs: 0 });
    expect(held).toMatchObject({ isError: true, structuredContent: { code: 'LEASE_HELD' } });
    expect(await client.tool('release_lock', { all: true, session })).toMatchObject({ released: [{}] });
    expect(await other.tool('acquire_lock', { resources, waitMs: 0 })).toMatchObject({ status: 'granted' });
    await other.tool('release_lock', { all: true });
  });

  it('hears whom it may not be', async () => {
    const resources = [`task:${short}-nobody`];
    const nobody = await client.call('acquire_lock', { resources });
    expect(nobody).toMatchObject({ isError: true, structuredContent: { code: 'CREDENTIAL_REQUIRED' } });
    const wrong = await client.call('acquire_lock', { resources, session: 'x'.repeat(43) });
    expect(wrong).toMatchObject({ isError: true, structuredContent: { code: 'CREDENTIAL_WRONG' } });
    const both = await other.call('acquire_lock', { resources, session });
    expect(both).toMatchObject({ isError: true, structuredContent: { code: 'CREDENTIAL_WRONG' } });
    const same = await other.call('acquire_lock', { resources, session: theirs });
    expect(same).toMatchObject({ structuredContent: { status: 'granted' } });
    await other.tool('release_lock', { all: true });
  });

  it('waits, hears of its place, and is granted when the holder lets go', async () => {
    const resources = [`task:${short}-wait`];
    await client.tool('acquire_lock', { resources, session });
    const told: (string | undefined)[] = [];
    const call = other.call('acquire_lock', { resources }, { onprogress: ({ message }) => told.push(message) });
    await waitUntil('progress', () => told.length > 0);
    expect(told[0]).toContain('place 1 in line');
    await client.tool('release_lock', { all: true, session });
    expect(await call).toMatchObject({ structuredContent: { status: 'granted' } });
    await other.tool('release_lock', { all: true });
  });

  it('reads what there is to see, by its address', async () => {
    const resource = `task:${short}-seen`;
    const { leases } = await client.tool('acquire_lock', { resources: [resource], reason: 'to be seen', session });
    expect(await client.addresses()).toEqual([
      'brigade://fleet',
      'brigade://locks',
      'brigade://locks/{resource}',
      'brigade://agents/{id}',
      'brigade://incidents/{id}',
    ]);
    const [lease] = leases as readonly Fields[];
    const lock = { resource, token: lease?.token, reason: 'to be seen', holder: { agentId: `${short}-ana` } };
    expect(await client.read('brigade://fleet')).toMatchObject({ counts: { leases: 1 }, locks: [lock] });
    expect(await client.read('brigade://locks')).toMatchObject({ locks: [lock], total: 1 });
    for (const uri of [`brigade://locks/${resource}`, `brigade://locks/${encodeURIComponent(resource)}`])
      expect(await client.read(uri)).toMatchObject({ locks: [lock], total: 1 });
    expect(await client.read('brigade://locks/task:another')).toEqual({ locks: [], total: 0 });
    expect(await client.read(`brigade://agents/${short}-ana`)).toMatchObject({
      agent: { agentId: `${short}-ana`, lifecycle: 'active' },
      locks: [lock],
    });
    const nothing = ['brigade://agents/nobody', 'brigade://cooks', 'file:///etc/passwd', 'brigade://locks/%zz'];
    for (const uri of [...nothing, 'brigade://incidents/99', 'brigade://incidents/x', 'brigade://incidents'])
      await expect(client.read(uri)).rejects.toMatchObject({ code: -32_602 });
    await client.tool('release_lock', { all: true, session });
  });

  it('hears that what it follows has changed, and of nothing else', async () => {
    const told: string[] = [];
    const uri = `brigade://locks/task%3A${short}-followed`;
    const stop = await other.subscribe(uri, (changed) => told.push(changed));
    await client.tool('acquire_lock', { resources: [`task:${short}-else`], session });
    await client.tool('acquire_lock', { resources: [`task:${short}-followed`], session });
    await waitUntil('a change', () => told.length > 0);
    expect(told).toEqual([uri]);
    await client.tool('release_lock', { all: true, session });
    await waitUntil('another change', () => told.length > 1);
    await stop();
    await client.tool('acquire_lock', { resources: [`task:${short}-followed`], session });
    const fleet: string[] = [];
    const last = await other.subscribe('brigade://fleet', (changed) => fleet.push(changed));
    await client.tool('release_lock', { all: true, session });
    await waitUntil('a change of the fleet', () => fleet.length > 0);
    expect(fleet).toEqual(['brigade://fleet']);
    expect(told).toHaveLength(2);
    await last();
  });
});

describe('a call that is given up', () => {
  interface InLine {
    readonly holder: HttpClient;
    readonly session: string;
    readonly waiter: HttpClient;
    readonly giveUp: () => void;
  }

  async function twoInLine(connect: Connect, name: string): Promise<InLine> {
    const holder = await connected(connect);
    const session = await registered(holder, `${name}-holder`);
    const waiter = await connected(connect, await registered(holder, `${name}-waiter`));
    const resources = [`task:${name}`];
    await holder.tool('acquire_lock', { resources, session });
    const cancel = new AbortController();
    const call = waiter.call('acquire_lock', { resources }, { signal: cancel.signal });
    // What it answers, if it does, nobody waits for.
    void call.then(undefined, () => null);
    await waitUntil('one in line', async () => (await waiting(holder)) === 1);
    return { holder, session, waiter, giveUp: () => cancel.abort() };
  }

  it.each([
    ['first', first()],
    ['second', second()],
  ])('in so many words gives its place up too (%s generation)', async (name, connect) => {
    const { holder, session, giveUp } = await twoInLine(connect, `cancel-${name}`);
    giveUp();
    const left = async (): Promise<true | null> => ((await waiting(holder)) === 0 ? true : null);
    expect(await waitUntil('nobody in line', left)).toBe(true);
    await holder.tool('release_lock', { all: true, session });
  });

  it('by closing its stream keeps its place, and goes on with its ticket', async () => {
    const { holder, session, waiter, giveUp } = await twoInLine(modern, 'cut');
    giveUp();
    const ticket = await waitUntil('a place whose call is gone', async () => {
      const { waits } = await holder.tool('fleet_status', {});
      const [wait] = waits as readonly { readonly ticket: string; readonly state: string }[];
      return wait?.state === 'away' ? wait.ticket : null;
    });
    await holder.tool('release_lock', { all: true, session });
    expect(await waiter.tool('acquire_lock', { ticket })).toMatchObject({ status: 'granted' });
    await waiter.tool('release_lock', { all: true });
  });
});
