// Hosts that share a log, each with a clock of its own: what a holder is told on the one is over before it ends on the other.

import { afterEach, describe, expect, it } from 'vitest';
import { decodeBatch } from '../../src/app/batch-codec.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { FleetRig, HERE, leased, seat, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';

const FAR = { ...HERE, placeId: 'p_far', bootId: 'far boot', machineId: 'far machine', hostName: 'cellar' };

let rig: FleetRig;
afterEach(() => rig.close());

function onShared(befalls: (store: EventStore) => EventStore = (store) => store): FleetRig {
  rig = FleetRig.onFakeClock({ makeStore: () => shared(befalls(rig.store())) });
  return rig;
}

function shared(store: EventStore): EventStore {
  return Object.assign(store, { traits: { ...store.traits, sharedAcrossHosts: true } });
}

/** Nothing that is asked of it gets through while it `is`. */
function cuttable(store: EventStore, cut: { readonly is: boolean }): EventStore {
  const through =
    <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      cut.is ? Promise.reject(new StoreFault('STORE_UNAVAILABLE', 'Injected: cut off.')) : ask(...args);
  return Object.assign(store, {
    read: through(store.read.bind(store)),
    append: through(store.append.bind(store)),
    beat: through(store.beat.bind(store)),
    beats: through(store.beats.bind(store)),
  });
}

function anchorsOf(placeId: string): readonly string[] {
  return rig.log.batches
    .flatMap((batch) => decodeBatch(batch).events)
    .flatMap((event) => (event.type === 'place.anchored' && event.placeId === placeId ? [event.why] : []));
}

/** What `ana` holds at home ends in seven seconds, and nothing was written since it was used last, six minutes ago. */
async function almostOver() {
  const { clock } = onShared();
  const home = await rig.coordinator('a');
  const ana = await seat(home, 'ana');
  const token = tokenOf(await ana.acquire('task:stew'));
  const bo = await seat(home, 'bo');
  await clock.advance(300_000);
  await ana.check('task:stew', token);
  await clock.advance(368_000);
  return { ana, bo, token, clock };
}

describe('a host that is new to a shared log', () => {
  it('is heard of before it tells anybody to believe in anything, and holds back those that are ahead', async () => {
    const { ana, bo, token, clock } = await almostOver();
    // It takes the log to be as old as its last event.
    const far = await rig.coordinator('b', FAR);
    const sentMs = clock.monotonicMs();
    const checked = await ana.via(far).check('task:stew', token);
    const believesUntilMs = sentMs + checked.waitedMs + (checked.safeForMs[token] ?? 0);
    expect(checked.answer).toMatchObject({ holds: true });
    expect(believesUntilMs).toBeGreaterThan(sentMs + 10_000);
    expect(anchorsOf(FAR.placeId)).toEqual(['this place is new to the log']);
    const waiting = bo.acquire('task:stew', { waitMs: 600_000 });
    expect(leased(await clock.advanceUntil(waiting)).status).toBe('granted');
    expect(clock.monotonicMs()).toBeGreaterThan(believesUntilMs);
  });

  it('says so anew with each process that begins', async () => {
    const { ana, token, clock } = await almostOver();
    await ana.via(await rig.coordinator('b', FAR)).check('task:stew', token);
    await clock.advance(1_000);
    await ana.via(await rig.coordinator('c', FAR)).check('task:stew', token);
    expect(anchorsOf(FAR.placeId).at(-1)).toBe('a process of this place begins to take part');
  });
});

describe('a holder on a shared log', () => {
  it('is told to believe no longer than its host lasts unheard, less a share', async () => {
    const { clock } = onShared();
    const ana = await seat(await rig.coordinator('a'), 'ana');
    const held = await ana.acquire('task:stew');
    const longest = (LIMITS.placeSilentMs + LIMITS.placeGraceMs) * (1 - LIMITS.beliefShare);
    expect(held.safeForMs[tokenOf(held)]).toBeLessThanOrEqual(longest);
    expect(held.safeForMs[tokenOf(held)]).toBeGreaterThan(longest - 2_500);
    await clock.advance(60_000);
    const checked = await ana.check('task:stew', tokenOf(held));
    expect(checked.safeForMs[tokenOf(held)]).toBeGreaterThan(longest - 2_500);
  });

  it('of a host that vanished is gone after 15 s, and its next in line has the turn', async () => {
    const { clock } = onShared();
    const far = await rig.coordinator('b', FAR);
    const ana = await seat(far, 'ana', { placeId: FAR.placeId });
    tokenOf(await ana.acquire('task:stew', { ttlMs: 3_600_000 }));
    const bo = await seat(await rig.coordinator('a'), 'bo');
    await clock.advance(5_000);
    await far.close();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await clock.advance(12_500);
    const batches = rig.log.batches.length;
    expect(rig.log.batches.at(-1)?.body).not.toContain('session.lost');
    expect(leased(await clock.advanceUntil(waiting)).status).toBe('granted');
    expect(rig.log.batches.slice(batches).some(({ body }) => body.includes('session.lost'))).toBe(true);
  });

  it('on a host that was cut off for longer than others wait believes from its first grant on', async () => {
    const cut = { is: false };
    const { clock } = onShared((store) => cuttable(store, cut));
    const far = await rig.coordinator('b', FAR);
    await seat(far, 'ana', { placeId: FAR.placeId });
    await clock.advance(5_000);
    cut.is = true;
    await clock.advance(20_000);
    cut.is = false;
    const now = await clock.advanceUntil(seat(far, 'ana-again', { placeId: FAR.placeId }));
    const held = await clock.advanceUntil(now.acquire('task:stew'));
    expect(held.safeForMs[tokenOf(held)]).toBeGreaterThan(10_000);
  });

  it('on a host that stood still in the middle of a call is told nothing to believe in that others have by now', async () => {
    const { clock } = onShared();
    const cut = { is: false };
    const gate = new GatedStore(rig.store());
    // With a clock of its own, which nobody drives while it stands still.
    const far = FleetRig.onFakeClock({ makeStore: () => shared(cuttable(gate, cut)) });
    const ana = await seat(await far.coordinator('far', FAR), 'ana', { placeId: FAR.placeId });
    const token = tokenOf(await ana.acquire('task:stew'));
    const bo = await seat(await rig.coordinator('home'), 'bo');
    gate.fates.push('hold-reply');
    const renewing = ana.acquire('task:stew');
    await far.clock.advance(0);
    expect(gate.held).toBe(1);
    cut.is = true;
    const taken = await clock.advanceUntil(bo.acquire('task:stew', { waitMs: 60_000 }));
    expect(leased(taken).status).toBe('granted');
    far.clock.sleep(clock.monotonicMs() - far.clock.monotonicMs());
    cut.is = false;
    await gate.openGate();
    const renewed = await renewing;
    await far.close();
    expect([leased(renewed).status, renewed.safeForMs]).toEqual(['renewed', { [token]: 0 }]);
  });
});
