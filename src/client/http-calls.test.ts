// One request, however often it takes, on a clock that the test drives.

import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { HttpCalls } from './http-calls.ts';

type Answer = Response | Error;

function rig(answers: Answer[]) {
  const clock = createFakeClock();
  const sent: { readonly url: string; readonly key: string | null; readonly atMs: number }[] = [];
  const notices: unknown[] = [];
  const calls = new HttpCalls({
    url: 'http://brigade',
    time: clock,
    patienceMs: 5_000,
    onNotices: (heard) => notices.push(...heard),
    fetch: (url, init) => {
      const key = new Headers(init.headers).get('idempotency-key');
      sent.push({ url, key, atMs: clock.monotonicMs() });
      const answer = answers.shift() ?? new TypeError('fetch failed');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return {
    clock,
    sent,
    notices,
    ask: () => clock.advanceUntil(calls.ask({ method: 'POST', path: '/x', body: {}, key: 'k' })),
  };
}

function refusal(code: string, more: object = {}): Response {
  return Response.json(
    { code, category: 'unavailable', message: code, next: '', retry: 'afterWait', details: {}, ...more },
    { status: 503 },
  );
}

describe('a request over HTTP', () => {
  it('is asked again under its key when it was lost, or the server is away or busy', async () => {
    const { sent, ask } = rig([
      new TypeError('fetch failed'),
      new Response('<h1>Bad gateway</h1>', { status: 502 }),
      refusal('STORE_UNAVAILABLE', { retryAfterMs: 1_000 }),
      refusal('BUSY'),
      Response.json({ ok: true }),
    ]);
    expect(await ask()).toMatchObject({ reply: { ok: true }, sentMs: sent.at(-1)?.atMs });
    expect(sent.map(({ key }) => key)).toEqual(['k', 'k', 'k', 'k', 'k']);
    expect((sent[3]?.atMs ?? 0) - (sent[2]?.atMs ?? 0)).toBe(1_000);
  });

  it('is asked for so long and no longer', async () => {
    const { sent, ask } = rig([]);
    await expect(ask()).rejects.toMatchObject({ code: 'UNREACHABLE', isPassing: true });
    const tookMs = (sent.at(-1)?.atMs ?? 0) - (sent[0]?.atMs ?? 0);
    expect(tookMs).toBeGreaterThan(4_000);
    expect(tookMs).toBeLessThanOrEqual(5_000);
    expect(sent.length).toBeLessThan(30);
  });

  it('is not asked again where that cannot help', async () => {
    const { sent, ask } = rig([refusal('LEASE_HELD', { details: { blockedBy: [] } })]);
    await expect(ask()).rejects.toMatchObject({ code: 'LEASE_HELD', rejection: { details: { blockedBy: [] } } });
    expect(sent).toHaveLength(1);
  });

  it('hands on what comes with its answer', async () => {
    const { notices, ask } = rig([Response.json({ notices: [{ seq: 1, kind: 'granted' }] })]);
    await ask();
    expect(notices).toEqual([{ seq: 1, kind: 'granted' }]);
  });

  it('takes an answer that is none for a lost one', async () => {
    const { sent, ask } = rig([new Response('{"half":'), Response.json({ whole: true })]);
    expect(await ask()).toMatchObject({ reply: { whole: true } });
    expect(sent).toHaveLength(2);
  });
});
