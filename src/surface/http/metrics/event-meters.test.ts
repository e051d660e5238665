// What the log tells, counted and measured: a small fleet whose clock the test drives, and what a scrape says of it afterwards.

import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../../../test/support/fake-clock.ts';
import { FleetRig, seat, tokenOf } from '../../../../test/support/fleet-rig.ts';
import type { LocalCoordinator } from '../../../app/local-coordinator.ts';
import { EventMeters } from './event-meters.ts';

let rig: FleetRig;
let at: LocalCoordinator;
let register: Registry;
beforeEach(async () => {
  rig = FleetRig.onFakeClock();
  at = await rig.coordinator();
});
afterEach(() => rig.close());

/** Hears what stands in the log after number `after`. */
async function hear(after = 0): Promise<void> {
  register = new Registry();
  const meters = new EventMeters(register);
  for await (const event of at.feed({ after, once: true })) meters.hear(event);
}

async function value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const found = await register.getSingleMetric(name.replace(/_(?:sum|count)$/, ''))?.get();
  const wanted = Object.entries(labels);
  return found?.values.find(
    (each) =>
      ((each as { metricName?: string }).metricName ?? name) === name &&
      wanted.every(([label, text]) => String(each.labels[label]) === text),
  )?.value;
}

const requests = (op: string, outcome: string): Promise<number | undefined> =>
  value('brigade_lock_requests_total', { op, outcome });

describe('metrics of events', () => {
  it('count what was asked and what came of it, once for a set of resources', async () => {
    const [ana, bo] = [await seat(at, 'ana'), await seat(at, 'bo')];
    const granted = await ana.acquire(['task:stew', 'task:soup']);
    await bo.acquire('task:stew');
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 });
    await settle();
    await ana.release([{ resource: 'task:stew', token: tokenOf(granted) }]);
    await rig.clock.advanceUntil(waiting);
    await ana.release([{ resource: 'task:stew', token: tokenOf(granted) }]);
    await hear();
    expect(await requests('acquire', 'granted')).toBe(1);
    expect(await requests('acquire', 'refused')).toBe(1);
    expect(await requests('acquire', 'queued')).toBe(1);
    expect(await requests('wait', 'granted')).toBe(1);
    expect(await requests('release', 'released')).toBe(1);
    expect(await requests('wait', 'timed_out')).toBe(0);
    expect(await value('brigade_stale_token_rejections_total')).toBe(1);
  });

  it('measure waits from the queue to the grant, and holds from the grant to the end', async () => {
    const [ana, bo] = [await seat(at, 'ana'), await seat(at, 'bo')];
    const held = await ana.acquire('task:stew');
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 });
    await rig.clock.advance(7_000);
    await ana.release([{ resource: 'task:stew', token: tokenOf(held) }]);
    const won = await rig.clock.advanceUntil(waiting);
    await rig.clock.advance(3_000);
    await bo.release([{ resource: 'task:stew', token: tokenOf(won) }]);
    await hear();
    expect(await value('brigade_lock_wait_seconds_count')).toBe(2);
    expect(await value('brigade_lock_wait_seconds_sum')).toBeCloseTo(7, 0);
    expect(await value('brigade_lock_hold_seconds_count')).toBe(2);
    expect(await value('brigade_lock_hold_seconds_sum')).toBeCloseTo(10, 0);
  });

  it('count the end of a lease from before their beginning, and do not measure it', async () => {
    const ana = await seat(at, 'ana');
    const held = await ana.acquire('task:stew');
    const before = rig.log.head.seq;
    await ana.release([{ resource: 'task:stew', token: tokenOf(held) }]);
    await hear(before);
    expect(await requests('release', 'released')).toBe(1);
    expect(await value('brigade_lock_hold_seconds_count')).toBe(0);
  });

  it('tell why leases ended that nobody released', async () => {
    const [ana, bo] = [await seat(at, 'ana'), await seat(at, 'bo')];
    await ana.acquire('task:stew', { ttlMs: 1_000 });
    await rig.clock.advance(3_000);
    await ana.acquire('task:soup');
    await at.submit({
      op: 'revoke',
      by: { kind: 'operator', name: 'kim', proof: 'terminal' },
      requestId: 'r1',
      bodyHash: 'r1',
      resource: 'task:soup',
      token: null,
      reason: 'it burns',
    });
    await bo.acquire('task:bread');
    await bo.at.submit({ ...bo.head(), op: 'close_session', why: 'done' });
    await rig.clock.advance(2_000);
    await hear();
    expect(await value('brigade_lock_expirations_total', { cause: 'ttl' })).toBe(1);
    expect(await value('brigade_lock_expirations_total', { cause: 'session_closed' })).toBe(1);
    expect(await value('brigade_lock_revocations_total', { cause: 'operator' })).toBe(1);
    expect(await value('brigade_lock_revocations_total', { cause: 'policy' })).toBe(0);
    expect(await value('brigade_lock_hold_seconds_count')).toBe(3);
  });

  it('count deadlocks and verdicts', async () => {
    const [ana, bo] = [await seat(at, 'ana'), await seat(at, 'bo')];
    await ana.acquire('task:stew');
    await bo.acquire('task:soup');
    const waiting = ana.acquire('task:soup', { waitMs: 20_000 });
    await settle();
    expect((await bo.acquire('task:stew', { waitMs: 20_000 })).answer).toMatchObject({ code: 'WAIT_ABORTED_DEADLOCK' });
    await bo.release('all');
    await rig.clock.advanceUntil(waiting);
    await ana.at.submit({
      ...ana.head(),
      op: 'check_in',
      summary: 'stirred the stew',
      digest: 'd1',
      complexity: 0.5,
      confidence: 0.5,
      outcomes: [],
      plan: null,
      parameters: null,
    });
    await hear();
    expect(await value('brigade_deadlocks_total')).toBe(1);
    expect(await requests('wait', 'deadlock')).toBe(1);
    expect(await value('brigade_verdicts_total', { verdict: 'proceed' })).toBe(1);
  });

  it('count what became of messages about alerts', async () => {
    register = new Registry();
    const meters = new EventMeters(register);
    const head = { seq: 9, at: 0, wallAt: '', version: 1, actor: 'brigade', hash: '', target: 'ops' } as const;
    meters.hear({ ...head, type: 'delivery.done', messages: [7, 8] });
    meters.hear({ ...head, type: 'delivery.retrying', message: 7, attempt: 1, nextAt: 5, detail: '' });
    meters.hear({ ...head, type: 'delivery.dead', message: 7, attempts: 9, detail: '' });
    const outcome = (name: string) => value('brigade_alert_deliveries_total', { outcome: name });
    expect([await outcome('delivered'), await outcome('retried'), await outcome('given_up')]).toEqual([2, 1, 1]);
  });
});
