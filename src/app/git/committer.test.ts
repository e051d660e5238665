import { describe, expect, it } from 'vitest';
import type { SessionProcess, SessionView } from '../../core/view/views.ts';
import type { ProcessRow } from '../../ports/process-table.ts';
import { type Committer, type CommitterFacts, findCommitter } from './committer.ts';

/** git, started by a shell, started by claude, started by an editor, started by the system. */
const ABOVE: readonly ProcessRow[] = [row(40, 'bash'), row(30, 'claude'), row(20, 'code'), row(1, 'systemd')];

function row(pid: number, name: string): ProcessRow {
  return { pid, startTime: `start of ${pid}`, parentPid: 0, groupId: 0, state: 'alive', name };
}

function session(agentId: string, more: Partial<SessionView> = {}): SessionView {
  return {
    sessionId: `session of ${agentId}`,
    agentId,
    state: 'live',
    client: 'other',
    clientSession: null,
    worktree: 'w1',
    root: '/work',
    presence: 'alive',
    openedAt: '2026-11-01T00:00:00.000Z',
    openForMs: 1,
    idleForMs: 1,
    leases: 0,
    waits: 0,
    processes: [],
    ...more,
  };
}

const actsIn = (pid: number, more: Partial<SessionProcess> = {}): readonly SessionProcess[] => [
  { pid, startTime: `start of ${pid}`, kind: 'cli', placeId: 'here', ...more },
];

function found(facts: Partial<CommitterFacts>): string {
  const processes = { ancestorsOf: (pid: number) => (pid === 50 ? ABOVE : (STARTED_BY.get(pid) ?? [])) };
  const committer = findCommitter({ env: {}, placeId: 'here', processes, pid: 50, live: [], ...facts });
  return wordsOf(committer);
}

/** The server of claude, and that of the editor. */
const STARTED_BY = new Map<number, readonly ProcessRow[]>([
  [31, ABOVE.slice(1)],
  [21, ABOVE.slice(2)],
]);

function wordsOf(committer: Committer): string {
  if (committer.kind === 'person') return 'a person';
  return `${committer.sessions.map(({ agentId }) => agentId).join(' or ')} by ${committer.how}`;
}

const claude = session('ana', { client: 'Claude Code', clientSession: 'c1' });
const env = { CLAUDE_CODE_SESSION_ID: 'c1' };

describe('who commits', () => {
  it('is a person, where nothing names a session', () => {
    expect(found({ live: [claude] })).toBe('a person');
  });

  it('is the session that is shown, while it lives; otherwise what the rest says', () => {
    expect(found({ shown: claude, live: [session('bo', { processes: actsIn(40) })] })).toBe('ana by session');
    expect(found({ shown: { ...claude, state: 'lost' } })).toBe('a person');
    expect(found({ shown: null, env, live: [claude] })).toBe('ana by client');
  });

  it("is the client's session that a variable names, of that client only", () => {
    expect(found({ env, live: [claude] })).toBe('ana by client');
    expect(found({ env, live: [{ ...claude, client: 'codex' }] })).toBe('a person');
    expect(found({ env: { CLAUDE_CODE_SESSION_ID: 'c2' }, live: [claude] })).toBe('a person');
  });

  it('is whoever acts in the nearest process above: the same pid, start and place', () => {
    const near = session('bo', { processes: actsIn(30) });
    const far = session('cleo', { processes: actsIn(20) });
    expect(found({ live: [far, near] })).toBe('bo by process');
    expect(found({ live: [near, far] })).toBe('bo by process');
    const twice = session('bo', { processes: [...actsIn(30), ...actsIn(30, { kind: 'serve' })] });
    expect(found({ live: [twice] })).toBe('bo by process');
    expect(found({ live: [session('bo', { processes: actsIn(30, { startTime: 'another' }) })] })).toBe('a person');
    expect(found({ live: [session('bo', { processes: actsIn(30, { placeId: 'there' }) })] })).toBe('a person');
  });

  it('is whose server was started by a process above', () => {
    const server = session('bo', { processes: actsIn(31, { kind: 'mcp' }) });
    expect(found({ live: [server] })).toBe('bo by process');
    expect(found({ live: [session('bo', { processes: actsIn(31, { kind: 'cli' }) })] })).toBe('a person');
    // Whoever started this one has ended.
    expect(found({ live: [session('bo', { processes: actsIn(99, { kind: 'mcp' }) })] })).toBe('a person');
  });

  it('is one of several, where two clients share the process', () => {
    const [bo, cleo] = ['bo', 'cleo'].map((id) => session(id, { processes: actsIn(21, { kind: 'mcp' }) }));
    expect(found({ live: [bo, cleo].filter((each) => each !== undefined) })).toBe('bo or cleo by process');
  });

  it('is the nearer process, where the variable came from farther away', () => {
    const outer = { ...claude, processes: actsIn(20) };
    const inner = session('bo', { processes: actsIn(30) });
    expect(found({ env, live: [outer, inner] })).toBe('bo by process');
    const nested = { ...claude, processes: actsIn(30) };
    const behind = session('bo', { processes: actsIn(20) });
    expect(found({ env, live: [nested, behind] })).toBe('ana by client');
    expect(found({ env, live: [nested, session('bo', { processes: actsIn(30) })] })).toBe('ana by client');
  });
});
