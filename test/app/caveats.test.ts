// What a store says of itself reaches whoever asks the coordinator.

import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { CaveatWatch, type CaveatWatchOptions } from '../../src/app/caveat-watch.ts';
import { Signal } from '../../src/app/signal.ts';
import { type EventStore, type StoreCaveat, StoreFault } from '../../src/ports/event-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { FleetRig, seat, silent } from '../support/fleet-rig.ts';

const KEEPS_NOTHING: StoreCaveat = {
  code: 'redis_no_persistence',
  isGrave: true,
  message: 'Nothing is kept.',
  next: 'Keep it.',
};

let rig: FleetRig;
afterEach(() => rig.close());

/** A store that says what `said` holds when it is asked; null: it does not answer; an error: a fault of ours. */
function saying(said: { now: readonly StoreCaveat[] | Error | null }): EventStore & { asked: number } {
  const store: EventStore & { asked: number } = Object.assign(createMemoryStore(createMemoryLog(), nodeHasher), {
    asked: 0,
    caveats: async () => {
      store.asked += 1;
      if (said.now === null) throw new StoreFault('STORE_UNAVAILABLE', 'it does not answer');
      if (said.now instanceof Error) throw said.now;
      return said.now;
    },
  });
  return store;
}

describe('caveats of a store', () => {
  it('are asked for when a diagnosis is, and no more often than worth it', async () => {
    const said: { now: readonly StoreCaveat[] | null } = { now: [KEEPS_NOTHING] };
    const store = saying(said);
    rig = FleetRig.onFakeClock({ makeStore: () => store });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const codes = async () => (await a.view({ kind: 'diagnosis' })).findings.map(({ code }) => code);
    expect(a.health().caveats).toBeUndefined();
    expect(await codes()).toEqual(['store_caveat']);
    expect(await codes()).toEqual(['store_caveat']);
    expect(store.asked).toBe(1);
    expect(a.health().caveats).toEqual([KEEPS_NOTHING]);
    said.now = null;
    await rig.clock.advance(10_000);
    expect(await codes()).toEqual(['store_caveat']);
    said.now = [];
    await rig.clock.advance(10_000);
    expect(await codes()).toEqual([]);
    expect(a.health().caveats).toBeUndefined();
  });

  it('cost nobody the process that asks for them: a fault of ours is told, and what was known last stays', async () => {
    const said: { now: readonly StoreCaveat[] | Error } = { now: [KEEPS_NOTHING] };
    const store = saying(said);
    const errors: unknown[] = [];
    const logger: Logger = { ...silent, error: ({ err }) => void errors.push(err) };
    const log = { isOpen: true, store, replaced: new Signal<void>() } as unknown as CaveatWatchOptions['log'];
    rig = FleetRig.onFakeClock();
    const watch = new CaveatWatch({ log, clock: rig.clock, logger });
    watch.start();
    watch.start();
    await rig.clock.advance(1);
    expect(store.asked).toBe(1);
    const fault = new TypeError('no such thing');
    said.now = fault;
    await rig.clock.advance(60_000);
    expect(errors).toEqual([fault]);
    expect(await watch.fresh()).toEqual([KEEPS_NOTHING]);
    expect(errors).toEqual([fault, fault]);
    watch.stop();
    const { timers } = rig.clock;
    await rig.clock.advance(120_000);
    expect([errors.length, rig.clock.timers]).toEqual([2, timers]);
  });

  it('are known to a process that stays without being asked for', async () => {
    const said: { now: readonly StoreCaveat[] } = { now: [] };
    const store = saying(said);
    rig = FleetRig.onFakeClock({ makeStore: () => store, stays: true });
    const a = await rig.coordinator('a');
    await rig.clock.advance(1);
    expect(store.asked).toBeGreaterThan(0);
    said.now = [KEEPS_NOTHING];
    await rig.clock.advance(60_000);
    expect(a.health().caveats).toEqual([KEEPS_NOTHING]);
  });
});
