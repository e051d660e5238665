// When a silent holder is told, through coordinators: exactly after the silence that counts, whatever of its doings was recorded,
// and by whomever.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { EventOf, FleetEvent } from '../../src/core/event.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, FleetRig, seat, tokenOf } from '../support/fleet-rig.ts';

const AFTER_MS = 20_000;
/** An alert comes this long after there is something to warn of, at most. */
const WITHIN_MS = 1_000;
const STEW = 'task:stew';

let rig: FleetRig;
let a: LocalCoordinator;
let b: LocalCoordinator;
let ana: Cook;
let bo: Cook;
let token: number;

beforeEach(async () => {
  rig = FleetRig.onFakeClock({ foundingPolicyOf: () => ({ silentHolder: { afterMs: AFTER_MS } }) });
  a = await rig.coordinator('a');
  b = await rig.coordinator('b');
  ana = await seat(a, 'ana');
  bo = await seat(b, 'bo');
  token = tokenOf(await ana.acquire(STEW));
});
afterEach(() => rig.close());

async function logged(): Promise<readonly FleetEvent[]> {
  const events: FleetEvent[] = [];
  for await (const event of b.feed({ after: 0, once: true })) events.push(event);
  return events;
}

async function alerted(): Promise<EventOf<'alert.opened'> | undefined> {
  const events = await logged();
  return events.find(
    (event): event is EventOf<'alert.opened'> => event.type === 'alert.opened' && event.code === 'silent_holder',
  );
}

async function lateRecords(): Promise<number> {
  return (await logged()).filter((event) => event.type === 'session.active' && event.heardAt !== undefined).length;
}

/** Steps of a look each: a call may come in between two of them. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) await rig.clock.advance(Math.min(250, ms - passed));
}

function nowOf({ replica }: LocalCoordinator): number {
  const { state } = replica;
  const [place] = state.places.rows();
  return (place?.anchorAt ?? 0) + rig.clock.monotonicMs() - (place?.anchorMonoMs ?? 0);
}

describe('a holder that others wait for', () => {
  it('is told silent when the silence counts, though its last sign went unrecorded', async () => {
    const waiting = bo.acquire(STEW, { waitMs: 300_000 });
    await settle();
    await pass(2_000);
    await ana.check(STEW, token);
    const heardAt = nowOf(a);
    expect(await lateRecords()).toBe(0);
    await pass(AFTER_MS - 500);
    expect(await alerted()).toBeUndefined();
    expect(await lateRecords()).toBe(1);
    await pass(500 + WITHIN_MS);
    const alert = await alerted();
    expect((alert?.at ?? 0) - heardAt).toBeGreaterThanOrEqual(AFTER_MS);
    expect((alert?.at ?? 0) - heardAt).toBeLessThanOrEqual(AFTER_MS + WITHIN_MS);
    await ana.release([{ resource: STEW, token }]);
    await pass(1_000);
    await waiting;
  });

  it('is not told silent because it worked before anybody waited, and its record is old', async () => {
    await pass(AFTER_MS);
    await ana.check(STEW, token);
    const heardAt = nowOf(a);
    await pass(1_000);
    const waiting = bo.acquire(STEW, { waitMs: 300_000 });
    await settle();
    await pass(AFTER_MS - 1_500);
    expect(await alerted()).toBeUndefined();
    await pass(500 + WITHIN_MS);
    expect((await alerted())?.at).toBeGreaterThanOrEqual(heardAt + AFTER_MS);
    await ana.release([{ resource: STEW, token }]);
    await pass(1_000);
    await waiting;
  });

  it('is told silent soon after somebody came to wait, where it was silent all along', async () => {
    await pass(4 * AFTER_MS);
    const cameAt = nowOf(b);
    const waiting = bo.acquire(STEW, { waitMs: 300_000 });
    await settle();
    await pass(5_000 + WITHIN_MS);
    expect((await alerted())?.at).toBeLessThanOrEqual(cameAt + 5_000 + WITHIN_MS);
    await ana.release([{ resource: STEW, token }]);
    await pass(1_000);
    await waiting;
  });

  it('is written down once, whatever it did, and not at all while nobody waits', async () => {
    await pass(1_000);
    for (let call = 0; call < 5; call += 1) {
      await ana.check(STEW, token);
      await pass(250);
    }
    await pass(3 * AFTER_MS);
    expect(await lateRecords()).toBe(0);
    await ana.check(STEW, token);
    const waiting = bo.acquire(STEW, { waitMs: 300_000 });
    await settle();
    await pass(AFTER_MS);
    expect(await lateRecords()).toBeLessThanOrEqual(1);
    await ana.release([{ resource: STEW, token }]);
    await pass(1_000);
    await waiting;
  });

  it('whose coordinator ends in order is as well known to the next one', async () => {
    await pass(2_000);
    await ana.check(STEW, token);
    const heardAt = nowOf(a);
    await a.close();
    const waiting = bo.acquire(STEW, { waitMs: 300_000 });
    await settle();
    await pass(AFTER_MS - 500);
    expect(await alerted()).toBeUndefined();
    await pass(500 + WITHIN_MS);
    expect((await alerted())?.at).toBeGreaterThanOrEqual(heardAt + AFTER_MS);
    await b.close();
    await waiting;
  });
});
