import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { containing, matching } from '../../../test/support/matching.ts';
import { apply } from '../apply.ts';
import { decide } from '../decide.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { nextDeadline } from '../due.ts';
import { emptyState } from '../fleet-state.ts';
import { fleetView } from '../view/fleet-view.ts';
import { epochStarted } from './epoch.ts';
import { returned } from './moved.ts';

const wallAt = '2025-11-20T08:00:00.000Z';

/** A fleet in which somebody holds and somebody waits, and that has moved. */
function movedFleet(): CoreFleet {
  const fleet = new CoreFleet();
  fleet.join('ana');
  fleet.join('bo');
  fleet.acquire('ana', ['task:x']);
  fleet.acquire('bo', ['task:x'], { waitMs: 60_000 });
  const { seq } = fleet.state.position;
  const head = { seq: seq + 1, at: fleet.atMs, wallAt, version: 1, actor: 'operator:root' } as const;
  apply(fleet.state, { ...head, type: 'fleet.moved', to: 'etcd://h:2379' });
  return fleet;
}

describe('a log that its fleet has left', () => {
  it('takes nothing from anybody: no call, no operator, no process on its own behalf, and nothing that is due', () => {
    const fleet = movedFleet();
    const before = fleet.state.position.seq;
    fleet.atMs += 86_400_000;
    const asked = [
      fleet.acquire('ana', ['task:y']),
      fleet.says('ana', { op: 'release', leases: 'all' }),
      fleet.operator({ op: 'resume_granting', reason: 'I say so' }),
      fleet.operator({ op: 'revoke', resource: 'task:x', token: 1, reason: 'r' }),
      fleet.system({ op: 'sweep' }),
      fleet.system({ op: 'watch' }),
    ];
    for (const { groups, answer } of asked) {
      expect(groups).toEqual([]);
      expect(answer).toMatchObject({ code: 'STORE_MOVED', retry: 'never', details: { to: 'etcd://h:2379' } });
    }
    expect(asked[0]?.answer).toMatchObject({
      message: matching(/^This fleet has moved to etcd:\/\/h:2379 \(2025-11-20T08/),
      next: containing('BRIGADE_STORE=etcd://h:2379'),
    });
    expect(fleet.state.position.seq).toBe(before);
  });

  it('says so to whoever looks, and gives nobody anything to do', () => {
    const { state, atMs } = movedFleet();
    const at = atMs + 86_400_000;
    expect(fleetView(state, at, () => 'alive', { kind: 'fleet' }).granting).toMatchObject({
      ok: false,
      code: 'STORE_MOVED',
    });
    const presence = () => 'alive' as const;
    const { findings } = diagnose({ state, at, presence, own: { store: null, desk: null } }, null);
    expect(findings.find(({ code }) => code === 'granting_rests')?.next).toContain('etcd://h:2379');
    expect(nextDeadline(state)).toBeNull();
  });

  it('has ended in a new epoch too, save in one that is started to return', () => {
    const { state } = movedFleet();
    const point = { epoch: 0, seq: state.position.seq, hash: 'x' };
    const start = { fleetId: 'f1', epoch: 1, lost: point, basis: point, why: 'rolled back', requestId: 'r' };
    const moment = { at: 9, wallAt };
    const lost = emptyState();
    apply(lost, epochStarted(state, start, moment));
    expect(lost.fleet?.moved?.to).toBe('etcd://h:2379');
    const back = emptyState();
    apply(back, epochStarted(returned(state), start, moment));
    expect(back.fleet).not.toHaveProperty('moved');
    const command = { op: 'sweep', by: { kind: 'system', name: 't' }, requestId: 'q', bodyHash: '' } as const;
    expect(decide(back, command, moment).answer).not.toHaveProperty('code');
    const nothing = emptyState();
    expect(returned(nothing)).toBe(nothing);
  });
});
