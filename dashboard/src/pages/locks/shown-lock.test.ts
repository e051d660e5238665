import { describe, expect, it } from 'vitest';
import type { SpokenFinding, SpokenLock } from '../../data/types.ts';
import { choicesOf, filterLocks, type LockFilter, shownLocks, silencesOf, wholeTimeLeftMs } from './shown-lock.ts';

const ALL: LockFilter = { text: '', agent: '', kind: '', isWaitedFor: false, isSilent: false };

function lock(resource: string, agentId: string, change: Partial<SpokenLock> = {}): SpokenLock {
  return {
    resource,
    mode: 'exclusive',
    holder: { agentId, sessionId: `ses_${agentId}` },
    token: 7,
    heldForMs: 1_000,
    idleForMs: 0,
    expiresInMs: 300_000,
    alive: 'alive',
    guarded: false,
    reason: '',
    reservedFor: null,
    handoffTo: null,
    waiters: [],
    waiting: 0,
    asks: [],
    ...change,
  };
}

function finding(code: SpokenFinding['code'], agent: string, resource: string): SpokenFinding {
  return {
    id: `${code}:${resource}:7`,
    do: null,
    code,
    severity: 'warning',
    message: `${agent} is silent.`,
    evidence: [],
    agents: [agent, 'bo'],
    resources: [resource],
    action: null,
    safe: false,
    who: null,
    others: [],
    next: '',
    forMs: null,
    behind: 1,
  };
}

const WAITER: SpokenLock['waiters'][number] = {
  ticket: 't1',
  agentId: 'bo',
  mode: 'exclusive',
  resources: ['task:stew'],
  position: 1,
  waitedMs: 5_000,
  state: 'parked',
  alive: 'alive',
  reason: '',
};

const LOCKS = [
  lock('file:src/a.ts', 'ana', { reason: 'Salt the soup' }),
  lock('task:stew', 'cy', { waiters: [WAITER], waiting: 1, expiresInMs: 400_000 }),
  lock('repo:docs/', 'dee', { alive: 'stopped' }),
];

function names(filter: Partial<LockFilter>, findings: readonly SpokenFinding[] = []): readonly string[] {
  return filterLocks(shownLocks(LOCKS, silencesOf(findings), []), { ...ALL, ...filter }).map(
    (shown) => shown.lock.resource,
  );
}

describe('filterLocks', () => {
  it('looks for a text in names, reasons, holders and waiters, whatever its case', () => {
    expect(names({ text: 'SALT' })).toEqual(['file:src/a.ts']);
    expect(names({ text: 'bo' })).toEqual(['task:stew']);
    expect(names({ text: 'docs' })).toEqual(['repo:docs/']);
  });

  it('shows of an agent what it holds and what it waits for', () => {
    expect(names({ agent: 'bo' })).toEqual(['task:stew']);
    expect(names({ agent: 'ana' })).toEqual(['file:src/a.ts']);
  });

  it('keeps to a kind, and to what somebody waits for', () => {
    expect(names({ kind: 'repo' })).toEqual(['repo:docs/']);
    expect(names({ isWaitedFor: true })).toEqual(['task:stew']);
  });

  it('takes a holder for silent whose process does not run, or of whom the diagnosis says so', () => {
    expect(names({ isSilent: true })).toEqual(['repo:docs/']);
    expect(names({ isSilent: true }, [finding('silent_holder', 'cy', 'task:stew')])).toEqual([
      'task:stew',
      'repo:docs/',
    ]);
    expect(names({ isSilent: true }, [finding('slow_holder', 'cy', 'task:stew')])).toEqual(['repo:docs/']);
  });
});

it('offers every agent and kind once', () => {
  expect(choicesOf(shownLocks(LOCKS, {}, []))).toEqual({
    agents: ['ana', 'bo', 'cy', 'dee'],
    kinds: ['file', 'repo', 'task'],
  });
});

it('makes bars as long as the longest time left, rounded up, and of ten minutes at most', () => {
  expect(wholeTimeLeftMs([])).toBe(60_000);
  expect(wholeTimeLeftMs(shownLocks(LOCKS.slice(0, 1), {}, []))).toBe(300_000);
  expect(wholeTimeLeftMs(shownLocks(LOCKS, {}, []))).toBe(600_000);
  expect(wholeTimeLeftMs(shownLocks([lock('task:stew', 'ana', { expiresInMs: 86_400_000 })], {}, []))).toBe(600_000);
});
