// A place in line that a denied edit keeps, when the edit is tried again or its agent asks by itself: who is held up by whom.

import { beforeEach, describe, expect, it } from 'vitest';
import { standingCircle } from '../../src/core/deadlock/audit.ts';
import type { Answer } from '../../src/core/reply.ts';
import { CoreFleet } from '../support/core-fleet.ts';

const FILE = 'file:@w1/src/a.ts';

let fleet: CoreFleet;

beforeEach(() => {
  fleet = new CoreFleet({ hooks: { quietMs: 600_000 } });
  for (const agent of ['hal', 'ana', 'bo']) fleet.join(agent);
});

const edit = (agentId: string, resources: readonly string[] = [FILE]): Answer =>
  fleet.says(agentId, { op: 'begin_edit', resources, tool: 'Edit', label: null, reason: 'editing' }).answer;

const asks = (agentId: string, resource: string, waitMs: number): Answer =>
  fleet.acquire(agentId, [resource], { waitMs }).answer;

const waiting = (): readonly string[] => Array.from(fleet.state.tickets.rows(), ({ agentId }) => agentId);

const passes = (ms: number): void => {
  fleet.atMs += ms;
  fleet.settle();
};

describe('the place of a denied edit', () => {
  /** `bo` was denied an edit of what `ana` holds, and `ana` waits for what `bo` holds: no circle, for `bo` goes on. */
  function crossed(): void {
    asks('ana', FILE, 0);
    asks('bo', 'task:b', 0);
    edit('bo');
    expect(asks('ana', 'task:b', 600_000)).toMatchObject({ status: 'queued' });
  }

  it('holds nobody up while nobody waits with it', () => {
    crossed();
    expect(asks('bo', FILE, 0)).toMatchObject({ status: 'queued' });
    expect(waiting()).toEqual(['bo', 'ana']);
    expect(standingCircle(fleet.state)).toBeNull();
  });

  it.each([
    ['with a wait', 0, 60_000],
    ['for a moment, when the place would fade soon', 70_000, 0],
  ])('is waited with once its agent asks %s, and no circle is left standing', (_, laterMs, waitMs) => {
    crossed();
    passes(laterMs);
    expect(asks('bo', FILE, waitMs)).toMatchObject({ status: 'queued' });
    expect(waiting()).toEqual(['bo']);
    expect(standingCircle(fleet.state)).toBeNull();
  });

  it('costs nobody else the wait when the edit is tried again after its turn passed', () => {
    asks('hal', FILE, 0);
    asks('bo', 'task:b', 0);
    edit('bo');
    fleet.says('hal', { op: 'release', leases: 'all' });
    passes(31_000);
    asks('ana', FILE, 0);
    asks('ana', 'task:b', 600_000);
    expect(edit('bo')).toMatchObject({ status: 'queued' });
    expect(waiting()).toEqual(['bo', 'ana']);
    expect(standingCircle(fleet.state)).toBeNull();
  });

  it('is claimed by the edit that comes back after its turn passed, when all is free', () => {
    asks('hal', FILE, 0);
    edit('bo');
    fleet.says('hal', { op: 'release', leases: 'all' });
    passes(31_000);
    expect(edit('bo')).toMatchObject({ status: 'granted' });
    expect(fleet.events.filter(({ type }) => type === 'edit.denied')).toHaveLength(1);
  });
});

describe('what a hook took before', () => {
  it('stays the hook’s when an edit of more is granted by waiting, and is the agent’s once it waited by itself', () => {
    const holds = (resource: string): boolean =>
      [...fleet.state.leases.rows()].some((lease) => lease.resource === resource && lease.hook !== undefined);
    const other = 'file:@w1/src/b.ts';
    edit('bo', [FILE]);
    asks('hal', other, 0);
    edit('bo', [FILE, other]);
    fleet.says('hal', { op: 'release', leases: 'all' });
    expect(edit('bo', [FILE, other])).toMatchObject({ status: 'granted' });
    expect([holds(FILE), holds(other)]).toEqual([true, true]);
    const third = 'file:@w1/src/c.ts';
    asks('hal', third, 0);
    fleet.acquire('bo', [FILE, third], { waitMs: 60_000 });
    fleet.says('hal', { op: 'release', leases: 'all' });
    expect([holds(FILE), holds(other), holds(third)]).toEqual([false, true, false]);
  });
});

describe('what a hook takes while who waits for it is paused', () => {
  it('ends as soon as for anybody who waits, once that one is resumed', () => {
    asks('hal', FILE, 0);
    asks('bo', FILE, 600_000);
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'look' });
    fleet.says('hal', { op: 'release', leases: 'all' });
    expect(edit('ana')).toMatchObject({ status: 'granted' });
    fleet.says('ana', { op: 'note_edits', resources: [FILE], tool: 'Edit', label: null, via: 'hook' });
    fleet.operator({ op: 'resume', agentId: 'bo', reason: 'looked' });
    passes(150_000);
    expect(Array.from(fleet.state.leases.rows(), ({ agentId }) => agentId)).toEqual(['bo']);
  });
});
