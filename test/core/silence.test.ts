// When a holder counts as silent: never one that did something within the time that counts, however little of it was recorded.

import { describe, expect, it } from 'vitest';
import {
  activityDueAt,
  lateRecordAt,
  provedSilentSince,
  silentAfterMs,
  silentSince,
} from '../../src/core/lease/silence.ts';
import { LIMITS } from '../../src/core/limits.ts';
import type { LeaseRow } from '../../src/core/rows.ts';
import { CoreFleet } from '../support/core-fleet.ts';
import { randomOf } from '../support/random.ts';

const STEW = 'task:stew';
const AFTER = 120_000;

function fleetWith(...agents: readonly string[]): CoreFleet {
  const fleet = new CoreFleet();
  for (const agent of agents) fleet.join(agent);
  return fleet;
}

function leaseOf(fleet: CoreFleet): LeaseRow {
  const [lease] = fleet.state.leases.rows();
  if (lease === undefined) throw new Error('nothing is held');
  return lease;
}

function silentFor(fleet: CoreFleet): number | null {
  const since = silentSince(fleet.state, leaseOf(fleet), fleet.atMs);
  return since === null ? null : fleet.atMs - since;
}

/** A call that says nothing of the lease, and is activity. */
function look(fleet: CoreFleet, agent: string): void {
  fleet.says(agent, { op: 'read_messages', after: null, seen: 0, limit: 1, waitMs: 0 });
}

describe('the silence of a holder', () => {
  it('counts by the policy in force', () => {
    expect(silentAfterMs(fleetWith().state)).toBe(AFTER);
    expect(silentAfterMs(new CoreFleet({ silentHolder: { afterMs: 5_000 } }).state)).toBe(5_000);
  });

  it('is nobody’s while nobody waits', () => {
    const fleet = fleetWith('ana');
    fleet.acquire('ana', [STEW]);
    fleet.atMs += 10 * AFTER;
    expect(silentFor(fleet)).toBeNull();
  });

  it('is proved a quarter later than it counts, where nobody says that more is written down', () => {
    const fleet = fleetWith('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += AFTER + AFTER / 4;
    expect(silentFor(fleet)).toBe(AFTER);
  });

  it('begins anew with whatever the holder does while somebody waits', () => {
    const fleet = fleetWith('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += AFTER / 4;
    look(fleet, 'ana');
    fleet.atMs += AFTER;
    expect(silentFor(fleet)).toBe(AFTER - AFTER / 4);
  });

  it('does not count what may have gone unrecorded before somebody waited', () => {
    const fleet = fleetWith('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    look(fleet, 'ana');
    // Recorded at most each quarter of a TTL of five minutes.
    fleet.atMs += 74_000;
    look(fleet, 'ana');
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += AFTER;
    expect(silentFor(fleet)).toBeLessThanOrEqual(AFTER);
  });

  it('is never longer than it was, whatever is done and when', () => {
    const tooLong: object[] = [];
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomOf(seed);
      const fleet = new CoreFleet({ silentHolder: { afterMs: random.between(1, 200) * 1_000 } });
      for (const agent of ['ana', 'bo']) fleet.join(agent);
      fleet.acquire('ana', [STEW]);
      let heardAt = fleet.atMs;
      let waits = false;
      for (let step = 0; step < 40; step += 1) {
        fleet.atMs += random.between(1, 30_000);
        if (random.chance(0.1) && !waits) {
          fleet.acquire('bo', [STEW], { waitMs: 600_000 });
          waits = true;
        } else if (random.chance(0.5)) {
          look(fleet, 'ana');
          heardAt = fleet.atMs;
        }
        const silent = silentFor(fleet);
        if (silent !== null && silent > fleet.atMs - heardAt) tooLong.push({ seed, step, silent });
      }
    }
    expect(tooLong).toEqual([]);
  });
});

describe('the silence of a holder whose coordinator stays', () => {
  function followed(afterMs?: number): CoreFleet {
    const fleet = new CoreFleet(afterMs === undefined ? {} : { silentHolder: { afterMs } });
    fleet.stays = true;
    for (const agent of ['ana', 'bo']) fleet.join(agent);
    fleet.acquire('ana', [STEW]);
    return fleet;
  }

  function proved(fleet: CoreFleet): number | null {
    const since = provedSilentSince(fleet.state, leaseOf(fleet));
    return since === null ? null : fleet.atMs - since;
  }

  it('is told when it counts, from the last thing that it did; proved it is a quarter later', () => {
    const fleet = followed();
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += AFTER;
    expect([silentFor(fleet), proved(fleet)]).toEqual([AFTER, AFTER - AFTER / 4]);
  });

  it('counts from what was written down late, not from when it was', () => {
    const fleet = followed();
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += 20_000;
    look(fleet, 'ana');
    const heard = [{ sessionId: 's-ana', at: fleet.atMs }];
    const [session] = [...fleet.state.sessions.rows()].filter(({ agentId }) => agentId === 'ana');
    if (session === undefined) throw new Error('ana is not there');
    expect(lateRecordAt(fleet.state, session, fleet.atMs)).toBe(session.activeAt + AFTER / 2);
    fleet.atMs += 40_000;
    fleet.system({ op: 'touch', sessionIds: [], heard });
    expect(silentFor(fleet)).toBe(40_000);
    const count = fleet.events.length;
    fleet.system({ op: 'touch', sessionIds: [], heard });
    expect(fleet.events).toHaveLength(count);
  });

  it('is not told before whoever knows more has heard that somebody waits', () => {
    const fleet = followed();
    fleet.atMs += AFTER + 60_000;
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.atMs += LIMITS.lateRecordMs - 1;
    expect(silentFor(fleet)).toBeLessThan(AFTER);
    fleet.atMs += 1;
    expect(silentFor(fleet)).toBe(AFTER + 60_000 + LIMITS.lateRecordMs);
  });

  it('is told as it is proved once somebody recorded it who is over in a moment', () => {
    const fleet = followed();
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.stays = false;
    fleet.atMs += 1;
    look(fleet, 'ana');
    expect(fleet.events.at(-1)).toMatchObject({ type: 'session.active' });
    fleet.atMs += AFTER;
    expect(silentFor(fleet)).toBe(proved(fleet));
  });

  it('is told as it is proved where the policy was made stricter since, and while the agent is paused', () => {
    const fleet = followed(600_000);
    fleet.acquire('bo', [STEW], { waitMs: 600_000 });
    fleet.operator({ op: 'adopt_policy', policy: { silentHolder: { afterMs: 20_000 } }, reason: 'r' });
    fleet.atMs += 20_000;
    expect(silentFor(fleet)).toBe(proved(fleet));
    look(fleet, 'ana');
    fleet.atMs += 20_000;
    expect(silentFor(fleet)).toBe(20_000);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'r' });
    expect(silentFor(fleet)).toBe(proved(fleet));
  });
});

describe('what a holder does', () => {
  it('is recorded each quarter of its TTL, and more often while somebody waits, or probably does for one of very many', () => {
    const stepOf = (leases: number, waiters: readonly string[] = []): number => {
      const fleet = fleetWith('ana', ...waiters);
      const ask = { op: 'acquire', mode: 'exclusive', ttlMs: LIMITS.ttlMs, reason: '', priority: 0 } as const;
      const resources = Array.from({ length: leases }, (_, i) => `task:${i}`);
      fleet.says('ana', { ...ask, resources, waitMs: 0 });
      for (const waiter of waiters) fleet.acquire(waiter, ['task:0'], { waitMs: 600_000 });
      const session = fleet.state.sessions.get('s-ana');
      return session === undefined ? 0 : activityDueAt(fleet.state, session) - session.activeAt;
    };
    expect([stepOf(1), stepOf(32)]).toEqual([LIMITS.ttlMs / 4, LIMITS.ttlMs / 4]);
    expect([stepOf(1, ['bo']), stepOf(33)]).toEqual([AFTER / 4, AFTER / 4]);
  });
});
