// Parked calls: what ends them, and what they cost the others.

import { afterEach, describe, expect, it } from 'vitest';
import type { WaitProgress } from '../../src/app/coordinator.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { EPOCH_STRIDE } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, leased, seat, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';
import { wipe } from '../support/memory-damage.ts';
import { TestHost } from '../support/test-memory.ts';

let rig: FleetRig;
afterEach(() => rig.close());

async function twoCooks() {
  rig = FleetRig.onFakeClock();
  const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
  const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
  const token = tokenOf(await ana.acquire('task:stew'));
  return { a, b, ana, bo, token };
}

function lastBodies(count: number): string {
  return rig.log.batches
    .slice(-count)
    .map((batch) => batch.body)
    .join('\n');
}

describe('a parked call', () => {
  it('whose stream is cut leaves, and its ticket keeps the place', async () => {
    const { b, ana, bo, token } = await twoCooks();
    const cut = new AbortController();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 }, { cut: cut.signal });
    await settle();
    cut.abort();
    await settle();
    const { status, ticket } = leased(await waiting);
    expect(status).toBe('queued');
    expect(lastBodies(1)).toContain('wait.left');
    expect(b.health().parked).toBe(0);
    await ana.release([{ resource: 'task:stew', token }]);
    expect(leased(await bo.await(ticket ?? '', 1_000)).status).toBe('granted');
  });

  it('cut after the grant was logged turns the grant into an offer', async () => {
    const { a, ana, bo, token } = await twoCooks();
    const cut = new AbortController();
    // The stream is cut while the waiter's coordinator has not read the grant yet.
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 }, { cut: cut.signal });
    await settle();
    const releasing = ana.release([{ resource: 'task:stew', token }]);
    cut.abort();
    await releasing;
    await settle();
    await waiting;
    const [lock] = (await a.view({ kind: 'locks' })).items;
    const offered = await a.view({ kind: 'waits' });
    expect([lock?.holder?.agentId, offered.waiters[0]?.state]).toEqual([undefined, 'offered']);
  });

  it('that is cancelled gives up its place', async () => {
    const { a, bo } = await twoCooks();
    const cancelled = new AbortController();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 }, { cancelled: cancelled.signal });
    await settle();
    cancelled.abort();
    await settle();
    expect((await waiting).answer).toMatchObject({ op: 'withdraw', withdrawn: true });
    expect((await a.view({ kind: 'waits' })).waiters).toEqual([]);
  });

  it('cancelled before it was decided did nothing', async () => {
    const { bo } = await twoCooks();
    const cancelled = new AbortController();
    const before = rig.log.batches.length;
    const waiting = bo.acquire('task:soup', { waitMs: 60_000 }, { cancelled: cancelled.signal });
    cancelled.abort();
    expect(codeOf(await waiting)).toBe('WAIT_TIMED_OUT');
    expect(rig.log.batches.length).toBe(before);
  });

  it('of a session with two calls on one ticket ends alone; the other waits on', async () => {
    const { a, b, ana, bo, token } = await twoCooks();
    const short = bo.acquire('task:stew', { waitMs: 2_000 });
    const long = bo.acquire('task:stew', { waitMs: 20_000 });
    await rig.clock.advance(2_500);
    expect(leased(await short).status).toBe('queued');
    expect(b.health().parked).toBe(1);
    expect((await a.view({ kind: 'waits' })).waiters[0]?.state).toBe('parked');
    await ana.release([{ resource: 'task:stew', token }]);
    await settle();
    expect(leased(await long).status).toBe('granted');
  });

  it('that shares its ticket with others ends alone, by its time or cut, and the others wait on', async () => {
    const { a, b, ana, bo, token } = await twoCooks();
    const first = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    const [waiter] = (await a.view({ kind: 'waits' })).waiters;
    const ticket = waiter?.ticket ?? '';
    const cut = new AbortController();
    const [short, cutOff] = [bo.await(ticket, 2_000), bo.await(ticket, 60_000, { cut: cut.signal })];
    await settle();
    expect(b.health().parked).toBe(3);
    const before = rig.log.head.seq;
    cut.abort();
    await rig.clock.advance(2_500);
    for (const each of [short, cutOff]) expect(leased(await each)).toMatchObject({ status: 'queued', ticket });
    expect([b.health().parked, rig.log.head.seq]).toEqual([1, before]);
    await ana.release([{ resource: 'task:stew', token }]);
    expect(leased(await rig.clock.advanceUntil(first)).status).toBe('granted');
  });

  it('claims an offer that its session was made while another call of it had left', async () => {
    const { a, ana, bo, token } = await twoCooks();
    // The same session waits at two coordinators; one of them leaves, so the log believes that nobody is parked.
    const there = bo.acquire('task:stew', { waitMs: 20_000 });
    await settle();
    const cut = new AbortController();
    const here = bo.via(a).acquire('task:stew', { waitMs: 20_000 }, { cut: cut.signal });
    await settle();
    cut.abort();
    await settle();
    expect(leased(await here).status).toBe('queued');
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(500);
    expect(leased(await there).status).toBe('granted');
  });

  it('that claims its offer while the log is lost claims it again once that is put right', async () => {
    const gates = new Map<string, GatedStore>();
    const host = new TestHost();
    rig = FleetRig.onFakeClock({
      memoryOf: () => host,
      makeStore: (name) => {
        const gate = new GatedStore(rig.store());
        gates.set(name, gate);
        return gate;
      },
    });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire('task:stew'));
    const there = bo.acquire('task:stew', { waitMs: 600_000 });
    await settle();
    // The log believes that nobody is parked: the same session left a wait elsewhere.
    const cut = new AbortController();
    const here = bo.via(a).acquire('task:stew', { waitMs: 20_000 }, { cut: cut.signal });
    await settle();
    cut.abort();
    await settle();
    await here;
    gates.get('b')?.fates.push('hold');
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(500);
    expect(gates.get('b')?.held).toBe(1);
    wipe(rig.log);
    await gates.get('b')?.openGate();
    await rig.clock.advance(LIMITS.beliefMaxMs + 10_000);
    expect(leased(await there)).toMatchObject({ status: 'granted' });
    expect(tokenOf(await there)).toBeGreaterThan(EPOCH_STRIDE);
  });

  it.each([
    ['waits on, and is granted when its turn comes again', 600_000, 'granted'],
    ['leaves where its time ran out meanwhile, and keeps its place', 28_000, 'queued'],
  ])('that claims an offer which lapses on the way %s', async (_what, waitMs, status) => {
    const gates = new Map<string, GatedStore>();
    rig = FleetRig.onFakeClock({
      makeStore: (name) => {
        const gate = new GatedStore(rig.store());
        gates.set(name, gate);
        return gate;
      },
    });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(b, 'bo'), await seat(a, 'cy')];
    const token = tokenOf(await ana.acquire('task:stew'));
    const there = bo.acquire('task:stew', { waitMs });
    await settle();
    // The log believes that nobody is parked: the same session left a wait elsewhere.
    const cut = new AbortController();
    const here = bo.via(a).acquire('task:stew', { waitMs: 60_000 }, { cut: cut.signal });
    await settle();
    cut.abort();
    await here;
    const next = cy.acquire('task:stew', { waitMs: 600_000 });
    await settle();
    const gate = gates.get('b');
    if (gate === undefined) throw new Error('no store');
    gate.isOutOfReach = true;
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(LIMITS.claimMs - 5_000);
    // The offer is seen late, and lapses while its claim is on the way.
    gate.isOutOfReach = false;
    gate.fates.push('hold');
    await rig.clock.advance(1_000);
    expect(gate.held).toBe(1);
    await rig.clock.advance(5_000);
    const granted = tokenOf(await next);
    await gate.openGate();
    await rig.clock.advance(1_000);
    await cy.release([{ resource: 'task:stew', token: granted }]);
    expect(leased(await rig.clock.advanceUntil(there)).status).toBe(status);
  });

  it('hears that its place is gone where an operator goes on from an earlier state', async () => {
    const { b, bo } = await twoCooks();
    const backup = await rig.coordinator('backup');
    const waiting = bo.acquire('task:stew', { waitMs: 600_000 });
    await settle();
    expect(await rig.goOnFrom(backup)).toMatchObject({ epoch: 1 });
    await rig.clock.advance(1_000);
    expect(b.health().parked).toBe(0);
    expect(codeOf(await waiting)).toBe('UNKNOWN_TICKET');
  });

  it('counts as activity of its session throughout', async () => {
    const { ana, bo, token } = await twoCooks();
    const own = tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await rig.clock.advance(30_000);
    expect((await bo.check('task:soup', own)).answer).toMatchObject({ holds: true });
    await ana.release([{ resource: 'task:stew', token }]);
    await settle();
    expect(leased(await waiting).status).toBe('granted');
  });

  it('is not needed to keep a session active: a running command does it too', async () => {
    const { b, bo } = await twoCooks();
    const token = tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    const ended = b.keepActive(bo.sessionId);
    await rig.clock.advance(30_000);
    const [lock] = (await b.view({ kind: 'locks', resource: 'task:soup' })).items;
    expect(lock?.token).toBe(token);
    ended();
    ended();
    await rig.clock.advance(10_000);
    expect((await b.view({ kind: 'locks', resource: 'task:soup' })).items).toEqual([]);
  });

  it('hears its place when it parks and when it changes', async () => {
    const { a, ana, bo, token } = await twoCooks();
    const cy = await seat(a, 'cy');
    const first = bo.acquire('task:stew', { waitMs: 20_000 });
    await settle();
    const heard: WaitProgress[] = [];
    const second = cy.acquire('task:stew', { waitMs: 20_000 }, { onProgress: (progress) => heard.push(progress) });
    await settle();
    expect(heard).toMatchObject([{ position: 2, waitedMs: 0 }]);
    expect(heard[0]?.blockedBy.map((blocker) => blocker.agentId)).toContain('ana');
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(1_000);
    expect(heard.map((progress) => progress.position)).toEqual([2, 1]);
    await bo.release([{ resource: 'task:stew', token: tokenOf(await first) }]);
    await settle();
    expect(leased(await second).status).toBe('granted');
  });

  it('that was granted in the batch in which it was queued is answered with it', async () => {
    const { a, ana, token } = await twoCooks();
    const cy = await seat(a, 'cy');
    const waiting = cy.acquire('task:stew', { waitMs: 20_000 });
    const releasing = ana.release([{ resource: 'task:stew', token }]);
    await releasing;
    await settle();
    expect(leased(await waiting).status).toBe('granted');
    const bodies = rig.log.batches.map((batch) => batch.body);
    expect(bodies.some((body) => body.includes('lease.queued') && body.includes('lease.released'))).toBe(true);
  });

  it('that closes a cycle hears it at once, and so does nobody else', async () => {
    const { ana, bo } = await twoCooks();
    const soup = tokenOf(await bo.acquire('task:soup'));
    const waiting = ana.acquire('task:soup', { waitMs: 20_000 });
    await settle();
    const { answer } = await bo.acquire('task:stew', { waitMs: 20_000 });
    expect(answer).toMatchObject({ code: 'WAIT_ABORTED_DEADLOCK' });
    await bo.release([{ resource: 'task:soup', token: soup }]);
    await settle();
    expect(leased(await waiting).status).toBe('granted');
  });

  it('is woken by the deadline of what it waits for', async () => {
    const { ana, bo } = await twoCooks();
    await ana.release('all');
    tokenOf(await ana.acquire('task:stew', { ttlMs: 2_000 }));
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 });
    // TTL and a quarter, since activity is recorded only that often.
    await rig.clock.advance(2_600);
    const outcome = await waiting;
    expect(leased(outcome).status).toBe('granted');
    expect(outcome.waitedMs).toBeGreaterThanOrEqual(2_500);
  });
});

describe('the place in the line', () => {
  it('is told anew to each of very many when it changes, and to nobody whose place has not', async () => {
    const { a, ana, token } = await twoCooks();
    const cooks = await Promise.all(Array.from({ length: 70 }, (_, i) => seat(a, `cook${i}`)));
    const places: (number | null)[][] = cooks.map(() => []);
    const waiting = cooks.map((cook, i) =>
      cook.acquire('task:stew', { waitMs: 600_000 }, { onProgress: ({ position }) => places[i]?.push(position) }),
    );
    await settle();
    expect(places.map(([place]) => place)).toEqual(cooks.map((_, i) => i + 1));
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(1_000);
    expect(places.slice(1)).toEqual(cooks.slice(1).map((_, i) => [i + 2, i + 1]));
    // Another line moves.
    await ana.acquire('task:soup');
    const soup = cooks[0]?.acquire('task:soup', { waitMs: 600_000 });
    await settle();
    await ana.release('all');
    await soup;
    await rig.clock.advance(1_000);
    expect(places.slice(1)).toEqual(cooks.slice(1).map((_, i) => [i + 2, i + 1]));
    await a.close();
    for (const each of waiting.slice(1)) expect(leased(await each).status).toBe('queued');
  });
});

describe('1,000 parked calls', () => {
  it('leave every other call as it is', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const [ana, cy] = [await seat(a, 'ana'), await seat(a, 'cy')];
    const token = tokenOf(await ana.acquire('task:stew'));
    const cooks = await Promise.all(Array.from({ length: 1_000 }, (_, i) => seat(a, `cook${i}`)));
    const waiting = cooks.map((cook) => cook.acquire('task:stew', { waitMs: 600_000, ttlMs: 600_000 }));
    await settle();
    expect(a.health().parked).toBe(1_000);
    // No timer runs and no waiter is looked at while others work.
    for (let i = 0; i < 20; i += 1)
      await cy.release([{ resource: 'task:own', token: tokenOf(await cy.acquire('task:own')) }]);
    await ana.release([{ resource: 'task:stew', token }]);
    const [first] = await Promise.all(waiting.slice(0, 1));
    expect(first === undefined ? '' : leased(first).status).toBe('granted');
    expect(a.health().parked).toBe(999);
    await a.close();
    const rest = await Promise.all(waiting.slice(1));
    expect(rest.every((outcome) => leased(outcome).status === 'queued')).toBe(true);
  });
});

describe('closing', () => {
  it('leaves waits with their places, and says no to what comes after', async () => {
    const { a, b, bo } = await twoCooks();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    let goodbyes = 0;
    b.beforeClose(() => {
      goodbyes += 1;
      return Promise.resolve();
    });
    await Promise.all([b.close(), b.close()]);
    expect(leased(await waiting).status).toBe('queued');
    expect(goodbyes).toBe(1);
    expect((await a.view({ kind: 'waits' })).waiters).toMatchObject([{ agentId: 'bo', state: 'away' }]);
    expect(codeOf(await bo.acquire('task:soup'))).toBe('STORE_UNAVAILABLE');
    expect(codeOf(await bo.acquire('task:soup', { waitMs: 1_000 }))).toBe('BUSY');
  });

  it('does not wait for a store out of reach', async () => {
    const gates: GatedStore[] = [];
    rig = FleetRig.onFakeClock({
      makeStore: () => {
        const gate = new GatedStore(rig.store());
        gates.push(gate);
        return gate;
      },
    });
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    tokenOf(await ana.acquire('task:stew'));
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    for (const gate of gates) {
      gate.isOutOfReach = true;
      gate.fates.push('fail', 'fail', 'fail');
    }
    await a.close();
    expect(codeOf(await waiting)).toBe('STORE_UNAVAILABLE');
  });

  it('of a process that only looks leaves one timer, which reads the clock', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    await a.view({ kind: 'fleet' });
    expect(rig.clock.timers).toBe(1);
    await a.close();
    expect(rig.clock.timers).toBe(0);
  });

  it('ends every timer', async () => {
    const { bo } = await twoCooks();
    void bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    await rig.close();
    expect(rig.clock.timers).toBe(0);
  });
});
