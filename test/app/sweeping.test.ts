// What nobody calls about: processes that ended without a word, and what falls due.

import { afterEach, describe, expect, it } from 'vitest';
import { StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { FleetRig, HERE, leased, seat, tokenOf } from '../support/fleet-rig.ts';

let rig: FleetRig;
afterEach(() => rig.close());

describe('a process that died', () => {
  it('is noticed by another coordinator of its place, and the waiter has the lease within 2 s', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana', { pid: 4711 }), await seat(b, 'bo')];
    tokenOf(await ana.acquire('task:stew'));
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 });
    await rig.clock.advance(300);
    await a.close();
    rig.processes.states.set(4711, 'dead');
    await rig.clock.advance(2_000);
    const outcome = await waiting;
    expect(leased(outcome).status).toBe('granted');
    expect(outcome.waitedMs).toBeLessThanOrEqual(2_300);
    expect(rig.log.batches.some((batch) => batch.body.includes('process 4711 (mcp) is gone'))).toBe(true);
  });

  it('is noticed at once when somebody begins to wait for it', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana', { pid: 4711 }), await seat(b, 'bo')];
    tokenOf(await ana.acquire('task:stew'));
    await a.close();
    rig.processes.states.set(4711, 'dead');
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 });
    await settle();
    const outcome = await waiting;
    expect([leased(outcome).status, outcome.waitedMs]).toEqual(['granted', 0]);
  });

  it('is noticed at once when somebody asks without waiting, so that a short-lived process is served too', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana', { pid: 4711 }), await seat(b, 'bo')];
    tokenOf(await ana.acquire('task:stew'));
    expect((await bo.acquire('task:stew', { waitMs: 0 })).answer).toMatchObject({ code: 'LEASE_HELD' });
    await a.close();
    rig.processes.states.set(4711, 'dead');
    expect(leased(await bo.acquire('task:stew', { waitMs: 0 })).status).toBe('granted');
  });

  it('is not judged from another place', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const far = await rig.coordinator('b', { ...HERE, placeId: 'p_there' });
    const ana = await seat(a, 'ana', { pid: 4711 });
    const bo = await seat(far, 'bo', { placeId: 'p_there' });
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.close();
    rig.processes.states.set(4711, 'dead');
    await rig.clock.advance(5_000);
    const [lock] = (await far.view({ kind: 'locks' })).items;
    expect(lock).toMatchObject({ token, alive: 'unknown' });
    expect((await bo.check('task:stew', token)).answer).toMatchObject({ holder: { agentId: 'ana' } });
  });

  it('in another place is not looked for among the processes of this one', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana', { pid: 4711 });
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.submit({
      ...ana.head(),
      op: 'attach',
      attachment: { attachmentId: 'far', placeId: 'p_there', pid: 4712, startTime: 'start', kind: 'mcp' },
    });
    rig.processes.states.set(4711, 'dead');
    rig.processes.states.set(4712, 'dead');
    await rig.clock.advance(3_000);
    expect(rig.log.batches.some((batch) => batch.body.includes('session.lost'))).toBe(false);
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
    expect((await a.view({ kind: 'locks' })).items).toMatchObject([{ alive: 'unknown' }]);
  });

  it('leaves a session that has another process', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana', { pid: 4711 });
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.submit({
      ...ana.head(),
      op: 'attach',
      attachment: { attachmentId: 'second', placeId: HERE.placeId, pid: 4712, startTime: 'start', kind: 'run' },
    });
    rig.processes.states.set(4711, 'dead');
    await rig.clock.advance(2_000);
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
  });

  it('only stopped is told as such and keeps what it holds', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana', { pid: 4711 });
    tokenOf(await ana.acquire('task:stew'));
    rig.processes.states.set(4711, 'stopped');
    await rig.clock.advance(3_000);
    expect((await a.view({ kind: 'locks' })).items).toMatchObject([{ alive: 'stopped', holder: { agentId: 'ana' } }]);
  });
});

describe('what falls due', () => {
  it('is swept once, however many coordinators see it', async () => {
    rig = FleetRig.onFakeClock();
    const coordinators = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rig.coordinator(name)));
    const cooks = await Promise.all(coordinators.map((each, i) => seat(each, `cook${i}`)));
    const [ana, ...others] = cooks;
    if (ana === undefined) throw new Error('no cook');
    await ana.acquire('task:stew', { ttlMs: 2_000 });
    for (const cook of others) await cook.acquire(`task:own-${cook.agentId}`);
    await rig.clock.advance(4_000);
    const expired = rig.log.batches.filter((batch) => batch.body.includes('lease.expired'));
    expect(expired).toHaveLength(1);
    expect(JSON.parse(expired[0]?.body ?? '{}')).toMatchObject({ events: [{ type: 'lease.expired' }] });
  });

  it('by the row and renewed by reference is not swept', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew', { ttlMs: 4_000 }));
    for (let i = 0; i < 20; i += 1) {
      await rig.clock.advance(1_000);
      await ana.check('task:other', 1);
    }
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
  });

  it('is left alone by who only looks', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew', { ttlMs: 2_000 });
    await a.close();
    const looker = await rig.coordinator('b');
    await looker.view({ kind: 'locks' });
    const before = rig.log.batches.length;
    await rig.clock.advance(10_000);
    await looker.view({ kind: 'locks' });
    expect(rig.log.batches.length).toBe(before);
    expect(rig.log.beats.size).toBe(1);
  });
});

describe('a process that watches over the fleet before it could open the log', () => {
  /** The store of `b` does not open until it is asked to. */
  function withStubbornStore(): { readonly letOpen: () => void } {
    let isShut = true;
    rig = FleetRig.onFakeClock({
      makeStore: (name) => {
        const store = rig.store();
        const open = store.open.bind(store);
        store.open = () =>
          isShut && name === 'b' ? Promise.reject(new StoreFault('STORE_UNAVAILABLE', 'The disk is away.')) : open();
        return store;
      },
    });
    return {
      letOpen: () => {
        isShut = false;
      },
    };
  }

  it('opens it as soon as that is possible, and ends what falls due there', async () => {
    const { letOpen } = withStubbornStore();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    b.watchOver();
    tokenOf(await (await seat(a, 'ana')).acquire('task:stew', { ttlMs: 5_000 }));
    await a.close();
    await rig.clock.advance(20_000);
    expect(rig.log.batches.some((batch) => batch.body.includes('lease.expired'))).toBe(false);
    letOpen();
    await rig.clock.advance(3_000);
    expect(rig.log.batches.some((batch) => batch.body.includes('lease.expired'))).toBe(true);
  });

  it('ends what falls due later too', async () => {
    const { letOpen } = withStubbornStore();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    b.watchOver();
    tokenOf(await (await seat(a, 'ana')).acquire('task:stew', { ttlMs: 60_000 }));
    await a.close();
    letOpen();
    await rig.clock.advance(80_000);
    expect(rig.log.batches.some((batch) => batch.body.includes('lease.expired'))).toBe(true);
  });
});

describe('a process that watches over a fleet in which it knows nobody', () => {
  it('looks all the same: another may have come that decides for itself', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    b.watchOver();
    await rig.clock.advance(2_000);
    tokenOf(await (await seat(a, 'ana', { pid: 4711 })).acquire('task:stew'));
    await a.close();
    rig.processes.states.set(4711, 'dead');
    await rig.clock.advance(2_000);
    expect(rig.log.batches.some((batch) => batch.body.includes('process 4711 (mcp) is gone'))).toBe(true);
  });
});
