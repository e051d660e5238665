// Adopting a policy, as the core decides it.

import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/core/governance/policy.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { CoreFleet } from '../support/core-fleet.ts';

function adopt(fleet: CoreFleet, policy: Policy, instead?: number | null) {
  const ask = { op: 'adopt_policy', policy, reason: 'tried it' } as const;
  return fleet.operator(instead === undefined ? ask : { ...ask, instead });
}

describe('adopting a policy', () => {
  it('puts it in the log with what it changes, by whom and why, and in force', () => {
    const fleet = new CoreFleet();
    const { groups, answer } = adopt(fleet, { onPause: 'release' }, null);
    const diff = ['onPause: (default) -> "release"'];
    expect(answer).toEqual({ op: 'adopt_policy', changed: true, diff });
    expect(groups.flat()).toMatchObject([
      { type: 'policy.adopted', actor: 'operator:root', policy: { onPause: 'release' }, diff, reason: 'tried it' },
    ]);
    const [event] = groups.flat();
    expect(fleet.state.fleet?.policy).toMatchObject({ seq: event?.seq, by: 'operator:root', reason: 'tried it' });
  });

  it('logs nothing for what is in force already', () => {
    const fleet = new CoreFleet();
    adopt(fleet, { onPause: 'release', archive: null });
    const again = adopt(fleet, { archive: null, onPause: 'release' });
    expect(again).toMatchObject({ groups: [], answer: { changed: false, diff: [] } });
  });

  it('is refused when another was adopted since the operator looked', () => {
    const fleet = new CoreFleet();
    adopt(fleet, { onPause: 'release' }, null);
    const known = fleet.state.fleet?.policy?.seq ?? 0;
    for (const instead of [null, known - 1]) {
      const { groups, answer } = adopt(fleet, { archive: null }, instead);
      expect(answer).toMatchObject({ code: 'VERSION_MISMATCH', details: { adopted: known } });
      expect(groups).toEqual([]);
    }
    expect(isRejection(adopt(fleet, { archive: null }, known).answer)).toBe(false);
  });

  it('is refused for a policy, or a reason, that is too long', () => {
    const fleet = new CoreFleet();
    const agents = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`a${i}`, { onPause: 'keep' as const }]));
    expect(adopt(fleet, { agents }).answer).toMatchObject({ code: 'TOO_LARGE' });
    const reason = 'x'.repeat(LIMITS.textBytes + 1);
    expect(fleet.operator({ op: 'adopt_policy', policy: {}, reason }).answer).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('is an operator`s, and no agent`s', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    const { answer } = fleet.says('ana', { op: 'adopt_policy', policy: {}, reason: '' });
    expect(answer).toMatchObject({ code: 'OPERATOR_REQUIRED' });
  });

  it('binds the next judgement, and none before it', () => {
    const fleet = new CoreFleet();
    for (const agentId of ['ana', 'bo']) fleet.join(agentId);
    const pause = (agentId: string) => fleet.operator({ op: 'pause', agentId, reason: 'look' }).groups.flat()[0];
    expect(pause('ana')).toMatchObject({ type: 'agent.paused', leases: 'keep' });
    adopt(fleet, { agents: { 'b*': { onPause: 'release' } } });
    expect(pause('bo')).toMatchObject({ type: 'agent.paused', leases: 'release' });
    expect(fleet.state.agents.get('ana')?.pause).toMatchObject({ leases: 'keep' });
  });

  it('archives by a shorter silence within a day, who was given longer before', () => {
    const fleet = new CoreFleet();
    fleet.join(null);
    const [agentId = ''] = Array.from(fleet.state.agents.rows(), (row) => row.agentId);
    const at = (hours: number) => {
      fleet.atMs = hours * 3_600_000;
      fleet.settle();
      return fleet.state.agents.get(agentId)?.lifecycle;
    };
    // Looked at, and put off until its week is over.
    expect(at(2)).toBe('active');
    adopt(fleet, { archive: { silentMs: 3_600_000 } });
    expect(at(26)).toBe('archived');
  });

  it('comes with the founding, in the same group', () => {
    const fleet = new CoreFleet({ archive: null });
    expect(fleet.events.map(({ type }) => type)).toEqual(['fleet.founded', 'policy.adopted']);
    expect(fleet.state.fleet?.policy).toMatchObject({ content: { archive: null }, by: 'brigade' });
    expect(new CoreFleet().state.fleet?.policy).toBeNull();
  });
});
