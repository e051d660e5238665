// Fleet time: shared by the processes of a place, never behind the log, and not fooled by sleep.

import { afterEach, describe, expect, it } from 'vitest';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, HERE, leased, seat, tokenOf } from '../support/fleet-rig.ts';

let rig: FleetRig;
afterEach(() => rig.close());

const HOUR_MS = 3_600_000;

/** Shut, it holds up whoever comes until it is opened. */
class Gate {
  isShut = false;
  #waiting: (() => void)[] = [];

  pass(): Promise<void> {
    return this.isShut ? new Promise((resolve) => void this.#waiting.push(resolve)) : Promise.resolve();
  }

  open(): void {
    this.isShut = false;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** Appends at once, and says so when the gate is open. */
function answeringLate(inner: EventStore, gate: Gate): EventStore {
  const append = inner.append.bind(inner);
  return Object.assign(inner, {
    append: async (...asked: Parameters<EventStore['append']>) => {
      const answer = await append(...asked);
      await gate.pass();
      return answer;
    },
  });
}

function outOfReach(inner: EventStore, isOut: () => boolean): EventStore {
  const open = inner.open.bind(inner);
  const refuse = (): Promise<never> =>
    Promise.reject(new StoreFault('STORE_UNAVAILABLE', 'Injected: it cannot be opened.'));
  return Object.assign(inner, { open: () => (isOut() ? refuse() : open()) });
}

function anchors(): number {
  return rig.log.batches.reduce((sum, batch) => sum + batch.body.split('place.anchored').length - 1, 0);
}

describe('fleet time', () => {
  it('runs with the monotonic clock and is the same in every process of the place', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const first = await ana.acquire('task:stew');
    await rig.clock.advance(90_000);
    const second = await bo.acquire('task:soup');
    expect(second.at - first.at).toBe(90_000);
    expect(anchors()).toBe(1);
  });

  it('of a place that comes later with another clock starts at the head of the log and is never behind it', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await rig.clock.advance(60_000);
    const before = await ana.acquire('task:stew');
    await rig.clock.advance(30_000);
    const b = await rig.coordinator('b', { ...HERE, placeId: 'p_there', timeNamespace: 'other', hostName: 'pantry' });
    const bo = await seat(b, 'bo', { placeId: 'p_there' });
    const there = await bo.acquire('task:soup');
    // Time in which nobody wrote anything is not known to the newcomer, and no lease is shortened by it.
    expect(there.at).toBe(before.at);
    const here = await ana.acquire('task:stew');
    expect(here.at - before.at).toBe(30_000);
    expect((await bo.acquire('task:soup')).at).toBe(here.at);
  });

  it('of a container is that of its host: what the one grants the other does not find expired', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await rig.clock.advance(60_000);
    const b = await rig.coordinator('b', { ...HERE, placeId: 'p_container', pidNamespace: 'container' });
    const bo = await seat(b, 'bo', { placeId: 'p_container' });
    const held = await bo.acquire('task:stew', { ttlMs: 10_000 });
    expect(held.safeForMs[tokenOf(held)]).toBeGreaterThan(9_000);
    expect(codeOf(await ana.acquire('task:stew'))).toBe('LEASE_HELD');
    expect((await bo.check('task:stew', tokenOf(held))).answer).toMatchObject({ holds: true });
  });

  it('counts a sleep of the machine as 5 s, before anything is decided', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const asleep = await ana.acquire('task:stew', { ttlMs: 60_000 });
    await rig.clock.advance(2_000);
    rig.clock.sleep(HOUR_MS);
    const awake = await ana.check('task:stew', tokenOf(asleep));
    expect(awake.answer).toMatchObject({ holds: true });
    expect(awake.at - asleep.at).toBeGreaterThanOrEqual(5_000);
    expect(awake.at - asleep.at).toBeLessThan(10_000);
    expect(anchors()).toBe(2);
    expect(rig.log.batches.some((batch) => batch.body.includes('lease.expired'))).toBe(false);
  });

  it('after a sleep goes on at its old pace, also for the other processes of the place', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const asleep = await ana.acquire('task:stew', { ttlMs: 60_000 });
    await rig.clock.advance(2_000);
    rig.clock.sleep(HOUR_MS);
    const [first, second] = await Promise.all([ana.acquire('task:one'), bo.acquire('task:two')]);
    expect(Math.abs(first.at - second.at)).toBeLessThan(10);
    expect(second.at - asleep.at).toBeLessThan(10_000);
    await rig.clock.advance(20_000);
    const later = await bo.acquire('task:three');
    expect(later.at - second.at).toBe(20_000);
    // A minute and a quarter after the last use it ends like any other.
    await rig.clock.advance(60_000);
    expect(leased(await bo.acquire('task:stew', { waitMs: 1_000 })).status).toBe('granted');
  });

  it('takes a process that stood still alone for what it is: the place was awake', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const held = await ana.acquire('task:stew', { ttlMs: 10_000 });
    await a.close();
    // `a` is gone from the clock, as if it were stopped, while `b` works on.
    for (let i = 0; i < 12; i += 1) {
      await rig.clock.advance(2_000);
      await bo.acquire(`task:${i}`);
    }
    const resumed = await rig.coordinator('a2');
    expect((await ana.via(resumed).check('task:stew', tokenOf(held))).answer).not.toMatchObject({ holds: true });
    expect(anchors()).toBe(1);
  });

  it('is not known to a process that stood still, and no holder is told to believe past what it may be', async () => {
    const held = new Gate();
    rig = FleetRig.onFakeClock({
      makeStore: (name) => (name === 'a' ? answeringLate(rig.store(), held) : rig.store()),
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    held.isShut = true;
    const sentMs = rig.clock.monotonicMs();
    const asking = ana.acquire('task:stew', { ttlMs: 10_000 });
    await settle();
    // `a` alone: whoever starts meanwhile finds the machine awake.
    rig.clock.sleep(7_000);
    held.open();
    const told = await asking;
    const believedUntilMs = sentMs + told.waitedMs + (told.safeForMs[tokenOf(told)] ?? 0);
    const bo = await seat(await rig.coordinator('b'), 'bo');
    const granted = await rig.clock.advanceUntil(bo.acquire('task:stew', { waitMs: 60_000 }));
    expect(leased(granted).status).toBe('granted');
    expect(believedUntilMs).toBeGreaterThan(sentMs + 10_000);
    expect(believedUntilMs).toBeLessThan(rig.clock.monotonicMs());
  });

  it('counts a sleep as 5 s also for who could not open the log before it', async () => {
    let isOut = false;
    rig = FleetRig.onFakeClock({ makeStore: () => outOfReach(rig.store(), () => isOut) });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const asleep = await ana.acquire('task:stew', { ttlMs: 60_000 });
    isOut = true;
    const b = await rig.coordinator('b');
    await a.close();
    await rig.clock.advance(2_000);
    rig.clock.sleep(HOUR_MS);
    isOut = false;
    const awake = await rig.clock.advanceUntil(ana.via(b).check('task:stew', tokenOf(asleep)));
    expect(awake.answer).toMatchObject({ holds: true });
    expect(awake.at - asleep.at).toBeLessThan(10_000);
  });

  it('of looking alone is written nowhere', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const before = rig.log.batches.length;
    const looker = await rig.coordinator('b', { ...HERE, placeId: 'p_there' });
    await looker.view({ kind: 'fleet' });
    rig.clock.sleep(HOUR_MS);
    await looker.view({ kind: 'fleet' });
    await settle();
    expect(rig.log.batches.length).toBe(before);
  });
});
