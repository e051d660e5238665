// Who held a file and who changed it, from facts of the log.

import { beforeEach, describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { registration } from '../../../test/support/registration.ts';
import { Blame } from './blame.ts';

const FILE = 'file:@w1/src/a.ts';

let fleet: CoreFleet;

beforeEach(() => {
  fleet = new CoreFleet();
  for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
});

function blame(...names: readonly string[]): Blame {
  const of = new Blame(names);
  for (const event of fleet.events) of.take(event);
  return of;
}

function acquire(agent: string, resources: readonly string[], reason = ''): void {
  fleet.says(agent, { op: 'acquire', resources, mode: 'exclusive', waitMs: 0, ttlMs: 60_000, reason, priority: 0 });
}

const edit = (agent: string, resource = FILE) =>
  fleet.says(agent, { op: 'note_edits', resources: [resource], tool: 'Edit', label: 'sub', via: 'hook' });

describe('who held a file', () => {
  it('is told of everything that covers it, in every worktree, with the reason of the whole set', () => {
    acquire('ana', ['file:@w1/lib/', 'file:@w1/src/'], 'sort');
    acquire('bo', ['file:@w2/src/**/*.ts']);
    acquire('cy', ['file:@w3/src/a.ts#parse', 'task:other']);
    acquire('cy', ['file:@w3/src/b.ts']);
    const { holds } = blame('repo:src/a.ts');
    expect(holds.map(({ agentId, resource, reason, end }) => [agentId, resource, reason, end])).toEqual([
      ['ana', 'file:@w1/src/', 'sort', null],
      ['bo', 'file:@w2/src/**/*.ts', '', null],
      ['cy', 'file:@w3/src/a.ts#parse', '', null],
    ]);
  });

  it('says how each ended, and what was done under it', () => {
    acquire('ana', [FILE]);
    edit('ana');
    edit('ana');
    fleet.says('ana', { op: 'release', leases: 'all' });
    acquire('bo', [FILE]);
    fleet.atMs += 3_600_000;
    fleet.settle();
    const { holds } = blame('repo:src/a.ts');
    expect(holds).toMatchObject([
      { agentId: 'ana', edits: 2, end: { how: 'released' } },
      { agentId: 'bo', edits: 0, end: { how: 'expired' } },
    ]);
  });

  it('knows it by every name that it had', () => {
    acquire('ana', ['file:@w1/old/a.ts']);
    acquire('bo', [FILE]);
    expect(blame('repo:src/a.ts', 'repo:old/a.ts').holds).toHaveLength(2);
    expect(blame('repo:src/a.ts').holds).toHaveLength(1);
  });
});

describe('who changed a file', () => {
  it('is told with the lease under which it was, and beside whose', () => {
    acquire('ana', ['file:@w1/src/']);
    edit('ana');
    edit('bo');
    fleet.system({ op: 'note_edits', resources: [FILE], tool: 'git commit', label: null, via: 'git' });
    const [hold] = blame('repo:src/a.ts').holds;
    expect(blame('repo:src/a.ts').edits).toMatchObject([
      { agentId: 'ana', label: 'sub', token: hold?.token, beside: null, via: 'hook' },
      { agentId: 'bo', token: null, beside: hold?.token },
      { agentId: null, sessionId: null, token: null, beside: hold?.token, via: 'git' },
    ]);
    expect(blame('repo:src/other.ts').edits).toEqual([]);
  });

  it('is nobody where nothing was told', () => {
    expect(blame('repo:src/a.ts')).toMatchObject({ holds: [], edits: [] });
  });

  it('knows a hold that another one took the place of, and one whose end is told twice', () => {
    fleet.says('ana', {
      op: 'acquire',
      resources: [FILE],
      mode: 'shared',
      waitMs: 0,
      ttlMs: 60_000,
      reason: '',
      priority: 0,
    });
    acquire('ana', [FILE]);
    fleet.says('ana', { op: 'release', leases: 'all' });
    const of = new Blame([FILE]);
    for (const event of [...fleet.events, ...fleet.events.filter(({ type }) => type === 'lease.released')])
      of.take(event);
    expect(of.holds.map(({ mode, end }) => [mode, end?.how])).toEqual([
      ['shared', 'replaced'],
      ['exclusive', 'released'],
    ]);
  });

  it('is told by another case of its name once the fleet folds case', () => {
    const other = 'file:@w1/SRC/A.ts';
    acquire('ana', [other]);
    expect(blame(FILE).holds).toEqual([]);
    fleet.system(registration('dee', { foldsCase: true }));
    fleet.says('ana', { op: 'release', leases: 'all' });
    acquire('bo', [other]);
    expect(blame(FILE).holds.map(({ agentId }) => agentId)).toEqual(['bo']);
  });
});
