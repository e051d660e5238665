// An agent whose server is away just when there is something to undo, on a clock that the test drives.

import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { HttpAgent } from './http-agent.ts';
import { HttpCalls } from './http-calls.ts';
import { rest } from './time.ts';

const IDENTITY = { agentId: 'ana', sessionId: 'ses_1', session: 'bh_1' };
const ANSWER = { leases: [], refused: [], blockedBy: [], waitedMs: 0, ticket: null, notices: [] };
const QUEUED = { ...ANSWER, status: 'queued', ticket: 't7' };
const GRANTED = { ...ANSWER, status: 'granted', leases: [{ resource: 'task:oven', token: 9 }] };
/** Longer than whoever gives up waits for it. */
const AWAY_MS = 20_000;
const PATIENCE_MS = 60_000;

/** A server that answers `told` to whoever asks for a lock, and is away for so long after it has answered that once. */
function rig(told: object, awayMs = 0) {
  const clock = createFakeClock();
  const heard: string[] = [];
  let backMs = 0;
  const leaves = (ms: number): void => {
    backMs = clock.monotonicMs() + ms;
  };
  const calls = new HttpCalls({
    url: 'http://brigade',
    time: clock,
    patienceMs: PATIENCE_MS,
    onNotices: () => undefined,
    fetch: async (url, { body, signal }) => {
      const { pathname } = new URL(url);
      const { waitMs = 0 } = JSON.parse(typeof body === 'string' ? body : '{}') as { readonly waitMs?: number };
      await rest(clock, waitMs, signal ?? undefined);
      signal?.throwIfAborted();
      if (clock.monotonicMs() < backMs) throw new TypeError('fetch failed');
      heard.push(pathname);
      if (pathname === '/v1/sessions') return Response.json(IDENTITY);
      if (pathname !== '/v1/locks/acquire') return Response.json({ withdrawn: true, released: [] });
      if (heard.length === 2) leaves(awayMs);
      return Response.json(told);
    },
  });
  return { clock, heard, leaves, agent: new HttpAgent(calls, { asked: { id: 'ana' }, session: null }) };
}

describe('what nobody will use is undone, though the server is away for long', () => {
  it('a place, when the time to wait is over', async () => {
    const { clock, heard, agent } = rig(QUEUED, AWAY_MS);
    const asked = agent.acquire('task:oven', { waitMs: 1_000 });
    await expect(clock.advanceUntil(asked)).rejects.toMatchObject({ code: 'WAIT_TIMED_OUT' });
    expect(heard).toEqual(['/v1/sessions', '/v1/locks/acquire']);
    await clock.advance(AWAY_MS);
    expect(heard.slice(2)).toEqual(['/v1/locks/withdraw']);
    expect(clock.timers).toBe(0);
  });

  it.each([
    ['a place', QUEUED, '/v1/locks/withdraw'],
    ['a lease', GRANTED, '/v1/locks/release'],
  ])('%s that was asked for by a call which was given up', async (_, told, undone) => {
    const { clock, heard, leaves, agent } = rig(told);
    await clock.advanceUntil(agent.who());
    leaves(AWAY_MS);
    const giving = new AbortController();
    const asked = agent.acquire('task:oven', { waitMs: PATIENCE_MS, signal: giving.signal });
    clock.after(1_000, () => giving.abort(new Error('something else to do')));
    await expect(clock.advanceUntil(asked)).rejects.toThrow('something else to do');
    expect(heard).toEqual(['/v1/sessions']);
    await clock.advance(AWAY_MS);
    expect(heard.slice(1)).toEqual(['/v1/locks/acquire', undone]);
    expect(clock.timers).toBe(0);
  });

  it('unless the agent leaves, which gives all of it back', async () => {
    const { clock, heard, agent } = rig(QUEUED, AWAY_MS);
    await expect(clock.advanceUntil(agent.acquire('task:oven', { waitMs: 1_000 }))).rejects.toThrow('place in line');
    const left = agent.close();
    await clock.advance(AWAY_MS);
    await left;
    expect(heard.slice(2)).toEqual(['/v1/sessions/current']);
    expect(clock.timers).toBe(0);
  });

  it('and for as long as anything is tried: then the place lapses', async () => {
    const { clock, heard, agent } = rig(QUEUED, PATIENCE_MS + AWAY_MS);
    await expect(clock.advanceUntil(agent.acquire('task:oven', { waitMs: 1_000 }))).rejects.toThrow('place in line');
    await clock.advance(PATIENCE_MS);
    await clock.advance(AWAY_MS);
    expect(heard).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });
});
