// Alerts among coordinators: each is told within its threshold and a second, once for all of them, whoever dies in between; a
// fleet at rest has no timer for it; and what only a process can see is told too.

import { afterEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { bodyHash } from '../../src/app/body-hash.ts';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import { logAlerts } from '../../src/app/log-alerts.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import type { AlertView } from '../../src/core/view/views.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { FleetRig, leased, seat, silent, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';
import { containing } from '../support/matching.ts';

let rig: FleetRig;
afterEach(() => rig.close());

const WAIT_MS = 5_000;
const POLICY: Policy = { alerts: { waitMs: WAIT_MS, closeAfterMs: 1_000 } };

function openRig(): void {
  rig = FleetRig.onFakeClock({ foundingPolicyOf: () => POLICY });
}

async function alertsAt(coordinator: LocalCoordinator, closed = false): Promise<readonly AlertView[]> {
  return (await coordinator.view({ kind: 'alerts', closed })).items;
}

async function facts(coordinator: LocalCoordinator): Promise<readonly FleetEvent[]> {
  const found: FleetEvent[] = [];
  for await (const event of coordinator.feed({ after: 0, once: true })) found.push(event);
  return found.filter(({ type }) => type.startsWith('alert.'));
}

describe('an alert', () => {
  it('is told within its threshold and a second, once, however many coordinators watch', async () => {
    openRig();
    const [a, b, c] = [await rig.coordinator('a'), await rig.coordinator('b'), await rig.coordinator('c')];
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(b, 'bo'), await seat(c, 'cy')];
    const token = tokenOf(await ana.acquire('task:stew'));
    await cy.acquire('task:soup');
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await rig.clock.advance(WAIT_MS);
    expect(await alertsAt(a)).toEqual([]);
    await rig.clock.advance(1_000);
    expect(await alertsAt(c)).toMatchObject([{ code: 'contention', subject: 'task:stew', agents: ['ana', 'bo'] }]);
    await rig.clock.advance(10_000);
    await ana.release([{ resource: 'task:stew', token }]);
    expect(leased(await waiting).status).toBe('granted');
    await rig.clock.advance(1_000);
    expect((await facts(a)).map(({ type }) => type)).toEqual(['alert.opened', 'alert.closed']);
    expect(await alertsAt(b)).toEqual([]);
    expect(await alertsAt(b, true)).toMatchObject([{ closed: { why: containing('Nobody waits') } }]);
  });

  it('is told by a coordinator that comes later, where the one that could have told it died', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    await ana.acquire('task:stew');
    const waiting = bo.acquire('task:stew', { waitMs: 1_000 });
    await rig.clock.advance(WAIT_MS - 1_000);
    expect((await waiting).answer).toMatchObject({ status: 'queued' });
    await a.close();
    const b = await rig.coordinator('b');
    await seat(b, 'cy');
    await rig.clock.advance(2_000);
    expect(await alertsAt(b)).toMatchObject([{ code: 'contention' }]);
    // And it is not told again by the next one.
    await b.close();
    const c = await rig.coordinator('c');
    await seat(c, 'dee');
    await rig.clock.advance(5_000);
    expect((await facts(c)).map(({ type }) => type)).toEqual(['alert.opened']);
  });

  it('is looked for by nobody where nobody waits', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    await rig.clock.advance(1_000);
    const atRest = rig.clock.timers;
    await ana.acquire('task:stew');
    const token = tokenOf(await bo.acquire('task:soup'));
    await rig.clock.advance(2_000);
    const beside = rig.clock.timers - atRest;
    const waiting = bo.acquire('task:stew', { waitMs: 1_000 });
    await rig.clock.advance(2_000);
    expect(rig.clock.timers).toBeGreaterThan(atRest + beside);
    const ticket = leased(await waiting).ticket ?? '';
    await a.submit({ ...bo.head(), op: 'withdraw', ticket });
    await bo.release([{ resource: 'task:soup', token }]);
    await ana.release('all');
    await rig.clock.advance(2_000);
    expect(rig.clock.timers).toBeLessThanOrEqual(atRest + beside);
  });

  it('is acknowledged once for all coordinators', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    await seat(a, 'ana');
    const by = { kind: 'operator', name: 'root', proof: 'terminal' } as const;
    const word = (op: Readonly<Record<string, unknown>>, id: string) =>
      ({ ...op, by, requestId: id, bodyHash: bodyHash(nodeHasher, op) }) as never;
    await a.submit(word({ op: 'pause', agentId: 'ana', reason: 'lunch' }, 'p'));
    const [alert] = await alertsAt(b);
    const ack = { op: 'acknowledge_alert', alert: alert?.alert, note: 'on it' };
    expect((await b.submit(word(ack, 'k1'))).answer).toMatchObject({ changed: true });
    expect((await a.submit(word(ack, 'k1'))).answer).toMatchObject({ changed: true });
    expect((await a.submit(word(ack, 'k2'))).answer).toMatchObject({ changed: false });
    expect(await alertsAt(a)).toMatchObject([{ acknowledged: { by: 'operator:root', note: 'on it' } }]);
  });
});

describe('the audit', () => {
  it('stops granting where a circle stands that no decision has broken', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    await ana.acquire('task:a');
    await bo.acquire('task:b');
    void ana.acquire('task:b', { waitMs: 60_000 });
    await rig.clock.advance(11_000);
    expect(a.replica.state.fleet?.suspended).toBeNull();
    // By hand, as no decision would: what ana waits for is held by one who waits for ana.
    const { state } = a.replica;
    const [ticket] = state.tickets.rows();
    if (ticket === undefined) throw new Error('nobody waits');
    const far = { parkedUntil: 1e9, livesUntil: 2e9 };
    state.tickets.set({
      ...ticket,
      ...far,
      ticket: 't_by_hand',
      sessionId: bo.sessionId,
      agentId: 'bo',
      resources: ['task:a'],
    });
    await rig.clock.advance(11_000);
    expect(state.fleet?.suspended).toMatchObject({ code: 'INVARIANT_BROKEN', why: containing('circle') });
    expect((await alertsAt(a)).map(({ code }) => code)).toContain('invariant_broken');
  });
});

describe('what only a process can see', () => {
  it('an outage is told by who writes again, where it lasted longer than anybody waits', async () => {
    const stores: GatedStore[] = [];
    rig = FleetRig.onFakeClock({
      makeStore: () => {
        const store = new GatedStore(rig.store());
        stores.push(store);
        return store;
      },
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const setReach = (isOut: boolean): void => {
      for (const store of stores) store.isOutOfReach = isOut;
    };
    setReach(true);
    await rig.clock.advance(2_000);
    setReach(false);
    await rig.clock.advance(10_000);
    expect(await alertsAt(a)).toEqual([]);
    setReach(true);
    await rig.clock.advance(20_000);
    setReach(false);
    await rig.clock.advance(10_000);
    await ana.acquire('task:stew');
    expect(await alertsAt(a)).toMatchObject([{ code: 'store_trouble', severity: 'critical' }]);
  });

  it('a wall clock that was set is told, and nothing expires by it', async () => {
    let wallOffsetMs = 0;
    const clock = createFakeClock();
    const moved = {
      ...clock,
      wallAt: () => new Date(Date.parse(clock.wallAt()) + wallOffsetMs).toISOString(),
      get timers() {
        return clock.timers;
      },
    };
    rig = new FleetRig({ clock: moved });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew', { ttlMs: 60_000 });
    await rig.clock.advance(3_000);
    wallOffsetMs = 86_400_000;
    await rig.clock.advance(2_000);
    expect(await alertsAt(a)).toMatchObject([{ code: 'clock_trouble', text: containing('went 1d00h ahead') }]);
    await rig.clock.advance(20_000);
    expect((await a.view({ kind: 'locks' })).total).toBe(1);
  });
});

describe('the log of a process', () => {
  it('has what this process told, and nothing else', () => {
    rig = FleetRig.onFakeClock();
    const lines: unknown[] = [];
    const logger: Logger = { ...silent, warn: (fields, message) => void lines.push([fields.code, message]) };
    const opened = { type: 'alert.opened', seq: 7, code: 'deadlock', severity: 'warning', agents: [], resources: [] };
    logAlerts(logger, [{ ...opened, text: 'A\nline' } as never, { type: 'alert.closed' } as never]);
    expect(lines).toEqual([['deadlock', 'alert 7: A line']]);
  });
});
