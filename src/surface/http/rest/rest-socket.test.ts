// REST over real connections: what a request in this process cannot show.

import { get, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Scratch } from '../../../../test/support/scratch.ts';
import { serve } from '../../../../test/support/serve-here.ts';
import { waitUntil } from '../../../../test/support/wait-until.ts';

async function served() {
  const scratch = new Scratch();
  const server = await serve(scratch);
  const { url } = server;
  onTestFinished(async () => {
    await server.stop();
    await scratch.close();
  });
  const ask = async (method: string, path: string, { bearer, body }: { bearer?: string; body?: unknown } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  const register = async (id: string) => String((await ask('POST', '/v1/sessions', { body: { id } })).session);
  return { url, ask, register };
}

describe('REST over a socket', () => {
  it('keeps the place of a call whose connection is cut, and offers what is granted meanwhile', {
    timeout: 60_000,
  }, async () => {
    const { url, ask, register } = await served();
    const [ana, bo] = [await register('ana'), await register('bo')];
    const body = { resources: ['task:a'], waitMs: 0 };
    await ask('POST', '/v1/locks/acquire', { bearer: ana, body });
    const headers = { authorization: `Bearer ${bo}`, 'content-type': 'application/json' };
    const waits = request(`${url}/v1/locks/acquire`, { method: 'POST', headers });
    waits.on('error', () => {
      // The test itself cuts it.
    });
    waits.end(JSON.stringify({ ...body, waitMs: 600_000 }));
    const stateOf = async () =>
      ((await ask('GET', '/v1/waits')).waiters as readonly { state: string; ticket: string }[])[0];
    await waitUntil('a waiter', async () => (await stateOf())?.state === 'parked');
    waits.destroy();
    const waiter = await waitUntil('a waiter that is away', async () => {
      const seen = await stateOf();
      return seen?.state === 'away' ? seen : undefined;
    });
    await ask('POST', '/v1/locks/release', { bearer: ana, body: { all: true } });
    const claimed = await ask('POST', '/v1/locks/acquire', { bearer: bo, body: { ticket: waiter.ticket } });
    expect(claimed).toMatchObject({ status: 'granted', leases: [{ resource: 'task:a' }] });
  });

  it('gives back the place of an export whose reader has gone, and takes none for its head', {
    timeout: 60_000,
  }, async () => {
    const { url, ask, register } = await served();
    const bearer = await register('ana');
    // More than sockets keep for a reader that takes nothing.
    const body = { value: 'v'.repeat(60_000), ifVersion: 0 };
    await Promise.all(Array.from({ length: 250 }, (_, i) => ask('PUT', `/v1/state/k${i}`, { bearer, body })));
    for (let i = 0; i < 6; i += 1) {
      const { status } = await fetch(`${url}/v1/export?format=json`, { method: 'HEAD' });
      expect(status).toBe(200);
    }
    const open = () =>
      new Promise<ReturnType<typeof get>>((resolve) => {
        const reading = get(`${url}/v1/export?format=ndjson`, (response) => {
          response.pause();
          response.on('error', () => {
            // The test itself cuts it.
          });
          resolve(reading);
        });
      });
    const stalled = [await open(), await open(), await open(), await open()];
    expect(await ask('GET', '/v1/export?format=json')).toMatchObject({ code: 'BUSY' });
    for (const each of stalled) each.destroy();
    await waitUntil('a free place', async () => !('code' in (await ask('GET', '/v1/export?format=json'))));
  });
});
