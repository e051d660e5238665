// The official clients of both generations, on every revision they speak: what they list, call, validate and cancel.

import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Called {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content?: unknown;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { readonly progress: number; readonly message?: string | undefined }) => void;
}

/** What the two generations have in common. */
interface Connected {
  list(): Promise<readonly { readonly name: string }[]>;
  call(name: string, args: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Called>;
  /** What stands at an address, as JSON. */
  read(uri: string): Promise<unknown>;
  /** Hears of changes from when this resolves. */
  subscribe(uri: string, changed: (uri: string) => void): Promise<unknown>;
  instructions(): string | undefined;
  close(): Promise<void>;
}

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const INFO = { name: 'brigade-tests', version: '1.0.0' };

function server() {
  const env = { ...getDefaultEnvironment(), ...scratch.env };
  return { command: process.execPath, args: [brigadeBin, 'mcp'], cwd: scratch.root, env, stderr: 'ignore' as const };
}

async function second(options: ClientOptions): Promise<Connected> {
  const client = new Client(INFO, options);
  await client.connect(new StdioClientTransport(server()));
  return {
    list: async () => (await client.listTools()).tools,
    call: (name, args, rest) => client.callTool({ name, arguments: args }, rest),
    read: async (uri) => jsonIn(await client.readResource({ uri })),
    subscribe: (uri, changed) => {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => changed(params.uri));
      const isStream = client.getNegotiatedProtocolVersion() === '2026-07-28';
      return isStream ? client.listen({ resourceSubscriptions: [uri] }) : client.subscribeResource({ uri });
    },
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  };
}

async function first(): Promise<Connected> {
  const client = new FirstClient(INFO);
  await client.connect(new FirstTransport(server()));
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args, rest) => (await client.callTool({ name, arguments: args }, undefined, rest)) as Called,
    read: async (uri) => jsonIn(await client.readResource({ uri })),
    subscribe: (uri, changed) => {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => changed(params.uri));
      return client.subscribeResource({ uri });
    },
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  };
}

function jsonIn({ contents: [content] }: { readonly contents: readonly object[] }): unknown {
  return JSON.parse(content !== undefined && 'text' in content ? String(content.text) : 'null');
}

describe.each([
  ['the client of the first generation', first],
  ['the client of the second, as ever', () => second({})],
  ['the client of the second, choosing by itself', () => second({ versionNegotiation: { mode: 'auto' } })],
  ['the client of the second, on 2026-07-28', () => second({ versionNegotiation: { mode: { pin: '2026-07-28' } } })],
])('%s', (_name, connect) => {
  let client: Connected;
  let other: Connected;
  beforeAll(async () => {
    [client, other] = await Promise.all([connect(), connect()]);
  });
  afterAll(() => Promise.all([client.close(), other.close()]));

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

  it('hears answers and refusals that fit the published schemas', async () => {
    // Having listed the tools, both generations check every structured content, also that of an error.
    await client.list();
    const granted = await client.call('acquire_lock', { resources: ['src/a.ts'] });
    expect(granted).toMatchObject({
      structuredContent: { status: 'granted', leases: [{ resource: 'file:src/a.ts' }] },
    });
    expect(granted.isError ?? false).toBe(false);
    await other.list();
    const refused = await other.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 0 });
    expect(refused).toMatchObject({ isError: true, structuredContent: { code: 'LEASE_HELD', category: 'contended' } });
    const nonsense = await other.call('release_lock', { leases: 'all' });
    expect(nonsense).toMatchObject({ isError: true, structuredContent: { code: 'INVALID_ARGUMENT' } });
    for (const { name } of TOOLS) {
      const { structuredContent } = await client.call(name, name === 'register' ? {} : { resource: 7 });
      expect(structuredContent).toBeDefined();
    }
    await client.call('release_lock', { all: true });
  });

  it('waits, hears of its place, and gives up in so many words', async () => {
    await client.call('acquire_lock', { resources: ['task:wait'] });
    const told: (string | undefined)[] = [];
    const cancel = new AbortController();
    const waiting = other.call(
      'acquire_lock',
      { resources: ['task:wait'] },
      { signal: cancel.signal, onprogress: ({ message }) => told.push(message) },
    );
    await waitUntil('progress', () => told.length > 0);
    expect(told[0]).toContain('place 1 in line');
    cancel.abort();
    await expect(waiting).rejects.toBeInstanceOf(Error);
    const nobodyWaits = async (): Promise<boolean> => {
      const { structuredContent } = await client.call('fleet_status', {});
      return (structuredContent as { counts: { waits: number } }).counts.waits === 0;
    };
    await waitUntil('nobody in line', nobodyWaits, { withinMs: 30_000 });
    await client.call('release_lock', { all: true });
  });

  it('reads what there is to see, and hears that it has changed', async () => {
    const told: string[] = [];
    const uri = 'brigade://locks/task%3Aseen';
    await other.subscribe(uri, (changed) => told.push(changed));
    await client.call('acquire_lock', { resources: ['task:seen'] });
    expect(await other.read(uri)).toMatchObject({ locks: [{ resource: 'task:seen' }], total: 1 });
    expect(await other.read('brigade://fleet')).toMatchObject({ counts: { leases: 1 } });
    await waitUntil('a change', () => told.length > 0);
    await client.call('release_lock', { all: true });
    await waitUntil('another change', () => told.length > 1);
    expect(new Set(told)).toEqual(new Set([uri]));
    await expect(other.read('brigade://agents/nobody')).rejects.toMatchObject({ code: -32_602 });
  });

  it('reads an incident, and hears that something was noted on it', async () => {
    const [one, two] = [`task:one-${Math.random()}`, `task:two-${Math.random()}`];
    for (const [who, task] of [
      [client, one],
      [other, two],
      [client, two],
      [other, one],
    ] as const)
      await who.call('acquire_lock', { resources: [task], waitMs: 10 });
    const { structuredContent } = await client.call('fleet_status', {});
    const { incidents } = structuredContent as { incidents: readonly { incident: number; state: string }[] };
    const [{ incident, state } = { incident: 0, state: 'none' }] = incidents;
    expect(state).toBe('open');
    const uri = `brigade://incidents/${incident}`;
    const told: string[] = [];
    await other.subscribe(uri, (changed) => told.push(changed));
    expect(await other.read(uri)).toMatchObject({
      incident: { incident, severity: 'warning' },
      alerts: [{ code: 'deadlock', closed: null }],
      notes: [],
    });
    const noted = await scratch.brigade(['incident', 'note', String(incident), 'seen', '--agent', 'noter']);
    expect(noted).toMatchObject({ code: 0 });
    await waitUntil('a change', () => told.length > 0);
    expect(await other.read(uri)).toMatchObject({ notes: [{ text: 'seen' }] });
    for (const who of [client, other]) await who.call('release_lock', { all: true });
  });
});
