// Deciding, appending and answering, with the store in the hand of the test.

import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, leased, seat, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';

let rig: FleetRig;
let gates: Map<string, GatedStore>;

function openRig(): void {
  gates = new Map();
  rig = FleetRig.onFakeClock({
    makeStore: (name) => {
      const gate = new GatedStore(rig.store());
      gates.set(name, gate);
      return gate;
    },
  });
}

function gateOf(name: string): GatedStore {
  const gate = gates.get(name);
  if (gate === undefined) throw new Error(`no store ${name}`);
  return gate;
}

function eventsIn(type: string): number {
  return rig.log.batches.reduce((sum, batch) => sum + batch.body.split(`"type":"${type}"`).length - 1, 0);
}

afterEach(async () => {
  for (const gate of gates.values()) await gate.openGate();
  await rig.close();
});

describe('an append that is outstanding', () => {
  it('is seen by nobody: no view, no parked call, no answer', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    const token = tokenOf(await ana.acquire('task:stew'));
    let heard = false;
    const waiting = bo.acquire('task:stew', { waitMs: 20_000 }).finally(() => {
      heard = true;
    });
    await settle();

    gateOf('a').fates.push('hold');
    let released = false;
    const releasing = ana.release([{ resource: 'task:stew', token }]).finally(() => {
      released = true;
    });
    await settle();
    expect(gateOf('a').held).toBe(1);
    const [lock] = (await a.view({ kind: 'locks' })).items;
    expect(lock).toMatchObject({ token, holder: { agentId: 'ana' } });
    expect({ heard, released, parked: a.health().parked }).toEqual({ heard: false, released: false, parked: 1 });

    await gateOf('a').openGate();
    await releasing;
    expect(leased(await waiting).status).toBe('granted');
    const [after] = (await a.view({ kind: 'locks' })).items;
    expect(after).toMatchObject({ holder: { agentId: 'bo' } });
  });

  it('collects what arrives meanwhile into one next append', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const cooks = await Promise.all(Array.from({ length: 20 }, (_, i) => seat(a, `cook${i}`)));
    gateOf('a').fates.push('hold');
    const first = cooks[0]?.acquire('task:first');
    await settle();
    const before = gateOf('a').appends;
    const others = cooks.map((cook, i) => cook.acquire(`task:${i}`));
    await settle();
    expect(gateOf('a').appends).toBe(before);
    await gateOf('a').openGate();
    await Promise.all([first, ...others]);
    expect(gateOf('a').appends).toBe(before + 1);
  });

  it('that another process overtakes is dropped whole and decided again on what the other wrote', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    gateOf('a').fates.push('hold');
    const ours = ana.acquire('task:stew');
    await settle();
    const theirs = tokenOf(await bo.acquire('task:stew'));
    await gateOf('a').openGate();
    expect(codeOf(await ours)).toBe('LEASE_HELD');
    expect(a.health().conflicts).toBe(1);
    const held = (await a.view({ kind: 'locks' })).items;
    expect(held).toMatchObject([{ token: theirs, holder: { agentId: 'bo' } }]);
  });

  it('that another process overtakes is tried again together with what came meanwhile', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(b, 'bo'), await seat(a, 'cy')];
    gateOf('a').fates.push('hold');
    const early = ana.acquire('task:stew');
    await settle();
    tokenOf(await bo.acquire('task:soup'));
    const late = cy.acquire('task:roast');
    await settle();
    const before = gateOf('a').appends;
    await gateOf('a').openGate();
    expect([tokenOf(await early), tokenOf(await late)].map((token) => token > 0)).toEqual([true, true]);
    expect(gateOf('a').appends).toBe(before + 1);
  });

  it('found by reading before its reply came is merged once', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    gateOf('a').fates.push('hold-reply');
    const asked = ana.acquire('task:stew');
    await settle();
    // The view reads the log, and the batch with it.
    expect((await a.view({ kind: 'locks' })).items).toHaveLength(1);
    const token = tokenOf(await asked);
    const b = await rig.coordinator('b');
    const bo = await seat(b, 'bo');
    await a.view({ kind: 'locks' });
    const { head } = a.health();
    await gateOf('a').openGate();
    await settle();
    expect(a.health().head).toEqual(head);
    expect((await a.view({ kind: 'locks' })).items).toMatchObject([{ token }]);
    const seen: number[] = [];
    for await (const event of a.feed({ after: 0, once: true })) seen.push(event.seq);
    expect(seen).toEqual(Array.from({ length: head.seq }, (_, i) => i + 1));
    expect(tokenOf(await ana.acquire('task:soup'))).toBeGreaterThan(token);
    expect(codeOf(await bo.acquire('task:stew'))).toBe('LEASE_HELD');
  });

  it('in parts is decided again from the part that another process came before', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    await a.view({ kind: 'fleet' });
    gateOf('a').fates.push('hold-reply');
    const value = 'x'.repeat(60_000);
    const puts = Array.from({ length: 15 }, (_, i) => ana.put(`key${i}`, value, { ifVersion: 0 }));
    const asked = ana.acquire('task:stew');
    await settle();
    expect(gateOf('a').held).toBe(1);
    const other = tokenOf(await bo.acquire('task:soup'));
    // The first part and what the other wrote are read before the reply to the first part comes.
    await a.view({ kind: 'fleet' });
    await gateOf('a').openGate();
    await settle();
    expect((await Promise.all(puts)).map(codeOf)).toEqual(puts.map(() => 'none'));
    const token = tokenOf(await asked);
    expect(token).toBeGreaterThan(other);
    expect((await ana.via(b).check('task:stew', token)).answer).toMatchObject({ holds: true });
    expect(a.health().conflicts).toBe(1);
  });
});

describe('a call that is cancelled while its append is outstanding', () => {
  it('gives back what it is granted, and nothing that was held before', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const kept = tokenOf(await ana.acquire('task:soup'));
    gateOf('a').fates.push('hold');
    const cancelled = new AbortController();
    const asked = ana.acquire(['task:stew', 'task:soup'], {}, { cancelled: cancelled.signal });
    await settle();
    cancelled.abort();
    await gateOf('a').openGate();
    await settle();
    expect((await asked).answer).toMatchObject({ op: 'release' });
    expect((await a.view({ kind: 'locks' })).items).toMatchObject([{ resource: 'task:soup', token: kept }]);
  });
});

describe('a lost reply', () => {
  it('is found by the id of the batch and not decided again', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    gateOf('a').fates.push('lose-reply');
    const asked = ana.acquire('task:stew');
    await rig.clock.advance(200);
    expect(leased(await asked).status).toBe('granted');
    expect(eventsIn('lease.granted')).toBe(1);
  });

  it('of an append that never happened is tried again', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    gateOf('a').fates.push('fail', 'fail');
    const asked = ana.acquire('task:stew');
    await rig.clock.advance(1_000);
    expect(leased(await asked).status).toBe('granted');
    expect(eventsIn('lease.granted')).toBe(1);
  });

  it('of an append that lands later is recognised then, and grants once', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const gate = gateOf('a');
    gate.fates.push('land-late', 'fail');
    const asked = ana.acquire('task:stew');
    await settle();
    await gate.openGate();
    await rig.clock.advance(1_000);
    expect(leased(await asked).status).toBe('granted');
    expect(eventsIn('lease.granted')).toBe(1);
  });

  it('with the store out of reach is STORE_UNAVAILABLE at the deadline, and the repeat has the same outcome', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const gate = gateOf('a');
    gate.fates.push('lose-reply');
    const asked = ana.acquire('task:stew', { requestId: 'same' });
    await settle();
    gate.isOutOfReach = true;
    await rig.clock.advance(11_000);
    expect(codeOf(await asked)).toBe('STORE_UNAVAILABLE');
    gate.isOutOfReach = false;
    const again = await ana.acquire('task:stew', { requestId: 'same' });
    expect(leased(again).status).toBe('granted');
    expect(eventsIn('lease.granted')).toBe(1);
    expect(a.health().trouble).toBeNull();
  });
});

describe('a batch', () => {
  it('goes on without a command that cannot be written', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(a, 'bo'), await seat(a, 'cy')];
    const outcomes = await Promise.all([
      ana.acquire('task:stew'),
      bo.put('key', { count: 1n }, { ifVersion: 0 }),
      cy.acquire('task:soup'),
    ]);
    expect(outcomes.map(codeOf)).toEqual(['none', 'INTERNAL', 'none']);
    const before = gateOf('a').appends;
    expect(codeOf(await bo.put('key', { count: 1 }, { ifVersion: 0 }))).toBe('none');
    expect(gateOf('a').appends).toBe(before + 1);
  });

  it('answers what changes nothing without an append, on state that was caught up', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew'));
    await ana.via(b).check('task:stew', token);
    const before = gateOf('b').appends;
    const { answer } = await ana.via(b).check('task:stew', token);
    expect(answer).toMatchObject({ op: 'check', holds: true });
    await ana.release([{ resource: 'task:stew', token }]);
    expect((await ana.via(b).check('task:stew', token)).answer).not.toMatchObject({ holds: true });
    expect(gateOf('b').appends).toBeLessThanOrEqual(before + 1);
  });

  it('answers nothing from a state that another process has gone on from, whatever else is in the batch', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, cy] = [await seat(a, 'ana'), await seat(a, 'cy')];
    const token = tokenOf(await ana.acquire('task:stew'));
    await ana.via(b).release([{ resource: 'task:stew', token }]);
    const [checked] = await Promise.all([ana.check('task:stew', token), cy.acquire('task:soup')]);
    expect(checked.answer).not.toMatchObject({ holds: true });
  });

  it('of dry runs writes nothing, founds nothing and watches nothing', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const { answer } = await a.submit({
      by: { kind: 'system', name: 'test' },
      requestId: 'dry',
      bodyHash: '',
      op: 'check',
      resource: 'task:stew',
      token: 1,
      dryRun: true,
    });
    expect(answer).toMatchObject({ op: 'check', holds: false });
    expect(rig.log.batches).toHaveLength(0);
    expect(rig.clock.timers).toBe(1);
  });

  it('larger than the store takes at once is cut between groups', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const value = 'x'.repeat(60_000);
    const before = rig.log.batches.length;
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => ana.put(`key${i}`, value, { ifVersion: 0 })),
    );
    expect(outcomes.every((outcome) => codeOf(outcome) === 'none')).toBe(true);
    expect(rig.log.batches.length - before).toBeGreaterThan(1);
    expect(Math.max(...rig.log.batches.map((batch) => Buffer.byteLength(batch.body)))).toBeLessThanOrEqual(1024 * 1024);
    expect((await a.view({ kind: 'state', prefix: 'key', limit: 100 })).total).toBe(30);
  });

  it('of one `release all` with more than one decision ends is asked again until none is left', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const names = Array.from({ length: 450 }, (_, i) => `task:${i}`);
    for (let i = 0; i < names.length; i += 150) await ana.acquire(names.slice(i, i + 150));
    const { answer } = await ana.release('all');
    expect(answer).toMatchObject({ op: 'release', more: false });
    expect('released' in answer ? answer.released.length : 0).toBe(450);
    expect((await a.view({ kind: 'fleet' })).counts.leases).toBe(0);
  });

  it('of 10,000 at once leaves the rest BUSY and answers every call', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => ana.check('task:stew', 1)));
    const busy = outcomes.filter((outcome) => codeOf(outcome) === 'BUSY');
    expect(busy.length).toBe(10_000 - 4_096);
    expect(busy[0]?.answer).toMatchObject({ retry: 'afterWait', retryAfterMs: 250 });
    expect(codeOf(await ana.acquire('task:stew'))).toBe('none');
  });
});

describe('many coordinators that write at once', () => {
  it('lose nothing, grant nothing twice and all get their turn', async () => {
    openRig();
    const coordinators = await Promise.all(Array.from({ length: 6 }, (_, i) => rig.coordinator(`c${i}`)));
    const cooks = await Promise.all(coordinators.map((each, i) => seat(each, `cook${i}`)));
    for (const gate of gates.values()) gate.isSlow = true;
    const tokens = new Set<number>();
    const work = Promise.all(
      cooks.map(async (cook, i) => {
        for (let round = 0; round < 15; round += 1) {
          const token = tokenOf(await cook.acquire(`task:own${i}`));
          expect(tokens.has(token)).toBe(false);
          tokens.add(token);
          expect(codeOf(await cook.release([{ resource: `task:own${i}`, token }]))).toBe('none');
        }
      }),
    );
    await rig.clock.advanceUntil(work);
    expect(tokens.size).toBe(90);
    expect(coordinators.reduce((sum, each) => sum + each.health().conflicts, 0)).toBeGreaterThan(0);
    const counts = await Promise.all(
      coordinators.map(async (each) => (await each.view({ kind: 'fleet' })).counts.leases),
    );
    expect(counts).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('serve one line in the order of the log', async () => {
    openRig();
    const coordinators = await Promise.all(Array.from({ length: 4 }, (_, i) => rig.coordinator(`c${i}`)));
    const cooks = await Promise.all(coordinators.map((each, i) => seat(each, `cook${i}`)));
    const order: number[] = [];
    let inside = 0;
    const work = Promise.all(
      cooks.map(async (cook) => {
        for (let round = 0; round < 6; round += 1) {
          const token = tokenOf(await cook.acquire('task:knife', { waitMs: 60_000 }));
          inside += 1;
          expect(inside).toBe(1);
          order.push(token);
          inside -= 1;
          await cook.release([{ resource: 'task:knife', token }]);
        }
      }),
    );
    await rig.clock.advanceUntil(work);
    expect(order).toEqual([...order].toSorted((x, y) => x - y));
    expect(order).toHaveLength(24);
  });
});
