import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../core/governance/policy.ts';
import type { HeldView } from '../../core/view/views.ts';
import type { Committer } from './committer.ts';
import { judgeChanges } from './judge-changes.ts';

const { hooks } = DEFAULT_POLICY;
const person: Committer = { kind: 'person' };

function agent(agentId: string, clientSession: string | null = null): Committer {
  const session = { sessionId: `session of ${agentId}`, agentId, client: 'claude-code', clientSession };
  return { kind: 'agent', sessions: [session], how: 'client' };
}

function held(agentId: string, more: Partial<HeldView> = {}): HeldView {
  return {
    asked: 'file:@w1/a.ts',
    resource: 'file:@w1/a.ts',
    mode: 'exclusive',
    agentId,
    sessionId: `session of ${agentId}`,
    clientSession: null,
    token: 1,
    reason: '',
    heldForMs: 1,
    heldSince: '2026-11-01T00:00:00.000Z',
    idleForMs: 1,
    alive: 'alive',
    ...more,
  };
}

const change = (path: string) => ({ change: { path, kind: 'changed' as const }, key: `file:@w1/${path}` });

function verdict(committer: Committer, leases: readonly HeldView[], paths = ['a.ts'], policy = hooks): string {
  return judgeChanges({ committer, changes: paths.map(change), held: leases, policy }).verdict;
}

describe('a commit of what others hold', () => {
  it.each(['alive', 'stopped', 'unknown'] as const)('is refused while its holder is %s', (alive) => {
    expect(verdict(agent('ana'), [held('bo', { alive })])).toBe('refuse');
  });

  it('is not held up by a holder that is gone', () => {
    expect(verdict(agent('ana'), [held('bo', { alive: 'gone' })])).toBe('pass');
    expect(verdict(agent('ana'), [held('bo', { alive: 'gone' }), held('cleo')])).toBe('refuse');
  });

  it('is told with the change and the lease, and with the own leases once each', () => {
    const own = held('ana', { asked: 'file:@w1/b.ts', token: 7 });
    const judged = judgeChanges({
      committer: agent('ana'),
      changes: ['a.ts', 'b.ts', 'c.ts'].map(change),
      held: [held('bo'), own, { ...own, asked: 'file:@w1/c.ts' }],
      policy: hooks,
    });
    expect(judged).toMatchObject({ verdict: 'refuse', ofFleet: [] });
    expect(judged.held.map(({ change: { path }, lease }) => [path, lease.agentId])).toEqual([['a.ts', 'bo']]);
    expect(judged.own.map(({ token }) => token)).toEqual([7]);
  });

  it('is only warned of, where the policy says so, and where a person commits', () => {
    const lenient = { ...hooks, git: { ...hooks.git, onHeld: 'warn' as const } };
    expect(verdict(agent('ana'), [held('bo')], ['a.ts'], lenient)).toBe('warn');
    expect(verdict(person, [held('bo')])).toBe('warn');
    const strict = { ...hooks, git: { ...hooks.git, onPerson: 'refuse' as const } };
    expect(verdict(person, [held('bo')], ['a.ts'], strict)).toBe('refuse');
  });
});

describe('a commit of what one holds itself', () => {
  it('passes: the same session, another session of the agent, another agent of the same client session', () => {
    expect(verdict(agent('ana'), [held('ana')])).toBe('pass');
    expect(verdict(agent('ana'), [held('ana', { sessionId: 'an earlier one' })])).toBe('pass');
    expect(verdict(agent('ana', 'c1'), [held('ana-helper', { clientSession: 'c1' })])).toBe('pass');
  });

  it('is not taken for one where neither has a client session, or each has another', () => {
    expect(verdict(agent('ana'), [held('bo')])).toBe('refuse');
    expect(verdict(agent('ana', 'c1'), [held('bo', { clientSession: 'c2' })])).toBe('refuse');
  });

  it('passes for each of several agents that it may be of', () => {
    const [first, second] = [agent('ana'), agent('bo')];
    if (first.kind === 'person' || second.kind === 'person') throw new Error('both are agents');
    const either: Committer = { ...first, sessions: [...first.sessions, ...second.sessions] };
    expect(verdict(either, [held('bo'), held('ana')])).toBe('pass');
    expect(verdict(either, [held('cleo')])).toBe('refuse');
  });
});

describe("a commit of the fleet's own files", () => {
  it('is refused to agents, whatever the policy says of leases, and a matter of that policy for people', () => {
    const lenient = { ...hooks, git: { ...hooks.git, onHeld: 'warn' as const } };
    expect(verdict(agent('ana'), [], ['.brigade/policy.json'], lenient)).toBe('refuse');
    expect(verdict(person, [], ['.brigade/policy.json'])).toBe('warn');
    expect(verdict(agent('ana'), [], ['free.ts'])).toBe('pass');
  });
});
