// Diagnosis and rescue through coordinators: what is seen of processes counts at the moment of the rescue, whoever asks and
// whatever was said of it; a store in trouble is part of what is told.

import { afterEach, describe, expect, it } from 'vitest';
import type { Coordinator, Outcome } from '../../src/app/coordinator.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { FindingView } from '../../src/core/view/views.ts';
import { type Cook, FleetRig, HERE, leased, seat } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';

let rig: FleetRig;
afterEach(() => rig.close());

function rescue(cook: Cook, finding: string, claimed: 'gone' | 'alive' = 'alive'): Promise<Outcome> {
  const seen = [{ sessionId: 'ses_1', presence: claimed, attachmentIds: [], dead: [] }];
  return cook.at.submit({ ...cook.head(), op: 'rescue', finding, reason: 'the others wait', seen });
}

async function found(at: Coordinator, code: string): Promise<FindingView> {
  const { findings } = await at.view({ kind: 'diagnosis' });
  const finding = findings.find((each) => each.code === code);
  if (finding === undefined) throw new Error(`no ${code}: ${findings.map((each) => each.id).join(' ')}`);
  return finding;
}

/** Of a call that waits, when it is settled. */
function statusOf(outcome: Outcome): string {
  return isRejection(outcome.answer) ? outcome.answer.code : leased(outcome).status;
}

describe('a holder in the way', () => {
  it('whose process is gone is closed by a fresh agent, on what its own coordinator sees', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana', { pid: 4711 });
    const dee = await seat(a, 'dee');
    await ana.acquire('task:stew');
    rig.processes.states.set(4711, 'dead');
    const { id, action } = await found(a, 'dead_holder');
    expect(action).toMatchObject({ kind: 'close_session', who: 'agent' });
    expect((await rescue(dee, id)).answer).toMatchObject({ op: 'rescue' });
    expect(leased(await dee.acquire('task:stew')).status).toBe('granted');
  });

  it('is not dead because somebody says that it was seen dead', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana', { pid: 4711 });
    const dee = await seat(a, 'dee');
    await ana.acquire('task:stew');
    rig.processes.states.set(4711, 'dead');
    const { id } = await found(a, 'dead_holder');
    rig.processes.states.set(4711, 'alive');
    expect((await rescue(dee, id, 'gone')).answer).toMatchObject({ code: 'NOT_SAFE' });
    expect((await dee.acquire('task:stew')).answer).toMatchObject({ code: 'LEASE_HELD' });
  });

  it('that is stopped is left to operators, however long it is silent', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const [ana, bo, dee] = [await seat(a, 'ana', { pid: 4711 }), await seat(a, 'bo'), await seat(a, 'dee')];
    await ana.acquire('task:stew');
    const waiting = bo.acquire('task:stew', { waitMs: 600_000 });
    await rig.clock.advance(200_000);
    const { id } = await found(a, 'silent_holder');
    rig.processes.states.set(4711, 'stopped');
    await rig.clock.advance(1_000);
    expect((await found(a, 'stopped_holder')).action).toMatchObject({ who: 'operator' });
    expect((await rescue(dee, id)).answer).toMatchObject({ code: 'NOT_SAFE' });
    expect((await rescue(dee, (await found(a, 'stopped_holder')).id)).answer).toMatchObject({ code: 'NOT_SAFE' });
    rig.processes.states.set(4711, 'alive');
    expect((await rescue(dee, id)).answer).toMatchObject({ op: 'rescue' });
    expect(statusOf(await waiting)).toBe('granted');
  });

  it('whose process is in another place can only be silent', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const far = await rig.coordinator('b', { ...HERE, placeId: 'p_there' });
    const ana = await seat(a, 'ana', { pid: 4711 });
    const dee = await seat(far, 'dee', { placeId: 'p_there' });
    await ana.acquire('task:stew');
    await a.close();
    rig.processes.states.set(4711, 'dead');
    expect((await far.view({ kind: 'diagnosis' })).findings).toEqual([]);
    const waiting = dee.acquire('task:stew', { waitMs: 600_000 });
    await rig.clock.advance(151_000);
    const { id } = await found(far, 'silent_holder');
    expect((await rescue(dee, id)).answer).toMatchObject({ op: 'rescue' });
    expect(statusOf(await waiting)).toBe('granted');
  });

  it('that waits in a call itself is heard of all the time', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(a, 'bo'), await seat(a, 'cy')];
    await ana.acquire('task:stew');
    await bo.acquire('task:soup');
    const other = bo.acquire('task:stew', { waitMs: 600_000 });
    const waiting = cy.acquire('task:soup', { waitMs: 600_000 });
    await rig.clock.advance(300_000);
    const { findings } = await a.view({ kind: 'diagnosis' });
    expect(findings.filter(({ code }) => code === 'silent_holder').map(({ agents: [agent] }) => agent)).toEqual([
      'ana',
    ]);
    await ana.release('all');
    expect(statusOf(await other)).toBe('granted');
    await bo.release('all');
    expect(statusOf(await waiting)).toBe('granted');
  });

  it('is relieved by policy, where it says so, once among several coordinators', async () => {
    rig = FleetRig.onFakeClock({ foundingPolicyOf: () => ({ silentHolder: { afterMs: 10_000, revoke: true } }) });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    await ana.acquire('task:stew');
    const waiting = bo.acquire('task:stew', { waitMs: 600_000 });
    await rig.clock.advance(12_000);
    expect(statusOf(await Promise.race([waiting, rig.clock.advance(3_000).then(() => waiting)]))).toBe('granted');
    const { items } = await b.view({ kind: 'locks' });
    expect(items).toMatchObject([{ holder: { agentId: 'bo' } }]);
    const log = rig.log.batches.map(({ body }) => body).join('');
    expect(log.split('"rescue.done"').length - 1).toBe(1);
  });
});

describe('a store in trouble', () => {
  it('is the first thing that is told, beside what was known last', async () => {
    const gate = { store: null as GatedStore | null };
    rig = FleetRig.onFakeClock({
      makeStore: () => {
        gate.store ??= new GatedStore(rig.store());
        return gate.store;
      },
    });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:stew');
    if (gate.store !== null) gate.store.isOutOfReach = true;
    const { findings, looked } = await a.view({ kind: 'diagnosis' });
    expect(looked[0]).toContain('1 lock held');
    expect(findings[0]).toMatchObject({ code: 'store_problem', id: 'store_problem:STORE_UNAVAILABLE:0' });
  });
});
