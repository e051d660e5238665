// A holder that dies, and one that stops: neither holds up the others, and neither can spoil anything afterwards.

import { afterEach, describe, expect, it } from 'vitest';
import { BOTH_WAYS } from '../support/both-ways.ts';
import { untilInLine } from '../support/in-line.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

type Env = (typeof BOTH_WAYS)[number]['env'];

let scratch: Scratch;
afterEach(() => scratch.close());

async function twoAgents(env: Env): Promise<readonly [McpAgent, McpAgent]> {
  scratch = new Scratch({ env });
  const [holder, waiter] = await scratch.agents(['ana', 'bo']);
  if (holder === undefined || waiter === undefined) throw new Error('two agents were asked for');
  return [holder, waiter];
}

describe.each(BOTH_WAYS)('a holder that is killed, $how', ({ env }) => {
  it('is followed by whoever waits, long before its lease would have ended', async () => {
    const [ana, bo] = await twoAgents(env);
    const held = await ana.acquire('src/a.ts');
    const waiting = bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 20_000 });
    await untilInLine(bo, 1);
    await ana.kill();
    const answer = await waiting;
    expect(answer.told.status).toBe('granted');
    expect(answer.told.leases?.[0]?.token).toBeGreaterThan(held.token);
  });
});

describe.each(BOTH_WAYS)('a holder that is stopped past its time, $how', ({ env }) => {
  it('is passed over, and refused whatever it does with its old token', async () => {
    const [ana, bo] = await twoAgents(env);
    const held = await ana.acquire('src/a.ts', { ttlMs: 1_000 });
    await ana.call('put_state', { key: 'menu', value: 'soup', resource: held.resource, token: held.token });
    ana.stop();
    const next = await bo.acquire('src/a.ts', { waitMs: 25_000 });
    expect(next.token).toBeGreaterThan(held.token);
    await bo.call('put_state', { key: 'menu', value: 'stew', resource: next.resource, token: next.token });
    ana.resume();

    const stale = { resource: held.resource, token: held.token };
    const write = await ana.call('put_state', { key: 'menu', value: 'soup again', ...stale });
    const release = await ana.call('release_lock', { leases: [stale] });
    const renewal = await ana.call('acquire_lock', { leases: [stale] });
    const check = await ana.call('check_token', stale);
    for (const refusal of [write, release, renewal]) {
      expect(refusal).toMatchObject({ isError: true, told: { code: 'TOKEN_STALE' } });
    }
    expect(check.told).toMatchObject({ holds: false, currentToken: next.token });
    const menu = await bo.call('get_state', { key: 'menu' });
    expect(menu.told.entries?.[0]).toMatchObject({ value: 'stew', version: 2 });
    await bo.release(next);
  });
});
