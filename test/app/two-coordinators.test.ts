// Two coordinators on one log: each decides on its own fold, and the log says who was first.

import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, leased, seat, tokenOf } from '../support/fleet-rig.ts';

const FILE = 'task:stew';

describe('two coordinators on one log', () => {
  let rig = FleetRig.onFakeClock();
  afterEach(() => rig.close());

  it('found one fleet, whoever is first', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = await Promise.all([rig.coordinator('a'), rig.coordinator('b')]);
    expect(a.fleetId()).toBeNull();
    const [first, second] = await Promise.all([a.found(), b.found()]);
    expect(first).toBe(second);
    expect(rig.log.batches.flatMap((batch) => batch.body.match(/fleet\.founded/g) ?? [])).toHaveLength(1);
    expect(rig.log.batches.flatMap((batch) => batch.body.match(/place\.anchored/g) ?? [])).toHaveLength(1);
  });

  it('grant to one, refuse the other, and see each other at once', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire(FILE));
    expect(codeOf(await bo.acquire(FILE))).toBe('LEASE_HELD');
    const locks = await b.view({ kind: 'locks' });
    expect(locks.items).toMatchObject([{ resource: FILE, token, holder: { agentId: 'ana' }, alive: 'alive' }]);
    expect(codeOf(await ana.release([{ resource: FILE, token }]))).toBe('none');
    expect(tokenOf(await bo.acquire(FILE))).toBeGreaterThan(token);
  });

  it('tell a holder how long it may believe, always less than it lasts', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const outcome = await ana.acquire('task:stew', { ttlMs: 40_000 });
    const token = tokenOf(outcome);
    // 50 s in all, less two per cent and 50 ms.
    expect(outcome.safeForMs).toEqual({ [token]: 48_950 });
    await rig.clock.advance(20_000);
    const later = await ana.check('task:stew', token);
    expect(later.safeForMs[token]).toBeGreaterThan(0);
    const long = await ana.acquire('task:soup', { ttlMs: 3_600_000 });
    expect(long.safeForMs[tokenOf(long)]).toBe(293_950);
  });

  it('tell a holder not to believe in what has ended since it was decided, even in the same append', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const granting = ana.acquire('task:stew');
    const by = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
    await a.submit({
      by,
      requestId: 'r',
      bodyHash: '',
      op: 'revoke',
      resource: 'task:stew',
      token: null,
      reason: 'no',
    });
    const outcome = await granting;
    expect(outcome.safeForMs).toEqual({ [tokenOf(outcome)]: 0 });
  });

  it('tell a session what it must know with every answer, until a call confirms it', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew'));
    await b.submit({
      by: { kind: 'operator', name: 'chef', proof: 'terminal' },
      requestId: 'revoke-1',
      bodyHash: '',
      op: 'revoke',
      resource: 'task:stew',
      token,
      reason: 'the kitchen closes',
    });
    const first = await ana.check('task:stew', token);
    expect(first.notices).toMatchObject([{ token, text: expect.stringContaining('the kitchen closes') as string }]);
    const again = await ana.check('task:stew', token);
    expect(again.notices).toEqual(first.notices);
    const seen = first.notices.at(-1)?.seq ?? 0;
    const confirmed = await a.submit({
      by: { kind: 'session', handleHash: ana.handleHash, noticesSeen: seen },
      requestId: 'check-3',
      bodyHash: '',
      op: 'check',
      resource: 'task:stew',
      token,
    });
    expect(confirmed.notices).toEqual([]);
  });

  it('answer a parked call with the grant that the other coordinator logged', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire(FILE));
    const waiting = bo.acquire(FILE, { waitMs: 20_000 });
    await rig.clock.advance(700);
    expect(b.health().parked).toBe(1);
    await ana.release([{ resource: FILE, token }]);
    await settle();
    const outcome = await waiting;
    expect(leased(outcome).status).toBe('granted');
    expect(tokenOf(outcome)).toBeGreaterThan(token);
    expect(outcome.waitedMs).toBe(700);
    expect(b.health().parked).toBe(0);
  });

  it('leave at the end of patience with a ticket that keeps its place', async () => {
    rig = FleetRig.onFakeClock();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire(FILE));
    const waiting = bo.acquire(FILE, { waitMs: 5_000 });
    await rig.clock.advance(5_100);
    const { status, ticket, position } = leased(await waiting);
    expect({ status, position }).toEqual({ status: 'queued', position: 1 });
    expect(rig.log.batches.at(-1)?.body).toContain('wait.left');
    // Away, it is offered its turn, and asking again claims it.
    await ana.release([{ resource: FILE, token }]);
    expect(leased(await bo.await(ticket ?? '', 1_000)).status).toBe('granted');
  });
});
