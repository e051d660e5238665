// Clients of every kind at a server that ends and is started again at the same address, in order or by kill -9: each goes on
// with the same objects in its hands.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Brigade, type BrigadeEvent, connectBrigade } from '../../src/client/client.ts';
import { type Connect, first, type HttpClient, second } from '../support/http-clients.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

const RESTARTS_WITHIN_MS = 30_000;

let scratch: Scratch;
let served: ServedProcess;
const programs: Brigade[] = [];
const clients: HttpClient[] = [];

beforeEach(async () => {
  scratch = new Scratch();
  served = await ServedProcess.start(scratch);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const program of programs.splice(0)) await program.close();
  await served.end('SIGKILL');
  await scratch.close();
});

function connected(id: string): Brigade {
  const program = connectBrigade({ url: served.url, id });
  programs.push(program);
  return program;
}

async function types(): Promise<readonly string[]> {
  return (await scratch.events()).map(({ type }) => type);
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('after a restart by %s', (signal) => {
  async function restart(): Promise<void> {
    const { port } = served;
    await served.end(signal);
    served = await ServedProcess.start(scratch, { port });
  }

  it('a program keeps its lease, and the next in line its place', async () => {
    const [ana, bo, cy] = [connected('ana'), connected('bo'), connected('cy')];
    const held = await ana.acquire('task:deploy', { ttlMs: 5_000 });
    const waiting = bo.acquire('task:deploy');
    await waitUntil('bo in line', async () => (await types()).filter((type) => type === 'lease.queued').length === 1);
    const later = cy.acquire('task:deploy');
    await waitUntil('cy in line', async () => (await types()).filter((type) => type === 'lease.queued').length === 2);
    await restart();
    await held.renew();
    expect(held.signal.aborted).toBe(false);
    await ana.state.put('done', true, { ifVersion: 0 });
    await held.release();
    const next = await waiting;
    expect(next.token).toBeGreaterThan(held.token);
    await next.release();
    expect((await later).token).toBeGreaterThan(next.token);
    expect((await types()).filter((type) => type === 'agent.registered')).toHaveLength(3);
  });

  it('a listener hears every fact, and none twice', async () => {
    const ana = connected('ana');
    await ana.acquire('task:before');
    const enough = new AbortController();
    const heard: BrigadeEvent[] = [];
    const listening = (async () => {
      for await (const event of ana.events({ after: 0, signal: enough.signal })) heard.push(event);
    })();
    await waitUntil('what was', () => heard.some(({ type }) => type === 'lease.granted'));
    await restart();
    const after = await ana.acquire('task:after');
    const isThere = (): boolean => heard.some(({ token }) => token === after.token);
    await waitUntil('what came after', isThere, { withinMs: RESTARTS_WITHIN_MS });
    enough.abort();
    await listening;
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_event, i) => i + 1));
  });

  it.each<[string, Connect]>([
    ['the client of the first generation', first()],
    ['the client of the second, of the 2025 era', second()],
    ['the client of the second, on 2026-07-28', second({ versionNegotiation: { mode: { pin: '2026-07-28' } } })],
  ])('%s of MCP goes on', async (_name, connect) => {
    const client = await connect({ url: served.url });
    clients.push(client);
    const { session } = await client.tool('register', { id: 'ana' });
    const held = await client.tool('acquire_lock', { resources: ['task:deploy'], session });
    expect(held).toMatchObject({ status: 'granted' });
    const id = client.id();
    await restart();
    // A request that met the closing of its connection is sent again, as a client of MCP has to.
    const asked = { resources: ['task:more'], session, requestId: 'more' };
    const more = (): Promise<unknown> => client.tool('acquire_lock', asked);
    expect(await waitUntil('an answer', more, { withinMs: RESTARTS_WITHIN_MS })).toMatchObject({ status: 'granted' });
    expect(client.id()).toBe(id);
    const released = await client.tool('release_lock', { all: true, session });
    expect(released.released).toHaveLength(2);
  });
});
