// What a host asks of a store that it shares, while nobody there does anything: thousands of them ask the same server.

import { afterEach, expect, it } from 'vitest';
import type { EventStore } from '../../src/ports/event-store.ts';
import { FleetRig, HERE, seat } from '../support/fleet-rig.ts';

const FAR = { ...HERE, placeId: 'p_far', bootId: 'far boot', machineId: 'far machine', hostName: 'cellar' };
const REST_S = 60;

let rig: FleetRig;
afterEach(() => rig.close());

it('a host at rest asks a shared store a few times a second', async () => {
  const asked = { reads: 0, beats: 0 };
  const counting = (store: EventStore): EventStore => {
    const [read, beats] = [store.read.bind(store), store.beats.bind(store)];
    return Object.assign(store, {
      traits: { ...store.traits, sharedAcrossHosts: true },
      read: (after: number, limit: number) => {
        asked.reads += 1;
        return read(after, limit);
      },
      beats: () => {
        asked.beats += 1;
        return beats();
      },
    });
  };
  rig = FleetRig.onFakeClock({ makeStore: () => counting(rig.store()) });
  await seat(await rig.coordinator('a'), 'ana');
  await seat(await rig.coordinator('b', FAR), 'bo', { placeId: FAR.placeId });
  await rig.clock.advance(1_000);
  Object.assign(asked, { reads: 0, beats: 0 });
  await rig.clock.advance(REST_S * 1_000);
  expect(asked.reads / 2 / REST_S).toBeLessThanOrEqual(0.6);
  expect(asked.beats / 2 / REST_S).toBeLessThanOrEqual(1.6);
});
