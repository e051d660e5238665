// A fact is never refused, and one about what is over changes nothing: an older log may tell things in an order that nothing
// decides any more.

import { beforeEach, describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { nextEvent } from '../../../test/support/next-step.ts';
import { apply } from '../apply.ts';
import { type FleetState, forkState } from '../fleet-state.ts';

let fleet: CoreFleet;
/** Of `ana`: over, each in its way. */
let over: { readonly ticket: string; readonly token: number };

beforeEach(() => {
  fleet = new CoreFleet();
  for (const agent of ['ana', 'bo']) fleet.join(agent);
  fleet.acquire('bo', ['task:a']);
  fleet.acquire('ana', ['task:a'], { waitMs: 60_000 });
  fleet.says('bo', { op: 'release', leases: 'all' });
  const [ended] = fleet.state.endedTickets.rows();
  fleet.says('ana', { op: 'release', leases: 'all' });
  over = { ticket: ended?.ticket ?? '', token: ended?.tokens[0] ?? 0 };
});

function folded(facts: object): FleetState {
  const after = forkState(fleet.state);
  apply(after, nextEvent(fleet.state, facts));
  return after;
}

/** Who holds and waits, what is offered, and what was told. */
function held({ leases, tickets, endedTickets, handoffs, notices }: FleetState): readonly unknown[] {
  return [leases, tickets, endedTickets, handoffs, notices].map((table) => [...table.rows()]);
}

describe('a fact about what is over', () => {
  it.each<[string, object]>([
    ['lease.renewed', { ttlMs: 90_000 }],
    ['lease.shortened', { ttlMs: 1_000, until: 5, by: 'bo', reason: '' }],
    ['lease.released', { why: 'released' }],
    ['lease.expired', { lastUsedAt: 0 }],
    ['lease.revoked', { by: 'bo', reason: '' }],
    ['lease.dropped', { ending: 'session_lost' }],
    ['handoff.offered', { offer: 'h1', to: 'bo', until: 5 }],
    ['handoff.ended', { offer: 'h1', outcome: 'accepted' }],
    ['lease.offered', { until: 30_000, revived: false }],
    ['lease.offered', { ticket: 't999', until: 30_000, revived: true }],
    ['offer.lapsed', {}],
    ['wait.parked', { parkedUntil: 60_000 }],
    ['wait.left', {}],
    ['wait.passed', { passed: 't1' }],
    ['wait.ended', { outcome: 'deadlock', tokens: [], cycle: [] }],
  ])('%s: changes nothing', (type, facts) => {
    const after = folded({ type, ...over, resource: 'task:a', ...facts });
    expect(held(after)).toEqual(held(fleet.state));
  });

  it('brings a lease back no more than its offer does, which ends after it', () => {
    fleet.acquire('ana', ['task:b']);
    const [{ token } = { token: 0 }] = fleet.state.leases.rows();
    fleet.says('ana', { op: 'hand_off', resource: 'task:b', token, to: 'bo' });
    const [{ offer } = { offer: '' }] = fleet.state.handoffs.rows();
    const after = folded({ type: 'lease.released', resource: 'task:b', token, why: 'released' });
    apply(after, nextEvent(after, { type: 'handoff.ended', resource: 'task:b', token, offer, outcome: 'lease_ended' }));
    expect([after.leases.size, after.handoffs.size]).toEqual([0, 0]);
  });
});

describe('an agent that is active again', () => {
  it.each([
    [1, 0],
    [2, 60_000],
  ])('keeps what holders did meanwhile, as logs of now have it: version %i', (version, usedAt) => {
    fleet.acquire('bo', ['task:a']);
    fleet.acquire('ana', ['task:a'], { waitMs: 600_000 });
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'look' });
    fleet.atMs = 60_000;
    fleet.says('bo', { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } });
    const resumed = { type: 'agent.resumed', version, by: 'operator', reason: 'looked' };
    const [lease] = folded(resumed).leases.rows();
    expect(lease).toMatchObject({ agentId: 'bo', usedAt });
  });
});
