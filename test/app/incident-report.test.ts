// The report of an incident as any coordinator makes it from the log: of its own and of what others wrote, and where the
// beginning of the log was cut off.

import { afterEach, describe, expect, it } from 'vitest';
import type { Coordinator } from '../../src/app/coordinator.ts';
import { incidentReport } from '../../src/app/incident/incident-report.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { FleetRig, leased, seat } from '../support/fleet-rig.ts';

let rig: FleetRig;
let waiting: Promise<unknown> = Promise.resolve();
afterEach(async () => {
  await rig.close();
  await waiting;
});

/** Two take two things in opposite order on coordinator `a`; answers another one, which has to fold it. */
async function afterDeadlock(): Promise<Coordinator> {
  rig = FleetRig.onFakeClock();
  const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
  const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
  await ana.acquire('task:one');
  await bo.acquire('task:two');
  await ana.put('plan', { step: 1 }, { ifVersion: 0 });
  waiting = ana.acquire('task:two', { waitMs: 20_000 });
  await settle();
  await bo.acquire('task:one', { waitMs: 20_000 });
  return b;
}

async function reportFrom(coordinator: Pick<Coordinator, 'view' | 'feed'>, incident = 1) {
  const report = await incidentReport(coordinator, { incident, clock: rig.clock });
  if (report === null) throw new Error('no report');
  return report;
}

describe('a report', () => {
  it('is made by whichever coordinator is asked, with what stands in the log', async () => {
    const report = await reportFrom(await afterDeadlock());
    expect(report).toMatchObject({ incident: 1, state: 'open', causes: [{ code: 'deadlock' }] });
    expect(report.losses).toMatchObject({ isProved: true });
    expect(report.losses.verdict).toContain('1 governed write');
    expect(report.source).toMatchObject({ fromSeq: 1, toSeq: rig.log.head.seq, lastHash: rig.log.head.hash });
    expect(report.agents.map(({ agentId }) => agentId).toSorted()).toEqual(['ana', 'bo']);
  });

  it('of a number that no incident has is none', async () => {
    const coordinator = await afterDeadlock();
    expect(await incidentReport(coordinator, { incident: 2, clock: rig.clock })).toBeNull();
  });

  it('begins where the log begins, and says so', async () => {
    const coordinator = await afterDeadlock();
    const removedUpTo = 4;
    const feed: Coordinator['feed'] = (options) => {
      if (options.after >= removedUpTo) return coordinator.feed(options);
      throw new StoreFault('HISTORY_TRUNCATED', 'cut off', { details: { removedUpTo } });
    };
    const report = await reportFrom({ view: (query) => coordinator.view(query), feed });
    expect(report.source).toMatchObject({ knownFrom: 5, fromSeq: 5 });
    expect(report.losses.isProved).toBe(false);
  });

  it('fails where the log cannot be read, rather than telling half of it', async () => {
    const coordinator = await afterDeadlock();
    const feed: Coordinator['feed'] = () => {
      throw new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    };
    await expect(reportFrom({ view: (query) => coordinator.view(query), feed })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('says of each key in which version it stands now, of many facts too, while others have their turn', async () => {
    const coordinator = await afterDeadlock();
    const ana = await seat(coordinator, 'ann');
    for (let version = 0; version < 300; version += 1) await ana.put('count', version, { ifVersion: version });
    let turns = 0;
    const after: Clock['after'] = (ms, run, options) => {
      turns += 1;
      return rig.clock.after(ms, run, options);
    };
    const clock = { ...rig.clock, after };
    const report = await incidentReport(coordinator, { incident: 1, clock, signal: new AbortController().signal });
    expect(report?.losses.isProved).toBe(true);
    expect(turns).toBeGreaterThan(0);
  });

  it('names whoever stood in the line and has left it since', async () => {
    rig = FleetRig.onFakeClock();
    const a = await rig.coordinator('a');
    const [ana, bo, cy] = [await seat(a, 'ana'), await seat(a, 'bo'), await seat(a, 'cy')];
    await ana.acquire('task:one');
    await bo.acquire('task:two');
    const passing = cy.acquire('task:one', { waitMs: 1_000 });
    await rig.clock.advance(1_500);
    const { ticket } = leased(await passing);
    await a.submit({ ...cy.head(), op: 'withdraw', ticket: ticket ?? '' });
    waiting = ana.acquire('task:two', { waitMs: 20_000 });
    await settle();
    await bo.acquire('task:one', { waitMs: 20_000 });
    const report = await reportFrom(a);
    expect((await a.view({ kind: 'incident', incident: 1 }))?.parties.map(({ agentId }) => agentId)).not.toContain(
      'cy',
    );
    expect(report.agents.find(({ agentId }) => agentId === 'cy')).toMatchObject({
      client: 'test_client',
      sessions: [{ sessionId: cy.sessionId, presence: 'alive' }],
    });
  });

  it('is of the log as the view showed it, although that goes on meanwhile', async () => {
    const coordinator = await afterDeadlock();
    const { seq } = rig.log.head;
    const late = await seat(coordinator, 'late');
    const head = rig.log.head.seq;
    const feed: Coordinator['feed'] = async function* (options) {
      await late.acquire('task:late');
      yield* coordinator.feed(options);
    };
    const report = await reportFrom({ view: (query) => coordinator.view(query), feed });
    expect(rig.log.head.seq).toBeGreaterThan(head);
    expect([head > seq, report.source.toSeq]).toEqual([true, head]);
  });
});
