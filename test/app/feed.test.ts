// The log as a stream of facts.

import { afterEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/app/coordinator.ts';
import { settle } from '../support/fake-clock.ts';
import { FleetRig, seat, tokenOf } from '../support/fleet-rig.ts';
import { wipe } from '../support/memory-damage.ts';

let rig: FleetRig;
afterEach(() => rig.close());

async function collect(feed: AsyncIterable<FeedEvent>): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of feed) events.push(event);
  return events;
}

describe('a feed', () => {
  it('with `once` tells the whole log, numbered without gaps, each event with the hash of its batch', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew');
    const events = await collect(b.feed({ after: 0, once: true }));
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: events.length }, (_, i) => i + 1));
    expect(events[0]).toMatchObject({ type: 'fleet.founded', hash: rig.log.batches[0]?.hash });
    expect(events.at(-1)?.hash).toBe(rig.log.head.hash);
  });

  it('goes on live from where it was asked to start, also with what another coordinator writes', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    const start = rig.log.head.seq;
    const stop = new AbortController();
    const collecting = collect(b.feed({ after: start, signal: stop.signal }));
    await settle();
    const token = tokenOf(await ana.acquire('task:stew'));
    await settle();
    await ana.release([{ resource: 'task:stew', token }]);
    await settle();
    stop.abort();
    const events = await collecting;
    expect(events[0]?.seq).toBe(start + 1);
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['lease.granted', 'lease.released']));
    expect(rig.clock.timers).toBeGreaterThan(0);
  });

  it('tells nothing more once nobody listens, in the middle of a batch too', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    expect(rig.log.batches[0]?.count).toBeGreaterThan(1);
    const stop = new AbortController();
    const heard: number[] = [];
    for await (const { seq } of a.feed({ after: 0, signal: stop.signal })) {
      heard.push(seq);
      stop.abort();
    }
    expect(heard).toEqual([1]);
    expect(await collect(a.feed({ after: 0, signal: stop.signal }))).toEqual([]);
  });

  it('costs a slow reader nothing but the reading', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const stop = new AbortController();
    const reader = a.feed({ after: 0, signal: stop.signal })[Symbol.asyncIterator]();
    const first = await reader.next();
    expect(first.value).toMatchObject({ seq: 1 });
    for (let i = 0; i < 60; i += 1) await ana.put('key', 'x'.repeat(100), { ifVersion: i });
    let last = 0;
    while (last < rig.log.head.seq) {
      const next = await reader.next();
      const seq = next.done === true ? 0 : next.value.seq;
      expect(seq).toBe(last === 0 ? 2 : last + 1);
      last = seq;
    }
    stop.abort();
    expect((await reader.next()).done).toBe(true);
  });

  it('goes on over the loss of the log with the epoch that follows', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const stop = new AbortController();
    const reader = a.feed({ after: 0, signal: stop.signal })[Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject({ type: 'fleet.founded' });
    wipe(rig.log);
    await rig.clock.advance(5_000);
    expect((await ana.acquire('task:stew')).answer).toMatchObject({ status: 'granted' });
    const types: string[] = [];
    while (!types.includes('lease.granted')) {
      const next = await reader.next();
      if (next.done === true) break;
      types.push(next.value.type);
    }
    expect(types).toContain('epoch.started');
    stop.abort();
  });

  it('beyond the head waits for it', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    expect(await collect(a.feed({ after: 1_000_000, once: true }))).toEqual([]);
  });
});
