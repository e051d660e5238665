import { describe, expect, it } from 'vitest';
import { AlertedFleet } from '../../../test/support/alerted-fleet.ts';
import { VIEW_LIMITS } from './page.ts';
import { viewOf } from './view-of.ts';
import type { Query, ViewOf } from './views.ts';

function sees<Q extends Query>(fleet: AlertedFleet, query: Q): ViewOf<Q> {
  return viewOf(fleet.state, fleet.atMs, () => 'alive', query);
}

/** Incidents 1 to 4 of an agent each; 1 and 3 are closed. */
function fourIncidents(): AlertedFleet {
  const fleet = new AlertedFleet();
  for (const name of ['ana', 'bo', 'cy', 'di']) fleet.raise(name, { agents: [name] });
  for (const incident of [1, 3]) fleet.operator({ op: 'close_incident', incident, text: 'known' });
  return fleet;
}

describe('the list of incidents', () => {
  it('is empty where nothing happened', () => {
    const fleet = new AlertedFleet();
    expect(sees(fleet, { kind: 'incidents' })).toEqual({ items: [], cursor: null, total: 0 });
    expect(sees(fleet, { kind: 'fleet' })).toMatchObject({ incidents: [], leftOut: { incidents: 0 } });
  });

  it('has open ones first and the newest first, page by page', () => {
    const fleet = fourIncidents();
    const first = sees(fleet, { kind: 'incidents', limit: 3 });
    expect([first.items.map(({ incident }) => incident), first.total]).toEqual([[4, 2, 3], 4]);
    const rest = sees(fleet, { kind: 'incidents', limit: 3, cursor: first.cursor ?? '' });
    expect([rest.items.map(({ incident }) => incident), rest.cursor]).toEqual([[1], null]);
    expect(sees(fleet, { kind: 'incidents', open: true }).items.map(({ incident }) => incident)).toEqual([4, 2]);
    expect(sees(fleet, { kind: 'fleet' }).incidents.map(({ incident }) => incident)).toEqual([4, 2]);
  });

  it('says how each stands, how long it lasted, and how it ended', () => {
    const fleet = fourIncidents();
    fleet.atMs = 2_000;
    fleet.over('bo');
    const [di, bo, cy] = sees(fleet, { kind: 'incidents' }).items;
    expect([di?.state, bo?.state, cy?.state]).toEqual(['open', 'quiet', 'closed']);
    expect([di?.lastedMs, bo?.openAlerts, cy?.lastedMs]).toEqual([2_000, 0, 0]);
    expect(cy?.closed).toEqual({ at: '2025-11-19T23:25:00.000Z', by: 'operator:root', how: 'operator', text: 'known' });
  });

  it('names the first of many agents, and counts the rest', () => {
    const fleet = new AlertedFleet();
    fleet.raise('all', { agents: Array.from({ length: VIEW_LIMITS.namesPerIncident + 3 }, (_, i) => `a${i}`) });
    expect(sees(fleet, { kind: 'incidents' }).items).toMatchObject([{ leftOut: { agents: 3, resources: 0 } }]);
  });

  it('on the screen of the fleet is bounded', () => {
    const fleet = new AlertedFleet();
    for (let i = 0; i < VIEW_LIMITS.fleetRows + 2; i += 1) fleet.raise(`s${i}`, { agents: [`a${i}`] });
    const { incidents, leftOut } = sees(fleet, { kind: 'fleet' });
    expect([incidents.length, leftOut.incidents]).toEqual([VIEW_LIMITS.fleetRows, 2]);
  });
});

describe('one incident', () => {
  it('has its alerts and notes, who was involved, and what they hold and wait for', () => {
    const fleet = new AlertedFleet();
    for (const name of ['ana', 'bo', 'cy']) fleet.join(name);
    fleet.acquire('ana', ['file:@w1/src/']);
    fleet.acquire('bo', ['file:@w1/src/a.ts'], { waitMs: 1_000 });
    fleet.acquire('cy', ['task:else']);
    const alert = fleet.raise('ana', { agents: ['ana'], resources: ['file:@w1/src/a.ts'] });
    fleet.operator({ op: 'note_incident', incident: 1, text: 'looking' });
    const view = sees(fleet, { kind: 'incident', incident: 1 });
    expect(view).toMatchObject({
      line: { incident: 1, state: 'open' },
      row: { notes: [{ by: 'operator:root', text: 'looking' }] },
      alerts: [{ alert, code: 'silent_holder' }],
      parties: [{ agentId: 'ana', sessions: [{ transport: 'http', presence: 'alive' }] }, { agentId: 'bo' }],
      leases: [{ agentId: 'ana', resource: 'file:@w1/src/' }],
      tickets: [{ agentId: 'bo', resources: ['file:@w1/src/a.ts'] }],
      head: { seq: fleet.state.position.seq },
      leftOut: { parties: 0, leases: 0, tickets: 0 },
    });
  });

  it('that is not known is nothing', () => {
    expect(sees(new AlertedFleet(), { kind: 'incident', incident: 1 })).toBeNull();
  });
});
