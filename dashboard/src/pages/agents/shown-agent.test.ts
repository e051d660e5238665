import { describe, expect, it } from 'vitest';
import type { AgentView, SessionView } from '../../data/types.ts';
import { filterAgents, presenceOf } from './shown-agent.ts';

function session(presence: SessionView['presence']): SessionView {
  return {
    sessionId: `ses_${presence}`,
    agentId: 'ana',
    state: 'live',
    client: 'cli',
    clientSession: null,
    worktree: 'w',
    root: '/kitchen',
    presence,
    openedAt: '2026-01-01T00:00:00.000Z',
    openForMs: 1,
    idleForMs: 1,
    leases: 0,
    waits: 0,
    processes: [],
  };
}

function agent(agentId: string, change: Partial<AgentView> = {}): AgentView {
  return {
    agentId,
    client: 'claude_code',
    purpose: null,
    tags: [],
    notes: '',
    lifecycle: 'active',
    change: null,
    plan: null,
    conduct: null,
    registeredAt: '2026-01-01T00:00:00.000Z',
    idleForMs: 0,
    sessions: [],
    liveSessions: 0,
    leases: 0,
    waits: 0,
    ...change,
  };
}

describe('presenceOf', () => {
  it('is that of the session which is best off', () => {
    expect(presenceOf({ sessions: [session('gone'), session('stopped'), session('alive')] })).toBe('alive');
    expect(presenceOf({ sessions: [session('unknown'), session('stopped')] })).toBe('stopped');
  });

  it('is gone without any session', () => {
    expect(presenceOf({ sessions: [] })).toBe('gone');
  });
});

describe('filterAgents', () => {
  const agents = [
    agent('ana', { purpose: 'Soup' }),
    agent('bo', { lifecycle: 'paused', tags: ['night'] }),
    agent('cy', { plan: { goal: 'Plate the stew', task: 'Salt', at: '2026-01-01T00:00:00.000Z' } }),
  ];
  const names = (text: string, state = ''): readonly string[] =>
    filterAgents(agents, { text, state }).map(({ agentId }) => agentId);

  it('looks in names, purposes, tags and plans, whatever the case', () => {
    expect(names('SOUP')).toEqual(['ana']);
    expect(names('night')).toEqual(['bo']);
    expect(names('stew')).toEqual(['cy']);
  });

  it('keeps to a state', () => {
    expect(names('', 'paused')).toEqual(['bo']);
    expect(names('')).toHaveLength(3);
  });
});
