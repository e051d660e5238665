import { describe, expect, it } from 'vitest';
import type { AgentView, FleetView, LockView, WaiterView, WaitsView } from '../../../core/view/views.ts';
import type { Look, Paint } from '../output/screen.ts';
import { blockerLines, grantedLines, queuedLines } from './acquire-text.ts';
import { agentsText } from './agents-text.ts';
import { locksText } from './locks-text.ts';
import { statusText } from './status-text.ts';

const mark = (name: string) => (text: string) => (text.trim() === '' ? text : `<${name}>${text}</${name}>`);
const same = (text: string) => text;
const plain: Paint = { title: same, strong: same, faint: same, good: same, warn: same, bad: same };
const marked: Paint = {
  title: same,
  strong: same,
  faint: same,
  good: mark('good'),
  warn: mark('warn'),
  bad: mark('bad'),
};
const wide: Look = { width: Number.POSITIVE_INFINITY, paint: plain, reader: 'w1' };

const waiter: WaiterView = {
  ticket: 'tic_1',
  agentId: 'bo',
  sessionId: 'ses_bo',
  mode: 'exclusive',
  resources: ['file:@w1/src/a.ts'],
  position: 1,
  waitedMs: 4_000,
  state: 'parked',
  priority: 0,
  reason: '',
  presence: 'alive',
};
const lock: LockView = {
  resource: 'file:@w1/src/a.ts',
  mode: 'exclusive',
  holder: { agentId: 'ana', sessionId: 'ses_ana' },
  token: 812,
  heldForMs: 252_400,
  idleForMs: 3_900,
  expiresInMs: 108_000,
  alive: 'alive',
  guarded: false,
  reason: 'moves\nthe rule',
  reservedFor: null,
  handoffTo: null,
  waiters: [],
  waiting: 0,
  asks: [],
};

describe('locks', () => {
  it('are one line each, with what matters about holder and line', () => {
    const locks: readonly LockView[] = [
      lock,
      { ...lock, alive: 'gone', mode: 'shared', waiters: [waiter], waiting: 3, reason: '' },
      {
        ...lock,
        resource: 'state:plan',
        guarded: true,
        handoffTo: 'cy',
        waiters: [{ ...waiter, state: 'passed_over' }],
        waiting: 1,
      },
      {
        ...lock,
        resource: 'task:x',
        holder: null,
        mode: null,
        token: null,
        heldForMs: null,
        idleForMs: null,
        expiresInMs: null,
        reservedFor: 'tic_1',
        waiters: [waiter],
        waiting: 1,
        reason: '',
      },
    ];
    expect(locksText(locks, wide)).toEqual([
      'RESOURCE       HOLDER               TOKEN   HELD  IDLE   LEFT  NEXT              FENCE     REASON',
      'file:src/a.ts  ana                    812  4m12s    3s  1m48s                    advisory  moves the rule',
      'file:src/a.ts  ana (shared, gone)     812  4m12s    3s  1m48s  bo +2             advisory',
      'state:plan     ana (offered to cy)    812  4m12s    3s  1m48s  bo (passed over)  guarded   moves the rule',
      'task:x         (kept for bo)                                   bo                advisory',
    ]);
  });

  it('show a dead holder in red and a stopped one in yellow', () => {
    const look: Look = { ...wide, paint: marked };
    expect(locksText([{ ...lock, alive: 'gone' }], look)[1]).toContain('<bad>ana (gone)</bad>');
    expect(locksText([{ ...lock, alive: 'stopped' }], look)[1]).toContain('<warn>ana (stopped)</warn>');
  });

  it('tell what is guarded also where there is no room for the column', () => {
    const lines = locksText([lock, { ...lock, resource: 'state:plan', guarded: true }], { ...wide, width: 44 });
    expect(lines.at(-1)).toBe('guarded: state:plan; the rest advisory');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(44);
  });
});

const session = {
  sessionId: 'ses_ana',
  agentId: 'ana',
  state: 'live',
  client: 'cli',
  clientSession: null,
  worktree: 'w1',
  root: '/w',
  presence: 'alive',
  openedAt: '2025-11-19T23:25:00.000Z',
  openForMs: 1,
  idleForMs: 1,
  leases: 1,
  waits: 0,
  processes: [{ pid: 4711, startTime: '99', kind: 'mcp', placeId: 'p1' }],
} as const;
const person: AgentView = {
  agentId: 'ana',
  client: 'claude-code',
  purpose: 'discovery',
  tags: [],
  notes: '',
  lifecycle: 'active',
  change: null,
  plan: null,
  conduct: null,
  registeredAt: '2025-11-19T23:25:00.000Z',
  idleForMs: 65_000,
  sessions: [session],
  liveSessions: 1,
  leases: 2,
  waits: 0,
};

describe('agents', () => {
  it('are told with the best of their sessions', () => {
    const agents: readonly AgentView[] = [
      person,
      {
        ...person,
        agentId: 'bo',
        sessions: [
          { ...session, presence: 'gone' },
          { ...session, presence: 'unknown' },
        ],
        liveSessions: 2,
        idleForMs: 10,
        purpose: null,
      },
      {
        ...person,
        agentId: 'cy',
        sessions: [],
        liveSessions: 0,
        lifecycle: 'paused',
        idleForMs: null,
        leases: 0,
        purpose: null,
      },
      {
        ...person,
        agentId: 'dee',
        sessions: [{ ...session, presence: 'unknown', processes: [] }],
        client: 'http',
        purpose: null,
      },
    ];
    expect(agentsText(agents, wide)).toEqual([
      'AGENT  STATE              SEEN  LOCKS  WAITS  CLIENT       PROCESS             PURPOSE',
      'ana    alive         1m05s ago      2      -  claude-code  mcp 4711            discovery',
      'bo     elsewhere           now      2      -  claude-code  mcp 4711, mcp 4711',
      'cy     paused, gone      never      -      -  claude-code',
      'dee    over HTTP     1m05s ago      2      -  http',
    ]);
  });
});

describe('status', () => {
  const waits: WaitsView = { edges: [], waiters: [], suspected: [], broken: [], leftOut: { waiters: 0, edges: 0 } };
  const fleet: FleetView = {
    fleetId: 'f_1',
    head: { epoch: 0, seq: 77 },
    foundedAt: '2025-11-19T23:25:00.000Z',
    granting: { ok: true },
    counts: { agents: 1, paused: 0, sessions: 1, leases: 60, waits: 2, offers: 1 },
    longestWaitMs: 61_000,
    agents: [],
    locks: [lock],
    waits: [],
    alerts: [],
    incidents: [],
    plans: [],
    leftOut: { agents: 0, locks: 59, waits: 0, alerts: 0, incidents: 0, plans: 0 },
  };

  it('says first where, how much and how long, and what it leaves out', () => {
    const lines = statusText({ fleet, waits, location: 'sqlite:/w/.brigade/brigade.db', trouble: null }, wide);
    expect(lines.slice(0, 2)).toEqual([
      'FLEET  f_1  sqlite:/w/.brigade/brigade.db',
      '1 agent · 60 locks · 2 waits, the longest for 1m01s · 1 offer · log at 77',
    ]);
    expect(lines.at(-1)).toBe('… and 59 more: brigade locks');
  });

  it('names who is paused, why, and how it ends; and what the others are at', () => {
    const change = { by: 'policy', reason: '5 failed\nin a row', sinceAt: '', forMs: 65_000, standingAgainst: [] };
    const paused: AgentView = { ...person, lifecycle: 'paused', change };
    const plans = [{ agentId: 'bo', goal: 'ship it', task: 'tests', at: '' }];
    const counts = { ...fleet.counts, paused: 7 };
    const told = { ...fleet, agents: [paused], counts, plans };
    const text = statusText({ fleet: told, waits, location: '', trouble: null }, wide).join('\n');
    expect(text).toContain('ana is paused by policy, for 1m05s now: 5 failed in a row');
    expect(text).toContain('It may recover by itself now; an operator ends it with `brigade resume ana --reason ...`.');
    expect(text).toContain('… and 6 more are paused: brigade agents');
    expect(text).toContain('PLANS\nbo  ship it · tests');
  });

  it('says why nothing is granted, and what goes on when', () => {
    const resting = { ok: false, code: 'STORE_REGRESSED', why: 'the log was removed', resumesInMs: 240_000 } as const;
    const trouble = { code: 'STORE_UNAVAILABLE', message: 'The file is locked.' };
    const text = statusText({ fleet: { ...fleet, granting: resting }, waits, location: 'x', trouble }, wide).join('\n');
    expect(text).toContain('STORE_UNAVAILABLE: The file is locked.');
    expect(text).toContain('Granting rests (STORE_REGRESSED): the log was removed');
    expect(text).toContain('It goes on in 4m00s, or when an operator says so');
    const forEver = { ...resting, code: 'INVARIANT_BROKEN', resumesInMs: null } as const;
    const lines = statusText({ fleet: { ...fleet, granting: forEver }, waits, location: 'x', trouble: null }, wide);
    expect(lines.join('\n')).toContain('It goes on when an operator says so');
  });
});

describe('acquire', () => {
  const lease = {
    resource: 'file:src/a.ts',
    mode: 'exclusive',
    token: 812,
    expiresInMs: 375_000,
    safeForMs: 1,
    guarded: false,
    wanted: true,
  };
  const spoken = {
    status: 'granted',
    leases: [lease],
    waitedMs: 5_000,
    refused: [],
    ticket: null,
    position: null,
    blockedBy: [],
  } as const;
  const acting = { agentId: 'ana', sessionId: 'ses_ana' };

  it('prints a lease as it can be given back', () => {
    expect(grantedLines(spoken, acting, false, wide)).toEqual([
      'Granted to ana:',
      '  file:src/a.ts=812  exclusive, advisory, lasts 6m15s unused, others wait',
    ]);
    const waited = grantedLines({ ...spoken, ticket: 'tic_1' }, acting, false, wide);
    expect(waited[0]).toBe('Granted to ana after 5s:');
    expect(grantedLines(spoken, null, true, wide)[0]).toBe('Would be granted:');
    const refused = { resource: 'task:x', token: 1, code: 'TOKEN_STALE', message: 'It is stale.' } as const;
    expect(grantedLines({ ...spoken, status: 'renewed', refused: [refused] }, acting, false, wide).at(-1)).toBe(
      '  task:x  TOKEN_STALE: It is stale.',
    );
  });

  it('says where one stands, behind whom, and how to go on', () => {
    const blocker = {
      agentId: 'bo',
      resource: 'file:src/a.ts',
      kind: 'holder',
      heldForMs: 61_000,
      idleForMs: 0,
      alive: 'stopped',
      reason: 'a job',
    } as const;
    const queued = {
      ...spoken,
      status: 'queued',
      leases: [],
      ticket: 'tic_1',
      position: 2,
      blockedBy: [blocker],
    } as const;
    expect(queuedLines(queued, wide)).toEqual([
      'Place 2 in line, not granted yet.',
      '  bo holds file:src/a.ts for 1m01s (idle 0s, its process is stopped): "a job"',
      'Go on waiting in the same place: `brigade acquire --ticket tic_1 --wait 30s`. The place is kept for 2m.',
    ]);
    expect(queuedLines({ ...queued, offeredForMs: 29_000 }, wide)).toEqual([
      'It is your turn: take it within 29s with `brigade acquire --ticket tic_1`.',
    ]);
    const many = Array.from({ length: 7 }, () => ({ ...blocker, kind: 'waiter', reason: '', alive: 'alive' }) as const);
    expect(blockerLines(many).slice(4)).toEqual(['  bo waits for file:src/a.ts for 1m01s (idle 0s)', '  and 2 more']);
  });
});
