// The life of `brigade serve`: how it says where it is, meets others of its kind, and ends.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostProcess } from '../../src/app/host-processes.ts';
import { Scratch } from '../support/scratch.ts';
import { type ServedOptions, ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
const served: ServedProcess[] = [];
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  for (const each of served.splice(0)) await each.end('SIGKILL');
  await scratch.close();
});

async function serve(options: ServedOptions = {}): Promise<ServedProcess> {
  const started = await ServedProcess.start(scratch, options);
  served.push(started);
  return started;
}

type Body = Readonly<Record<string, unknown>>;

async function post(at: ServedProcess, path: string, body: Body, bearer?: string): Promise<Body> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const answer = await fetch(at.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Body;
}

async function register(at: ServedProcess, id: string): Promise<string> {
  const { session } = await post(at, '/v1/sessions', { id });
  expect(session).toBeTypeOf('string');
  return String(session);
}

async function processes(): Promise<readonly HostProcess[]> {
  const { stdout } = await scratch.brigade(['ps', '--json']);
  return (JSON.parse(stdout) as { readonly processes: readonly HostProcess[] }).processes;
}

describe('brigade serve', () => {
  it('says where it is and how clients come to it', async () => {
    const { url, output } = await serve();
    for (const part of [
      `${url}/mcp`,
      `${url}/v1`,
      `${url}/openapi.json`,
      'Claude Code',
      'Cursor',
      'VS Code',
      'Codex',
    ]) {
      expect(output).toContain(part);
    }
  });

  it('and a second one of the same fleet join one desk, and each sees what the other did', async () => {
    const first = await serve();
    const second = await serve();
    const ana = await register(first, 'ana');
    const granted = await post(first, '/v1/locks/acquire', { resources: ['a.ts'], waitMs: 0 }, ana);
    expect(granted).toMatchObject({ status: 'granted' });
    const bo = await register(second, 'bo');
    const refused = await post(second, '/v1/locks/acquire', { resources: ['a.ts'], waitMs: 0 }, bo);
    expect(refused).toMatchObject({ code: 'LEASE_HELD' });
    const rows = await processes();
    expect(rows.map(({ pid, role, kind, orphan }) => ({ pid, role, kind, orphan }))).toEqual([
      { pid: first.pid, role: 'desk', kind: 'serve', orphan: false },
      { pid: second.pid, role: 'client', kind: 'serve', orphan: false },
    ]);
    // Who was at the first goes on at the second when that one ends.
    expect(await first.end()).toBe(0);
    const [{ resource, token } = {}] = granted.leases as readonly Body[];
    const again = await post(second, '/v1/locks/renew', { leases: [{ resource, token }] }, ana);
    expect(again).toMatchObject({ leases: [{ resource: 'file:a.ts' }] });
  });

  it('refuses a port that it was given and that its own fleet is served at', async () => {
    const { url, port } = await serve();
    const { code, stderr } = await scratch.brigade(['serve', '--port', String(port)]);
    expect(code).toBe(2);
    expect(stderr).toContain(`This fleet is served at ${url} already.`);
    expect(stderr).not.toContain('the log cannot be followed');
    const { code: jsonCode, stdout } = await scratch.brigade(['serve', '--port', String(port), '--json']);
    expect([jsonCode, JSON.parse(stdout)]).toMatchObject([2, { code: 'INVALID_ARGUMENT' }]);
  });
});

describe('a server that is told to stop', () => {
  it('leaves waits, which answer with their tickets, and keeps what sessions hold', async () => {
    const server = await serve();
    const [ana, bo] = [await register(server, 'ana'), await register(server, 'bo')];
    await post(server, '/v1/locks/acquire', { resources: ['a.ts'], waitMs: 0 }, ana);
    const waiting = post(server, '/v1/locks/acquire', { resources: ['a.ts'], waitMs: 60_000 }, bo);
    await waitUntil('bo in line', async () => (await scratch.brigade(['waits', '--json'])).stdout.includes('bo'));
    const code = server.end();
    expect(await waiting).toMatchObject({ status: 'queued', ticket: expect.any(String) as string });
    expect(await code).toBe(0);
    const types = (await scratch.events()).map(({ type }) => type);
    expect(types.filter((type) => /^(wait|lease|session)\.(?!active)/.test(type))).toEqual([
      'session.opened',
      'session.opened',
      'lease.granted',
      'lease.queued',
      'wait.left',
    ]);
  });

  it('ends within its bound whatever its clients do', async () => {
    const server = await serve();
    const stream = await fetch(`${server.url}/v1/stream`);
    const kept = await fetch(`${server.url}/healthz`);
    await kept.text();
    const beganMs = performance.now();
    expect(await server.end()).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(8_000);
    await stream.body?.cancel().catch(() => 'it was cut');
  });

  it('is the same by SIGINT', async () => {
    expect(await (await serve()).end('SIGINT')).toBe(0);
  });
});
