// What alerts have to tell leaves the fleet: once per fleet while all is well, at least once whatever ends in between, in order
// for each alert, and under the same id each time.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import type { Coordinator } from '../../src/app/coordinator.ts';
import { foldLog } from '../../src/app/fold-log.ts';
import type { DeliveryTarget } from '../../src/core/delivery/target.ts';
import type { Place } from '../../src/ports/place.ts';
import { settle } from '../support/fake-clock.ts';
import { FleetRig, HERE, seat } from '../support/fleet-rig.ts';
import { type Answering, DELIVERED, FAILED, Receiver } from '../support/receiver.ts';

const ELSEWHERE: Place = { ...HERE, placeId: 'p_elsewhere', bootId: 'other', hostName: 'cellar' };
const OPS: DeliveryTarget = { name: 'ops', kind: 'webhook', url: 'https://ops.example/alerts' };
const PIDS: Readonly<Record<string, number>> = { a: 11, b: 12, c: 13 };

let rig: FleetRig;
afterEach(() => rig.close());

function fleet(answering: Answering = () => DELIVERED, ...targets: readonly DeliveryTarget[]): Receiver {
  const receiver = new Receiver(answering);
  const deliver = targets.length === 0 ? [OPS] : targets;
  rig = FleetRig.onFakeClock({
    deliveringOf: (name) => ({ notifier: receiver.notifierOf(name), pid: PIDS[name] ?? 10 }),
    foundingPolicyOf: () => ({ alerts: { deliver } }),
  });
  return receiver;
}

let asked = 0;

/** An operator pauses or resumes an agent: an alert opens or closes. */
async function order(at: Coordinator, op: 'pause' | 'resume', agentId: string): Promise<void> {
  asked += 1;
  const by = { kind: 'operator', name: 'kim', proof: 'terminal' } as const;
  const { answer } = await at.submit({ op, agentId, reason: 'a test', by, requestId: `order-${asked}`, bodyHash: '' });
  if ('code' in answer) throw new Error(answer.message);
}

async function logOf(at: Coordinator, type: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const event of at.feed({ after: 0, once: true })) if (event.type.startsWith(type)) found.push(event.type);
  return found;
}

describe('an alert', () => {
  it('is sent by one coordinator of several, at once, as the event itself and its sentence', async () => {
    const receiver = fleet();
    const a = await rig.coordinator('a');
    const b = await rig.coordinator('b', ELSEWHERE);
    await seat(a, 'ana');
    await seat(b, 'bo', { placeId: ELSEWHERE.placeId });
    await order(a, 'pause', 'ana');
    await rig.clock.advance(3_000);
    expect(receiver.arrivals).toHaveLength(1);
    const [{ id, told } = { id: '', told: null }] = receiver.arrivals;
    expect(told).toMatchObject({
      type: 'alert.opened',
      data: { code: 'paused_agent', severity: 'warning', fleetId: a.fleetId(), event: { type: 'alert.opened' } },
    });
    expect(told?.data.sentence).toContain('ana');
    expect(told?.data.event.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(id).toBe(`brigade_${a.fleetId()}_ops_${told?.data.event.seq}`);
    expect(await logOf(a, 'delivery.')).toEqual(['delivery.opened', 'delivery.claimed', 'delivery.done']);
  });

  it('that begins and ends is told in that order, and the work is not claimed again for it', async () => {
    const receiver = fleet();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await order(a, 'resume', 'ana');
    await settle();
    expect(Object.values(receiver.stories)).toEqual([['alert.opened', 'alert.closed']]);
    expect((await logOf(a, 'delivery.claimed')).length).toBe(1);
  });

  it('that is told leaves no timer behind', async () => {
    const receiver = fleet();
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await rig.clock.advance(2_000);
    const before = rig.clock.timers;
    await order(a, 'pause', 'ana');
    await order(a, 'resume', 'ana');
    await rig.clock.advance(120_000);
    expect(receiver.taken.size).toBe(2);
    expect(rig.clock.timers).toBeLessThanOrEqual(before);
  });
});

describe('a receiver', () => {
  it('that fails twice is asked again later each time, under the same id and with the same words', async () => {
    let tries = 0;
    const receiver = fleet(() => {
      tries += 1;
      return tries <= 2 ? FAILED : DELIVERED;
    });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await order(a, 'resume', 'ana');
    await settle();
    expect(receiver.arrivals).toHaveLength(1);
    await rig.clock.advance(4_999);
    expect(receiver.arrivals).toHaveLength(1);
    await rig.clock.advance(1_100);
    expect(receiver.arrivals).toHaveLength(2);
    await rig.clock.advance(40_000);
    expect(new Set(receiver.arrivals.slice(0, 3).map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(Object.values(receiver.stories)).toEqual([['alert.opened', 'alert.closed']]);
  });

  it('that is slow with one alert holds up no other one', async () => {
    const receiver = fleet(({ told }, signal) =>
      told.data.sentence.includes('ana')
        ? new Promise((resolve) => signal.addEventListener('abort', () => resolve(FAILED), { once: true }))
        : DELIVERED,
    );
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await seat(a, 'bo');
    await order(a, 'pause', 'ana');
    await settle();
    await order(a, 'pause', 'bo');
    await order(a, 'resume', 'bo');
    await settle();
    expect(Object.values(receiver.stories)).toEqual([['alert.opened', 'alert.closed']]);
  });

  it('that wants nothing more is left alone until an operator says otherwise', async () => {
    const receiver = fleet(() => ({ result: 'gone', detail: 'it answered 410' }));
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await settle();
    await order(a, 'resume', 'ana');
    await rig.clock.advance(600_000);
    expect(receiver.arrivals).toHaveLength(1);
    receiver.answering = () => DELIVERED;
    const by = { kind: 'operator', name: 'kim', proof: 'terminal' } as const;
    await a.submit({ op: 'retry_deliveries', target: 'ops', by, requestId: 'again', bodyHash: '' });
    await settle();
    expect(Object.values(receiver.stories)).toEqual([['alert.opened', 'alert.closed']]);
  });

  it('whose standing cannot be told holds up no other one', async () => {
    const receiver = fleet(() => DELIVERED, OPS, { name: 'pager', kind: 'desktop' });
    receiver.standing = (_, { name }) => {
      if (name === 'ops') throw new Error('its folder cannot be read');
      return null;
    };
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await settle();
    expect(receiver.arrivals.map(({ target }) => target)).toEqual(['pager']);
  });

  it('is told by whichever host its user has enabled it on', async () => {
    const receiver = fleet();
    receiver.standing = (by) => (by === 'b' ? null : 'This host has no signing secret.');
    const a = await rig.coordinator('a');
    const b = await rig.coordinator('b', ELSEWHERE);
    await seat(a, 'ana');
    await seat(b, 'bo', { placeId: ELSEWHERE.placeId });
    await order(a, 'pause', 'ana');
    await rig.clock.advance(3_000);
    expect(receiver.arrivals.map(({ by }) => by)).toEqual(['b']);
    receiver.standing = () => null;
  });
});

describe('a sender', () => {
  const never: Answering = (_, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(FAILED), { once: true }));

  it('that dies in a try is replaced at once, by one that sends the same again', async () => {
    const receiver = fleet(never);
    const a = await rig.coordinator('a');
    const b = await rig.coordinator('b');
    await seat(a, 'ana');
    await seat(b, 'bo');
    await order(a, 'pause', 'ana');
    await settle();
    const [first] = receiver.arrivals;
    receiver.answering = () => DELIVERED;
    rig.processes.states.set(PIDS[first?.by ?? ''] ?? 0, 'dead');
    await rig.clock.advance(3_000);
    const [, second] = receiver.arrivals;
    expect(second?.by).not.toBe(first?.by);
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
  });

  it('that is elsewhere and says nothing more is replaced when its time is over', async () => {
    const receiver = fleet(never);
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await settle();
    const b = await rig.coordinator('b', ELSEWHERE);
    await seat(b, 'bo', { placeId: ELSEWHERE.placeId });
    receiver.answering = () => DELIVERED;
    await rig.clock.advance(50_000);
    expect(receiver.arrivals).toHaveLength(1);
    await rig.clock.advance(15_000);
    expect(receiver.arrivals.map(({ by }) => by)).toEqual(['a', 'b']);
    expect(receiver.taken.size).toBe(1);
  });

  it('that closes leaves its work to another one at once, and what it cut short is tried again', async () => {
    const receiver = fleet(never);
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await settle();
    const b = await rig.coordinator('b', ELSEWHERE);
    await seat(b, 'bo', { placeId: ELSEWHERE.placeId });
    receiver.answering = () => DELIVERED;
    await rig.clock.advanceUntil(a.close());
    await rig.clock.advance(3_000);
    expect(receiver.arrivals.map(({ by }) => by)).toEqual(['a', 'b']);
    expect(await logOf(b, 'delivery.retrying')).toEqual([]);
  });

  it.each(Array.from({ length: 12 }, (_, i) => 250 * (i + 1)))(
    'that closes leaves only what it has not done (%i ms later)',
    async (ms) => {
      const { promise: taken, resolve: take } = Promise.withResolvers<typeof DELIVERED>();
      const receiver = fleet(({ told }) => (told.data.sentence.includes('ana') ? taken : FAILED));
      const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b', ELSEWHERE)];
      await seat(a, 'ana');
      await seat(a, 'cy');
      await seat(b, 'bo', { placeId: ELSEWHERE.placeId });
      await order(a, 'pause', 'ana');
      await order(a, 'pause', 'cy');
      await rig.clock.advance(ms);
      take(DELIVERED);
      await rig.clock.advanceUntil(a.close());
      receiver.answering = () => DELIVERED;
      await rig.clock.advance(10_000);
      const sent = receiver.arrivals.filter(({ told }) => told.data.sentence.includes('ana'));
      expect(sent.map(({ by }) => by)).toEqual(['a']);
      expect(receiver.taken.size).toBe(2);
    },
  );

  it('gives up what the log no longer has, and says so', async () => {
    const receiver = fleet(() => FAILED);
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await settle();
    await rig.clock.advanceUntil(a.close());
    const store = rig.store();
    await foldLog({ store, hasher: nodeHasher, clock: rig.clock, nextTurn: () => nextTurn(), everyEvents: 1 });
    await store.truncate(rig.log.head.seq + 1);
    receiver.answering = () => DELIVERED;
    const b = await rig.coordinator('b');
    await rig.clock.advance(60_000);
    expect(receiver.arrivals.map(({ by }) => by)).toEqual(['a']);
    expect(rig.log.batches.map(({ body }) => body).join()).toContain('the log no longer has what it was to tell');
    expect(b.replica.state.deliveries.countIn('open', 'ops')).toBe(0);
  });

  it('that is opened later finds what was left, before anybody asks it anything', async () => {
    const receiver = fleet(() => FAILED);
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await order(a, 'pause', 'ana');
    await order(a, 'resume', 'ana');
    await settle();
    await rig.clock.advanceUntil(a.close());
    receiver.answering = () => DELIVERED;
    await rig.coordinator('b');
    await rig.clock.advance(10_000);
    expect(Object.values(receiver.stories)).toEqual([['alert.opened', 'alert.closed']]);
    expect(receiver.arrivals.at(-1)?.by).toBe('b');
  });
});
