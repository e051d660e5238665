import { describe, expect, it } from 'vitest';
import type { HeldView } from '../../core/view/views.ts';
import type { Committer } from './committer.ts';
import { trailersOf } from './trailers.ts';

const agent = (...agentIds: readonly string[]): Committer => ({
  kind: 'agent',
  sessions: agentIds.map((agentId, index) => {
    return { sessionId: `session ${index}`, agentId, client: 'other', clientSession: null };
  }),
  how: 'process',
});

const lease = (resource: string, token: number): HeldView => ({
  asked: resource,
  resource,
  mode: 'exclusive',
  agentId: 'ana',
  sessionId: 'session 0',
  clientSession: null,
  token,
  reason: '',
  heldForMs: 1,
  heldSince: '2026-11-01T00:00:00.000Z',
  idleForMs: 1,
  alive: 'alive',
});

describe('the message of a commit', () => {
  it('names the agent and its leases, as they are called in this worktree', () => {
    const own = [lease('file:@w1/src/a b.ts', 7), lease('repo:lib/', 8), lease('file:@w2/other.ts', 9)];
    expect(trailersOf(agent('ana', 'ana'), own, 'w1')).toEqual([
      'Brigade-Agent: ana',
      'Brigade-Lease: file:src/a b.ts=7',
      'Brigade-Lease: repo:lib/=8',
      'Brigade-Lease: file:@w2/other.ts=9',
    ]);
    expect(trailersOf(agent('ana'), [], 'w1')).toEqual(['Brigade-Agent: ana']);
  });

  it('names no agent where a person commits, or it may be one of several', () => {
    expect(trailersOf({ kind: 'person' }, [lease('repo:a', 1)], 'w1')).toBeNull();
    expect(trailersOf(agent('ana', 'bo'), [], 'w1')).toBeNull();
    expect(trailersOf(agent(), [], 'w1')).toBeNull();
  });

  it('names no more leases than a person reads', () => {
    const own = Array.from({ length: 30 }, (_, index) => lease(`repo:f${index}`, index));
    expect(trailersOf(agent('ana'), own, 'w1')).toHaveLength(21);
  });
});
