// `brigade mcp` on the wire: what no official client would send, and how it ends.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { RawMcp, type RawMcpOptions } from '../support/raw-mcp.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let started: RawMcp[] = [];
beforeAll(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  await Promise.all(started.map((process) => process.kill()));
  started = [];
});
afterAll(() => scratch.close());

function start(options: Partial<RawMcpOptions> = {}): RawMcp {
  const process = new RawMcp({ cwd: scratch.root, ...options, env: { ...scratch.env, ...options.env } });
  started.push(process);
  return process;
}

/** How many calls stand in line, as a process of its own sees it. */
async function untilWaiting(spectator: RawMcp, waits: number): Promise<void> {
  await waitUntil(
    `${waits} in line`,
    async () => ((await spectator.tool('fleet_status', {})).counts as { waits: number }).waits === waits,
    { withinMs: 30_000 },
  );
}

async function twoInLine(resource: string): Promise<readonly [holder: RawMcp, waiter: RawMcp, call: number]> {
  const [holder, waiter] = [start(), start()] as const;
  await Promise.all([holder.initialize(), waiter.initialize()]);
  await holder.tool('acquire_lock', { resources: [resource] });
  const call = waiter.askTool('acquire_lock', { resources: [resource] });
  await untilWaiting(holder, 1);
  return [holder, waiter, call];
}

/** How the session ended that held `resource`. Those of processes that were killed before may be found lost at any time. */
async function endOfWhoHeld(resource: string): Promise<string | undefined> {
  const events = await scratch.events();
  const grant = events.find((event) => event.type === 'lease.granted' && event.resource === resource);
  const isEnd = ({ type, sessionId }: (typeof events)[number]): boolean =>
    /^session\.(closed|lost)$/.test(type) && sessionId === grant?.sessionId;
  return events.find(isEnd)?.type;
}

describe('what is no call of a tool', () => {
  it('is answered as the protocol says, and the next call as ever', async () => {
    const brigade = start();
    await brigade.initialize();
    brigade.send('{"jsonrpc":"2.0","id":1');
    brigade.send('[]');
    brigade.send({ id: 900, method: 'ping' });
    brigade.send({ jsonrpc: '2.0', id: 901, method: 'tools/call', params: { name: 'register', arguments: [] } });
    brigade.send({ jsonrpc: '2.0', id: 902, method: 'tools/call', params: { arguments: {} } });
    brigade.send({ jsonrpc: '2.0', id: 903, method: 'tools/call', params: { name: 'toString', arguments: {} } });
    brigade.send({ jsonrpc: '2.0', id: 904, method: 'no/such' });
    brigade.send({ jsonrpc: '2.0', id: 905, result: {} });
    brigade.send({ jsonrpc: '2.0', method: 'notifications/no_such' });
    brigade.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 4_711 } });
    const { result } = await brigade.request('ping');
    expect(result).toEqual({});
    const codes = await Promise.all(
      [900, 901, 902, 903, 904].map(async (id) => (await brigade.answerTo(id)).error?.code),
    );
    expect(codes).toEqual([-32_600, -32_602, -32_602, -32_602, -32_601]);
    expect(brigade.messages.filter(({ id }) => id === null).map(({ error }) => error?.code)).toEqual([
      -32_700, -32_600,
    ]);
    expect(brigade.ended).toBeUndefined();
  });

  it('is no protocol error where the tool is known: a refusal is a result', async () => {
    const brigade = start();
    await brigade.initialize();
    const { result, error } = await brigade.answerTo(brigade.askTool('acquire_lock', { resource: 'a' }));
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      isError: true,
      structuredContent: {
        code: 'INVALID_ARGUMENT',
        category: 'invalid',
        retry: 'never',
        details: { path: 'resource' },
      },
      content: [{ type: 'text' }],
    });
  });

  it('may have no arguments at all', async () => {
    const brigade = start();
    await brigade.initialize();
    const { result } = await brigade.request('tools/call', { name: 'fleet_status' });
    expect(result).toMatchObject({ structuredContent: { alerts: [], incidents: [], plans: [] } });
  });
});

describe('a call that waits', () => {
  it('holds up no other call of its process, and reports progress to whoever asked for it', async () => {
    const [holder, waiter] = [start(), start()];
    await Promise.all([holder.initialize(), waiter.initialize()]);
    const busy = Array.from({ length: 20 }, (_, i) => `task:busy-${i}`);
    await holder.tool('acquire_lock', { resources: busy });
    const meta = { _meta: { progressToken: 'p' } };
    const calls = busy.map((resource) => waiter.askTool('acquire_lock', { resources: [resource] }, meta));
    await untilWaiting(holder, calls.length);
    for (let i = 0; i < 50; i += 1) {
      const put = await waiter.tool('put_state', { key: 'n', value: i, ifVersion: i });
      expect(put.version).toBe(i + 1);
    }
    expect(waiter.messages.some(({ id }) => calls.includes(Number(id)))).toBe(false);
    const progress = waiter.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.length).toBeGreaterThan(0);
    expect(progress[0]?.params).toMatchObject({ progressToken: 'p', progress: expect.any(Number) as number });
    await holder.tool('release_lock', { all: true });
    const answers = await Promise.all(calls.map((call) => waiter.answerTo(call)));
    for (const { result } of answers) expect(result).toMatchObject({ structuredContent: { status: 'granted' } });
  });

  it('is withdrawn when it is cancelled, and never answered', async () => {
    const [holder, waiter, call] = await twoInLine('task:cancelled');
    waiter.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: call, reason: 'enough' } });
    await untilWaiting(holder, 0);
    await holder.tool('release_lock', { all: true });
    const free = await holder.tool('list_locks', { resource: 'task:cancelled' });
    expect(free.locks).toEqual([]);
    expect(waiter.messages.some(({ id }) => id === call)).toBe(false);
  });

  it('answers with its place when the input ends, before the process does', async () => {
    const [holder, waiter, call] = await twoInLine('task:ended');
    waiter.child.stdin.end();
    expect(await waiter.end()).toBe(0);
    expect((await waiter.answerTo(call)).result).toMatchObject({ structuredContent: { status: 'queued' } });
    await untilWaiting(holder, 0);
  });
});

describe('the end', () => {
  it('of input lets what was asked be answered', async () => {
    const brigade = start();
    const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    const first = brigade.ask('initialize', hello);
    const call = brigade.askTool('acquire_lock', { resources: ['task:piped'] });
    brigade.child.stdin.end();
    expect(await brigade.end()).toBe(0);
    expect((await brigade.answerTo(first)).result).toMatchObject({ protocolVersion: '2025-11-25' });
    expect((await brigade.answerTo(call)).result).toMatchObject({ structuredContent: { status: 'granted' } });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s is in order: what it held is free at once',
    async (signal) => {
      const [brigade, spectator] = [start(), start()];
      await Promise.all([brigade.initialize(), spectator.initialize()]);
      await brigade.tool('acquire_lock', { resources: [`task:${signal}`] });
      brigade.child.kill(signal);
      expect(await brigade.end()).toBe(0);
      expect(await spectator.tool('list_locks', { resource: `task:${signal}` })).toMatchObject({ locks: [] });
      expect(await endOfWhoHeld(`task:${signal}`)).toBe('session.closed');
    },
  );

  it('by a client that goes on with another signal is in order too', async () => {
    const brigade = start();
    await brigade.initialize();
    await brigade.tool('acquire_lock', { resources: ['task:escalates'] });
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) brigade.child.kill(signal);
    expect(await brigade.end()).toBe(0);
    expect(await endOfWhoHeld('task:escalates')).toBe('session.closed');
  });

  it('by a second signal is at once, even where the log cannot be told', async () => {
    const root = join(scratch.folder, 'busy');
    mkdirSync(root);
    const brigade = start({ cwd: root });
    await brigade.initialize();
    await brigade.tool('acquire_lock', { resources: ['task:busy'] });
    const blocker = new Database(join(root, '.brigade', 'brigade.db'));
    try {
      blocker.exec('BEGIN EXCLUSIVE');
      brigade.child.kill('SIGINT');
      // Signals that come together are one: it is told again until it has heard the second.
      await waitUntil('the end', () => brigade.ended !== undefined || !brigade.child.kill('SIGINT'), { everyMs: 50 });
      expect(await brigade.end()).toBe(130);
    } finally {
      blocker.close();
    }
  });

  it('comes with the end of its client, however that ended', async () => {
    const [, waiter, call] = await twoInLine('task:orphan');
    // A client that is killed takes both pipes with it.
    waiter.child.stdout.destroy();
    waiter.child.stdin.destroy();
    expect(await waiter.end()).toBe(0);
    expect(waiter.messages.some(({ id }) => id === call)).toBe(false);
  });

  it('says nothing on stdout but the protocol, and nothing on stderr when all is well', async () => {
    const brigade = start();
    await brigade.initialize();
    await brigade.tool('acquire_lock', { resources: ['src/a.ts'] });
    brigade.child.stdin.end();
    await brigade.end();
    expect(brigade.messages.map(({ jsonrpc }) => jsonrpc)).toEqual(brigade.lines.map(() => '2.0'));
    expect(brigade.stderr).toBe('');
  });
});

describe('a store in trouble', () => {
  it('does not keep the server from starting: its tools are listed, and each call says what to do', async () => {
    const root = join(scratch.folder, 'damaged');
    mkdirSync(join(root, '.brigade'), { recursive: true });
    writeFileSync(join(root, '.brigade', 'brigade.db'), 'this is no database, '.repeat(1_000));
    const brigade = start({ cwd: root });
    await brigade.initialize();
    const { result } = await brigade.request('tools/list');
    expect(result?.tools).toHaveLength(TOOLS.length);
    for (const [name, args] of [
      ['acquire_lock', { resources: ['a'] }],
      ['fleet_status', {}],
      ['register', {}],
    ] as const) {
      const refused = await brigade.answerTo(brigade.askTool(name, args));
      expect(refused.result).toMatchObject({ isError: true, structuredContent: { code: 'STORE_DAMAGED' } });
      expect(JSON.stringify(refused.result?.content)).toContain('doctor');
    }
  });

  it('nor does a workspace that cannot be used', async () => {
    const brigade = start({ cwd: '/' });
    await brigade.initialize();
    const refused = await brigade.answerTo(brigade.askTool('fleet_status', {}));
    expect(refused.result).toMatchObject({ isError: true, structuredContent: { code: 'INVALID_ARGUMENT' } });
    expect(brigade.stderr).toContain('--root');
  });
});
