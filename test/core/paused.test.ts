// A paused agent: passed over, but not put back. Nothing pauses an agent yet, so the rows are set by hand.

import { describe, expect, it } from 'vitest';
import { cycleThrough } from '../../src/core/deadlock/wait-for.ts';
import type { Lifecycle } from '../../src/core/event.ts';
import { checkState } from '../../src/core/invariants.ts';
import { lookAgainAtWaitsOf } from '../../src/core/lease/absent.ts';
import { positionOf } from '../../src/core/lease/line.ts';
import { CoreFleet } from '../support/core-fleet.ts';

function setLifecycle({ state }: CoreFleet, agentId: string, lifecycle: Lifecycle): void {
  const row = state.agents.get(agentId);
  if (row !== undefined) state.agents.set({ ...row, lifecycle });
  lookAgainAtWaitsOf(state, `s-${agentId}`);
}

function open(...names: readonly string[]): CoreFleet {
  const fleet = new CoreFleet();
  for (const name of names) fleet.join(name);
  return fleet;
}

describe.each(['paused', 'archived', 'retired'] as const)('an agent that is %s', (lifecycle) => {
  const code = `AGENT_${lifecycle.toUpperCase()}`;

  it('is granted and renewed nothing and writes nothing, but may release, check and withdraw', () => {
    const fleet = open('ana', 'bo');
    fleet.acquire('ana', ['task:a']);
    const { token } = [...fleet.state.leases.rows()][0] ?? { token: 0 };
    setLifecycle(fleet, 'ana', lifecycle);
    expect(fleet.acquire('ana', ['task:b']).answer).toMatchObject({ code });
    expect(
      fleet.says('ana', { op: 'renew', leases: [{ resource: 'task:a', token }], ttlMs: null }).answer,
    ).toMatchObject({ code });
    const put = { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } } as const;
    expect(fleet.says('ana', put).answer).toMatchObject({ code });
    expect(fleet.says('ana', { op: 'hand_off', resource: 'task:a', token, to: 'bo' }).answer).toMatchObject({ code });
    expect(fleet.says('ana', { op: 'check', resource: 'task:a', token }).answer).toMatchObject({ holds: true });
    expect(fleet.says('ana', { op: 'release', leases: 'all' }).answer).toMatchObject({ op: 'release' });
  });

  it('is not active by what it may still do', () => {
    const fleet = open('ana');
    fleet.acquire('ana', ['task:a']);
    setLifecycle(fleet, 'ana', lifecycle);
    const before = fleet.state.sessions.get('s-ana')?.activeAt;
    fleet.atMs += 600_000;
    fleet.says('ana', { op: 'check', resource: 'task:b', token: 1 });
    expect(fleet.state.sessions.get('s-ana')?.activeAt).toBe(before);
  });

  it('is passed over and keeps its place', () => {
    const fleet = open('hal', 'ana', 'bo', 'cy');
    fleet.acquire('hal', ['task:a']);
    for (const name of ['ana', 'bo', 'cy']) fleet.acquire(name, ['task:a'], { waitMs: 600_000 });
    setLifecycle(fleet, 'ana', lifecycle);
    fleet.says('hal', { op: 'release', leases: 'all' });
    expect([...fleet.state.leases.rows()].map((lease) => lease.agentId)).toEqual(['bo']);
    setLifecycle(fleet, 'ana', 'active');
    const [ticket] = fleet.state.tickets.in('session', 's-ana');
    expect(ticket === undefined ? 0 : positionOf(fleet.state, ticket)).toBe(1);
    fleet.says('bo', { op: 'release', leases: 'all' });
    expect([...fleet.state.leases.rows()].map((lease) => lease.agentId)).toEqual(['ana']);
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('has no edges: nobody is aborted for waiting for it in a ring', () => {
    const fleet = open('ana', 'bo');
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('ana', ['task:b'], { waitMs: 600_000 });
    setLifecycle(fleet, 'ana', lifecycle);
    expect(fleet.acquire('bo', ['task:a'], { waitMs: 600_000 }).answer).toMatchObject({ status: 'queued' });
    for (const ticket of fleet.state.tickets.rows()) expect(cycleThrough(fleet.state, ticket)).toBeNull();
  });
});
