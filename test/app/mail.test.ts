// Calls that wait for a message: what wakes and what ends them, and that nothing is lost with one.

import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/app/coordinator.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, codeOf, FleetRig, leased, mailIn, seat, tokenOf } from '../support/fleet-rig.ts';

let rig: FleetRig;
afterEach(() => rig.close());

/** Ana at one coordinator, Bo at another one. */
async function twoCooks() {
  rig = FleetRig.onFakeClock();
  const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
  const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
  return { a, b, ana, bo };
}

function operator({ at }: Cook, op: 'pause' | 'resume' | 'archive', agentId: string) {
  const by = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
  return at.submit({ by, requestId: `${op}-${agentId}`, bodyHash: op, op, agentId, reason: 'rest' });
}

function facts(): string {
  return rig.log.batches.map(({ body }) => body).join('\n');
}

describe('a call that waits for a message', () => {
  it('is answered as soon as one comes, from another process too', async () => {
    const { b, ana, bo } = await twoCooks();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    expect(b.health().parked).toBe(1);
    const sentMs = rig.clock.monotonicMs();
    await ana.send('bo', 'the soup is hot');
    // A hint is lost at the worst: then it looks by itself.
    expect(mailIn(await rig.clock.advanceUntil(reading))).toEqual(['the soup is hot']);
    expect(rig.clock.monotonicMs() - sentMs).toBeLessThanOrEqual(300);
    expect(b.health().parked).toBe(0);
  });

  it('is woken by what is for everybody, and not by what is for others or by its own', async () => {
    const { a, b, ana, bo } = await twoCooks();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    await ana.send('ana', 'a note');
    await bo.send('*', 'my own');
    await rig.clock.advance(1_000);
    expect([a.health().parked, b.health().parked]).toEqual([0, 1]);
    await ana.send('*', 'dinner');
    expect(mailIn(await rig.clock.advanceUntil(reading))).toEqual(['dinner']);
  });

  it('does not wait where there is something', async () => {
    const { ana, bo } = await twoCooks();
    await ana.send('bo', 'early');
    expect(mailIn(await bo.read({ waitMs: 60_000 }))).toEqual(['early']);
  });

  it('finds a message that came in the batch in which it was decided', async () => {
    const { a, ana } = await twoCooks();
    const cy = await seat(a, 'cy');
    const reading = cy.read({ waitMs: 60_000 });
    const sending = ana.send('cy', 'at once');
    await sending;
    await settle();
    expect(mailIn(await reading)).toEqual(['at once']);
  });

  it('ends with nothing when its time is over, and keeps no timer', async () => {
    const { b, bo } = await twoCooks();
    const timers = rig.clock.timers;
    const reading = bo.read({ waitMs: 5_000 });
    await rig.clock.advance(4_900);
    expect(b.health().parked).toBe(1);
    await rig.clock.advance(200);
    const outcome = await reading;
    expect([mailIn(outcome), outcome.answer]).toMatchObject([[], { parkedUntil: null, more: false }]);
    expect(outcome.waitedMs).toBeGreaterThanOrEqual(5_000);
    expect(rig.clock.timers).toBe(timers);
  });

  it.each(['cut', 'cancelled'] as const)('ends with nothing when it is %s, and what comes then waits', async (how) => {
    const { b, ana, bo } = await twoCooks();
    const signal = new AbortController();
    const reading = bo.read({ waitMs: 60_000 }, { [how]: signal.signal });
    await settle();
    signal.abort();
    expect(mailIn(await reading)).toEqual([]);
    expect(b.health().parked).toBe(0);
    await ana.send('bo', 'later');
    expect(mailIn(await bo.read())).toEqual(['later']);
  });

  it('that was cut while a message was on its way loses it not', async () => {
    const { ana, bo } = await twoCooks();
    const cut = new AbortController();
    const reading = bo.read({ waitMs: 60_000 }, { cut: cut.signal });
    await settle();
    await ana.send('bo', 'on its way');
    cut.abort();
    await rig.clock.advance(500);
    await reading;
    expect(mailIn(await bo.read())).toEqual(['on its way']);
    expect(facts()).not.toContain('messages.read');
  });

  it('ends without a word when its caller asks elsewhere', async () => {
    const { bo } = await twoCooks();
    const gone = new AbortController();
    const reading = bo.read({ waitMs: 60_000 }, { gone: gone.signal });
    await settle();
    gone.abort();
    expect(codeOf(await reading)).toBe('WAIT_TIMED_OUT');
  });

  it('ends with nothing when the process closes; afterwards it says no', async () => {
    const { b, bo } = await twoCooks();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    await b.close();
    expect(mailIn(await reading)).toEqual([]);
    expect(codeOf(await bo.read({ waitMs: 60_000 }))).toBe('BUSY');
  });

  it('hears when its session ends, and when its agent may not read any more', async () => {
    const { ana, bo } = await twoCooks();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    await operator(ana, 'archive', 'bo');
    expect(codeOf(await rig.clock.advanceUntil(reading))).toBe('CREDENTIAL_WRONG');
  });

  it('hears that its session is gone where an operator goes on from a state before it', async () => {
    const { b } = await twoCooks();
    const backup = await rig.coordinator('backup');
    const cy = await seat(b, 'cy');
    const reading = cy.read({ waitMs: 600_000 });
    await settle();
    expect(await rig.goOnFrom(backup)).toMatchObject({ epoch: 1 });
    expect(codeOf(await rig.clock.advanceUntil(reading))).toBe('CREDENTIAL_WRONG');
    expect(b.health().parked).toBe(0);
  });

  it('that ends while the log is asked for its message ends once', async () => {
    const { a, ana } = await twoCooks();
    const cy = await seat(a, 'cy');
    const cut = new AbortController();
    const reading = cy.read({ waitMs: 60_000 }, { cut: cut.signal });
    await settle();
    await ana.send('cy', 'on its way');
    cut.abort();
    expect([mailIn(await reading), a.health().parked]).toEqual([[], 0]);
    await settle();
    expect(a.health().parked).toBe(0);
    expect(mailIn(await cy.read())).toEqual(['on its way']);
  });

  it('counts as activity of its session throughout', async () => {
    const { bo } = await twoCooks();
    const token = tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    const reading = bo.read({ waitMs: 30_000 });
    await rig.clock.advance(29_000);
    expect((await bo.check('task:soup', token)).answer).toMatchObject({ holds: true });
    await rig.clock.advance(2_000);
    expect(mailIn(await reading)).toEqual([]);
  });

  it('does not count as activity while its agent is paused, and does again afterwards', async () => {
    const { b, ana, bo } = await twoCooks();
    tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    await operator(ana, 'pause', 'bo');
    const reading = bo.read({ waitMs: 600_000 });
    await settle();
    const before = rig.log.head.seq;
    await rig.clock.advance(10_000);
    expect((await b.view({ kind: 'locks' })).items).toEqual([]);
    // The end of the lease, and nothing else.
    expect(rig.log.head.seq - before).toBe(1);
    await operator(ana, 'resume', 'bo');
    await rig.clock.advance(LIMITS.ttlMs);
    const [agent] = (await b.view({ kind: 'agents', agentId: 'bo' })).items;
    expect(agent?.idleForMs).toBeLessThan(LIMITS.ttlMs / 2);
    expect(b.health().parked).toBe(1);
    await ana.send('bo', 'welcome');
    expect(mailIn(await rig.clock.advanceUntil(reading))).toEqual(['welcome']);
  });

  it('waits on, quietly, when another session of its agent was faster', async () => {
    let reads = 0;
    rig = FleetRig.onFakeClock({
      makeStore: () => {
        const store = rig.store();
        const read = store.read.bind(store);
        return Object.assign(store, {
          read: (...args: Parameters<typeof read>) => {
            reads += 1;
            return read(...args);
          },
        });
      },
    });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const there = bo.via(a);
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    await ana.send('bo', 'first');
    // Read and confirmed over there, before this coordinator has looked.
    const cursor = await there.read();
    const { answer } = cursor;
    await there.read({ seen: 'cursor' in answer ? answer.cursor : 0 });
    await rig.clock.advance(500);
    reads = 0;
    await rig.clock.advance(1_000);
    // It looks by itself now and then, and asks for nothing meanwhile.
    expect([b.health().parked, reads < 10]).toEqual([1, true]);
    await ana.send('bo', 'second');
    expect(mailIn(await rig.clock.advanceUntil(reading))).toEqual(['second']);
  });

  it('holds up nobody: it stands in no line', async () => {
    const { ana, bo } = await twoCooks();
    const reading = bo.read({ waitMs: 5_000 });
    await settle();
    expect(leased(await ana.acquire('task:soup')).status).toBe('granted');
    expect(leased(await bo.acquire('task:stew')).status).toBe('granted');
    await rig.clock.advance(6_000);
    expect(mailIn(await reading)).toEqual([]);
  });
});

describe('very many calls that wait for a message', () => {
  it('leave every other call as it is, and all hear what is for everybody', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const cooks = await Promise.all(Array.from({ length: 1_000 }, (_, i) => seat(a, `cook${i}`)));
    const reading = cooks.map((cook) => cook.read({ waitMs: 600_000 }));
    await settle();
    expect(a.health().parked).toBe(1_000);
    for (let i = 0; i < 20; i += 1)
      await ana.release([{ resource: 'task:own', token: tokenOf(await ana.acquire('task:own')) }]);
    expect(a.health().parked).toBe(1_000);
    await ana.send('*', 'fire');
    const heard = await rig.clock.advanceUntil(Promise.all(reading));
    expect(heard.every((outcome) => mailIn(outcome)[0] === 'fire')).toBe(true);
  });

  it('are bounded: more are told so before they are decided, and whoever does not wait is answered', async () => {
    const { ana, bo } = await twoCooks();
    const reading: Promise<Outcome>[] = [];
    for (let wave = 0; wave < 10; wave += 1) {
      for (let n = 0; n < 1_000; n += 1) reading.push(bo.read({ waitMs: 60_000 }));
      await settle();
    }
    const before = rig.log.head.seq;
    expect(codeOf(await bo.read({ waitMs: 60_000 }))).toBe('BUSY');
    expect([mailIn(await bo.read()), rig.log.head.seq]).toEqual([[], before]);
    await ana.send('bo', 'hello');
    const heard = await rig.clock.advanceUntil(Promise.all(reading));
    expect(heard.every((outcome) => mailIn(outcome)[0] === 'hello')).toBe(true);
    expect(mailIn(await bo.read({ waitMs: 60_000 }))).toEqual(['hello']);
  });
});
