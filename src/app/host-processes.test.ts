import { describe, expect, it } from 'vitest';
import type { AgentView, Query, SessionProcess, SessionView, ViewOf } from '../core/view/views.ts';
import type { ProcessRow, ProcessState, ProcessTable } from '../ports/process-table.ts';
import type { DeskRole } from './desk/host-coordinator.ts';
import type { GuestRow } from './desk/protocol.ts';
import { hostProcesses } from './host-processes.ts';

const HERE = 'here';
const OWN_PID = 1_000;

function guest(pid: number, more: Partial<GuestRow> = {}): GuestRow {
  const person = { pid, startTime: `s${pid}`, kind: 'mcp', version: '1.0.0', client: 'cursor', startedBy: null };
  return { ...person, isDesk: false, connectedMs: 10.4, idleMs: 3.6, calls: 1, ...more };
}

function process(pid: number, more: Partial<SessionProcess> = {}): SessionProcess {
  return { pid, startTime: `s${pid}`, kind: 'mcp', placeId: HERE, ...more };
}

function session(agentId: string, processes: readonly SessionProcess[], more: Partial<SessionView> = {}): SessionView {
  return {
    sessionId: `ses_${agentId}`,
    agentId,
    state: 'live',
    client: 'claude-code',
    clientSession: null,
    worktree: 'w1',
    root: '/w',
    presence: 'alive',
    openedAt: '2026-11-01T10:00:00.000Z',
    openForMs: 1,
    idleForMs: 1,
    leases: 0,
    waits: 0,
    processes,
    ...more,
  };
}

interface World {
  readonly guests?: readonly GuestRow[] | null;
  readonly sessions?: readonly SessionView[];
  readonly role?: DeskRole;
  readonly states?: Readonly<Record<number, ProcessState>>;
  readonly ancestors?: readonly ProcessRow[];
  /** Agents on one page. */
  readonly page?: number;
}

function look(world: World) {
  const { guests = null, sessions = [], states = {}, ancestors = [], page = 100 } = world;
  const agents = sessions.map((each) => ({ agentId: each.agentId, sessions: [each] }) as unknown as AgentView);
  const judge = ({ pid }: { readonly pid: number }): ProcessState => states[pid] ?? 'alive';
  const processes: ProcessTable = {
    evidenceOf: () => null,
    judge,
    judgeMany: async (all) => all.map(judge),
    ancestorsOf: () => ancestors,
    groupOf: () => null,
  };
  const view = async <Q extends Query>(query: Q): Promise<ViewOf<Q>> => {
    const from = query.kind === 'agents' && query.cursor !== undefined ? Number(query.cursor) : 0;
    const cursor = from + page < agents.length ? String(from + page) : null;
    return { items: agents.slice(from, from + page), cursor, total: agents.length } as unknown as ViewOf<Q>;
  };
  const coordinator = {
    view,
    role: () => world.role ?? { role: guests === null ? ('finding' as const) : ('guest' as const) },
    deskGuests: async () => guests,
  };
  return hostProcesses({ coordinator, processes, placeId: HERE, ownPid: OWN_PID });
}

const noDesk: DeskRole = { role: 'alone', why: { why: 'gone', message: 'No desk is open.' } };

describe('the processes of a host', () => {
  it('are one row each, from the desk and from the log, the desk first', async () => {
    const { rows, why } = await look({
      guests: [guest(20), guest(30, { isDesk: true })],
      sessions: [session('ana', [process(30)]), session('bo', [process(10)]), session('cy', [process(30)])],
    });
    expect(why).toBeNull();
    expect(rows.map(({ pid, role, agents, client }) => ({ pid, role, agents, client }))).toEqual([
      { pid: 30, role: 'desk', agents: ['ana', 'cy'], client: 'claude-code' },
      { pid: 10, role: 'direct', agents: ['bo'], client: 'claude-code' },
      { pid: 20, role: 'client', agents: [], client: 'cursor' },
    ]);
    expect(
      rows.map(({ connectedForMs, idleForMs, calls, version }) => [connectedForMs, idleForMs, calls, version]),
    ).toEqual([
      [10, null, null, '1.0.0'],
      [null, null, null, null],
      [10, 4, 1, '1.0.0'],
    ]);
  });

  it('are told apart by pid and start time, and leave out the one that looks and those that are gone', async () => {
    const { rows } = await look({
      guests: [guest(20), guest(OWN_PID), guest(40)],
      sessions: [session('ana', [process(20, { startTime: 'earlier' })]), session('bo', [process(50)])],
      states: { 40: 'dead', 50: 'stopped' },
    });
    expect(rows.map(({ pid, agents, state }) => ({ pid, agents, state }))).toEqual([
      { pid: 20, agents: [], state: 'alive' },
      { pid: 20, agents: ['ana'], state: 'alive' },
      { pid: 50, agents: ['bo'], state: 'stopped' },
    ]);
  });

  it('are those of this place, of sessions that live, and of Brigade: not the shell that a session lives by', async () => {
    const { rows } = await look({
      role: noDesk,
      sessions: [
        session('ana', [process(10, { placeId: 'elsewhere' })]),
        session('bo', [process(11)], { state: 'lost' }),
        session('cy', [process(12, { kind: 'cli' })]),
        session('di', [process(13, { kind: 'run' })]),
      ],
    });
    expect(rows.map(({ pid, kind, role }) => ({ pid, kind, role }))).toEqual([
      { pid: 13, kind: 'run', role: 'direct' },
    ]);
  });

  it('act, as commands, for the session of the shell above them', async () => {
    const shell: ProcessRow = { ...process(12), parentPid: 1, groupId: 12, state: 'alive', name: 'bash' };
    const { rows } = await look({
      guests: [guest(60, { kind: 'cli', client: null })],
      sessions: [session('cy', [process(12, { kind: 'cli' })])],
      ancestors: [shell],
    });
    expect(rows).toMatchObject([{ pid: 60, kind: 'cli', agents: ['cy'], client: null }]);
  });

  it('are direct where there is no desk, and unknown where it does not tell', async () => {
    const sessions = [session('ana', [process(10)])];
    const refusal = { why: 'protocol', message: 'The desk speaks protocol 2.' } as const;
    const none = await look({ role: noDesk, sessions });
    expect(none).toMatchObject({ why: null, rows: [{ role: 'direct' }] });
    const closed = await look({ role: { role: 'alone', why: refusal }, sessions });
    expect(closed).toMatchObject({ why: refusal, rows: [{ role: 'unknown' }] });
    const off = await look({ role: { role: 'alone', why: null }, sessions });
    expect(off).toMatchObject({ why: null, rows: [{ role: 'unknown' }] });
  });

  it('are read to the last page of agents', async () => {
    const sessions = Array.from({ length: 5 }, (_, i) => session(`a${i}`, [process(i + 1)]));
    expect((await look({ role: noDesk, sessions, page: 2 })).rows).toHaveLength(5);
  });

  it('are orphans when whoever started them is gone', async () => {
    const startedBy = { pid: 9, startTime: 's9', name: 'claude' };
    const { rows } = await look({ guests: [guest(20, { startedBy })], states: { 9: 'dead' } });
    expect(rows).toMatchObject([
      { orphan: true, orphanBecause: 'claude (9) started it and has ended', startedBy: { pid: 9, name: 'claude' } },
    ]);
  });
});
