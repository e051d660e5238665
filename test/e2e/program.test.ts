// What a program can do in a fleet, the same by both ways: in its own process (`openBrigade`) and through a server
// (`connectBrigade`).

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectBrigade } from '../../src/client/client.ts';
import { type Brigade, BrigadeError, type BrigadeEvent, openBrigade } from '../../src/library/library.ts';
import { type Served, serveFleet } from '../../src/surface/http/run-serve.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: Served | null = null;
let brigade: Brigade;

async function inProcess(): Promise<Brigade> {
  return openBrigade({ root: scratch.root, env: scratch.env, logLevel: 'error' });
}

async function throughServer(): Promise<Brigade> {
  const flags = { root: scratch.root, port: '0', logLevel: 'error' };
  served = await serveFleet({ flags, env: scratch.env, folder: scratch.root, version: 'test' });
  return connectBrigade({ url: served.url });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof BrigadeError ? error.code : String(error)),
  );
}

/** The facts of the log so far. */
async function facts(): Promise<readonly BrigadeEvent[]> {
  return (await scratch.events()) as unknown as readonly BrigadeEvent[];
}

describe.each([
  ['in its own process', inProcess],
  ['through a server', throughServer],
])('a program %s', (_, open) => {
  beforeEach(async () => {
    scratch = new Scratch();
    brigade = await open();
  });

  afterEach(async () => {
    await brigade.close();
    await served?.stop();
    served = null;
    await scratch.close();
  });

  it('holds a lock for as long as its block lasts, with a token that only grows', async () => {
    const ana = await brigade.register({ id: 'ana' });
    expect((await ana.who()).agentId).toBe('ana');
    let token = 0;
    {
      await using lease = await ana.acquire('src/a.ts', { reason: 'to see' });
      expect(lease.leases).toEqual([
        { resource: 'file:src/a.ts', token: lease.token, mode: 'exclusive', guarded: expect.any(Boolean) as unknown },
      ]);
      expect(lease.safeForMs).toBeGreaterThan(60_000);
      expect(await lease.check()).toBe(true);
      expect(await brigade.check({ resource: 'src/a.ts', token: lease.token })).toMatchObject({
        holds: true,
        holder: { agentId: 'ana' },
      });
      token = lease.token;
    }
    expect((await brigade.check({ resource: 'src/a.ts', token })).holds).toBe(false);
    const again = await ana.acquire('src/a.ts');
    expect(again.token).toBeGreaterThan(token);
  });

  it('registers itself with the first thing it asks for', async () => {
    const lease = await brigade.acquire(['task:one', 'task:two']);
    expect(lease.leases.map(({ resource }) => resource)).toEqual(['task:one', 'task:two']);
    expect((await brigade.who()).agentId).not.toBe('');
    await lease.release();
    await lease.release();
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    expect(await codeOf(lease.renew())).toBe('LEASE_RELEASED');
  });

  it('waits in line, and gets what is given back', async () => {
    const [ana, bo] = [await brigade.register({ id: 'ana' }), await brigade.register({ id: 'bo' })];
    const held = await ana.acquire('task:deploy');
    expect(await codeOf(bo.acquire('task:deploy', { waitMs: 0 }))).toBe('LEASE_HELD');
    const waiting = bo.acquire('task:deploy');
    await waitUntil('bo in line', async () => (await facts()).some(({ type }) => type === 'lease.queued'));
    await held.release();
    const lease = await waiting;
    expect(lease.token).toBeGreaterThan(held.token);
    await lease.release();
  });

  it('leaves the line when its patience or its signal says so', async () => {
    const [ana, bo] = [await brigade.register({ id: 'ana' }), await brigade.register({ id: 'bo' })];
    await ana.acquire('task:deploy');
    const error = await bo.acquire('task:deploy', { waitMs: 50 }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'WAIT_TIMED_OUT',
      rejection: { details: { blockedBy: [{ agentId: 'ana' }] } },
    });
    const cancel = new AbortController();
    const waiting = bo.acquire('task:deploy', { signal: cancel.signal }).catch((cause: unknown) => cause);
    const queued = async (): Promise<boolean> =>
      (await facts()).filter(({ type }) => type === 'lease.queued').length === 2;
    await waitUntil('bo in line again', queued);
    const why = new Error('changed my mind');
    cancel.abort(why);
    expect(await waiting).toBe(why);
    const left = async (): Promise<boolean> => (await facts()).filter(({ type }) => type === 'wait.ended').length === 2;
    await waitUntil('bo out of the line', left);
  });

  it('renews what it holds by itself, and only then', async () => {
    const [kept, left] = [
      await brigade.acquire('task:kept', { ttlMs: 1_000 }),
      await brigade.acquire('task:left', { ttlMs: 1_000, renews: false }),
    ];
    const held = async (): Promise<number | undefined> => {
      const { stdout } = await scratch.brigade(['locks', '--json']);
      const { locks } = JSON.parse(stdout) as { locks: { resource: string; token: number; heldForMs: number }[] };
      return locks.find(({ token }) => token === kept.token)?.heldForMs;
    };
    await waitUntil('a lease that outlives its time', async () => ((await held()) ?? Number.NaN) > 2_500);
    expect(kept.signal.aborted).toBe(false);
    expect(left.signal.reason).toMatchObject({ code: 'LEASE_LAPSED' });
  });

  it('hears by the signal that a lease is lost', async () => {
    const ana = await brigade.register({ id: 'ana' });
    const lease = await ana.acquire('task:deploy');
    await ana.release([{ resource: 'task:deploy', token: lease.token }]);
    expect(await codeOf(lease.renew())).toBe('TOKEN_STALE');
    expect(lease.signal.aborted).toBe(true);
    expect(lease.safeForMs).toBe(0);
    expect(await codeOf(lease.release())).toBe('TOKEN_STALE');
    await expect(lease[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('changes nothing in the fleet by changing a value that it wrote, read or was told', async () => {
    const told = new AbortController();
    const values: unknown[] = [];
    const listening = (async () => {
      for await (const event of brigade.events({ after: 0, signal: told.signal })) {
        if (event.type !== 'state.put') continue;
        values.push(structuredClone(event.value));
        (event.value as { lines: number }).lines = 7;
        told.abort();
      }
    })();
    const value = { lines: 1 };
    const ana = await brigade.register({ id: 'ana' });
    await ana.state.put('notes', value, { ifVersion: 0 });
    value.lines = 2;
    await listening;
    const read = await ana.state.get('notes');
    if (read !== null) (read.value as { lines: number }).lines = 3;
    expect([values, (await ana.state.get('notes'))?.value]).toEqual([[{ lines: 1 }], { lines: 1 }]);
  });

  it('writes shared state only after what it read, or under a lease that holds', async () => {
    const ana = await brigade.register({ id: 'ana' });
    expect(await ana.state.get('release/notes')).toBeNull();
    expect(await ana.state.put('release/notes', { lines: 1 }, { ifVersion: 0 })).toBe(1);
    expect(await codeOf(ana.state.put('release/notes', 2, { ifVersion: 0 }))).toBe('VERSION_MISMATCH');
    const lease = await ana.acquire('state:release/notes');
    expect(await ana.state.put('release/notes', null, lease)).toBe(2);
    await lease.release();
    expect(await codeOf(ana.state.put('release/notes', 3, lease.leases[0] ?? { ifVersion: 0 }))).toBe('TOKEN_STALE');
    expect(await ana.state.get('release/notes')).toMatchObject({ value: null, version: 2, author: 'ana' });
  });

  it('writes to others and reads what they wrote', async () => {
    const [ana, bo] = [await brigade.register({ id: 'ana' }), await brigade.register({ id: 'bo' })];
    const reading = bo.messages.read({ waitMs: 20_000 });
    const messageId = await ana.messages.send({ to: 'bo', type: 'task', text: 'two minutes?' });
    const { messages, cursor } = await reading;
    expect(messages).toMatchObject([{ messageId, from: 'ana', type: 'task', text: 'two minutes?' }]);
    expect((await bo.messages.read({ after: cursor })).messages).toEqual([]);
  });

  it('checks in', async () => {
    const told = await brigade.checkIn({
      summary: 'Moved the settings',
      confidence: 0.9,
      outcomes: [{ kind: 'tests', ok: true }],
    });
    expect(told).toMatchObject({ verdict: 'proceed', checkInId: expect.any(String) as unknown });
  });

  it('gives back what it held when it closes', async () => {
    const ana = await brigade.register({ id: 'ana' });
    const lease = await ana.acquire('task:deploy');
    await brigade.close();
    expect(lease.signal.aborted).toBe(true);
    await waitUntil('the end of the lease', async () =>
      (await facts()).some(({ type }) => /lease\.(dropped|released)/.test(type)),
    );
  });

  it('says why it is refused', async () => {
    const error = await brigade.acquire('../outside').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BrigadeError);
    expect(error).toMatchObject({
      code: 'PATH_OUTSIDE_WORKSPACE',
      isPassing: false,
      next: expect.stringMatching(/./) as unknown,
    });
  });

  it('hears every fact once, from where it says', async () => {
    const enough = new AbortController();
    const ana = await brigade.register({ id: 'ana' });
    const lease = await ana.acquire('task:deploy');
    const heard: BrigadeEvent[] = [];
    const listening = (async () => {
      for await (const event of brigade.events({ after: 0, signal: enough.signal })) {
        heard.push(event);
        if (event.type === 'lease.released') enough.abort();
      }
    })();
    await waitUntil('the grant', () => heard.some(({ type }) => type === 'lease.granted'));
    await lease.release();
    await listening;
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_event, i) => i + 1));
    expect(heard.find(({ type }) => type === 'lease.granted')).toMatchObject({ agentId: 'ana', token: lease.token });
  });
});
