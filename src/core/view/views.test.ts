import { describe, expect, it } from 'vitest';
import { AlertedFleet } from '../../../test/support/alerted-fleet.ts';
import { nextEvent } from '../../../test/support/next-step.ts';
import { WatchedFleet } from '../../../test/support/watched-fleet.ts';
import { apply } from '../apply.ts';
import type { Caller, Command } from '../command.ts';
import { decide } from '../decide.ts';
import { emptyState, mergeState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import { isRejection } from '../rejection.ts';
import type { AcquireReply, Answer } from '../reply.ts';
import { VIEW_LIMITS } from './page.ts';
import { pastViewOf } from './past.ts';
import { viewOf } from './view-of.ts';
import type { Presence, Query } from './views.ts';
import { waitGraphText } from './wait-graph-text.ts';

type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never) : never;

/** A fleet on a stage: agents say things at moments that the test chooses, and the test looks. */
class Stage {
  readonly state = emptyState();
  at = 0;
  #requests = 0;
  readonly presence = new Map<string, Presence>();

  constructor() {
    this.#submit({ kind: 'system', name: 'test' }, { op: 'found', fleetId: 'f1' });
  }

  join(...agents: readonly string[]): void {
    for (const agent of agents) {
      this.#submit(
        { kind: 'system', name: 'test' },
        {
          op: 'register',
          agentId: agent,
          purpose: null,
          client: 'cli',
          user: 'kim',
          stamp: '20251119_2325',
          onTaken: 'refuse',
          tags: [],
          notes: '',
          resumeHandleHash: null,
          clientSession: null,
          transport: 'process',
          worktree: 'w1',
          root: '/w',
          foldsCase: false,
          attachment: {
            attachmentId: `att_${agent}`,
            placeId: 'p1',
            pid: 100 + agent.length,
            startTime: '1',
            kind: 'mcp',
          },
          freshSessionId: `ses_${agent}`,
          freshHandleHash: `h_${agent}`,
          joinTokenHash: null,
        },
      );
    }
  }

  says(agent: string, ask: Ask): Answer {
    return this.#submit({ kind: 'session', handleHash: `h_${agent}` }, ask);
  }

  /** An operator at a terminal. */
  commands(ask: Ask): Answer {
    return this.#submit({ kind: 'operator', name: 'kim', proof: 'terminal' }, ask);
  }

  acquires(
    agent: string,
    resources: string | readonly string[],
    more: Partial<Ask & { op: 'acquire' }> = {},
  ): AcquireReply {
    const answer = this.says(agent, {
      op: 'acquire',
      resources: typeof resources === 'string' ? [resources] : resources,
      mode: 'exclusive',
      waitMs: 30_000,
      ttlMs: 300_000,
      reason: '',
      priority: 0,
      ...more,
    });
    if (isRejection(answer) || answer.op !== 'acquire') throw new Error(JSON.stringify(answer));
    return answer;
  }

  sees<Q extends Query>(query: Q) {
    return viewOf(this.state, this.at, (sessionId) => this.presence.get(sessionId) ?? 'alive', query);
  }

  /** What a coordinator does by itself. */
  runs(ask: Ask): Answer {
    return this.#submit({ kind: 'system', name: 'test' }, ask);
  }

  #submit(by: Caller, ask: Ask): Answer {
    this.#requests += 1;
    const command = { ...ask, by, requestId: `r${this.#requests}`, bodyHash: 'b' } as Command;
    const decision = decide(this.state, command, { at: this.at, wallAt: '2025-11-19T23:25:00.000Z' });
    mergeState(this.state, decision.draft);
    return decision.answer;
  }
}

function stageWith(...agents: readonly string[]): Stage {
  const stage = new Stage();
  stage.join(...agents);
  return stage;
}

describe('locks', () => {
  it('tells who holds what, since when, until when and who is next', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    const granted = stage.acquires('ana', 'task:app', { reason: 'move it' });
    stage.at = 10_000;
    stage.acquires('bo', 'task:app');
    stage.acquires('cy', 'task:app', { mode: 'shared' });
    stage.at = 12_000;
    stage.presence.set('ses_ana', 'stopped');
    const { items, total, cursor } = stage.sees({ kind: 'locks' });
    expect({ total, cursor }).toEqual({ total: 1, cursor: null });
    expect(items[0]).toMatchObject({
      resource: 'task:app',
      mode: 'exclusive',
      holder: { agentId: 'ana', sessionId: 'ses_ana' },
      token: granted.leases[0]?.token,
      heldForMs: 12_000,
      idleForMs: 12_000,
      expiresInMs: 363_000,
      alive: 'stopped',
      guarded: false,
      reason: 'move it',
      reservedFor: null,
      handoffTo: null,
      waiting: 2,
    });
    expect(
      items[0]?.waiters.map(({ agentId, position, waitedMs, state }) => ({ agentId, position, waitedMs, state })),
    ).toEqual([
      { agentId: 'bo', position: 1, waitedMs: 2_000, state: 'parked' },
      { agentId: 'cy', position: 2, waitedMs: 2_000, state: 'parked' },
    ]);
  });

  it('shows what stands reserved for a waiter that still waits for the rest', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    const queued = stage.acquires('bo', ['task:a', 'task:b', 'task:c']);
    const { items } = stage.sees({ kind: 'locks' });
    expect(
      items.map(({ resource, holder, reservedFor }) => ({ resource, holder: holder?.agentId ?? null, reservedFor })),
    ).toEqual([
      { resource: 'task:a', holder: 'ana', reservedFor: null },
      { resource: 'task:b', holder: null, reservedFor: queued.ticket },
      { resource: 'task:c', holder: null, reservedFor: queued.ticket },
    ]);
  });

  it('filters by resource, agent and waiting', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    stage.acquires('ana', ['file:@w1/src/a.ts', 'task:x']);
    stage.acquires('bo', 'state:plan');
    stage.acquires('cy', 'state:plan');
    const names = (query: Omit<Query & { kind: 'locks' }, 'kind'>) =>
      stage.sees({ kind: 'locks', ...query }).items.map((lock) => lock.resource);
    expect(names({ resource: 'file:@w1/src/**/*.ts' })).toEqual(['file:@w1/src/a.ts']);
    expect(names({ agentId: 'ana' })).toEqual(['file:@w1/src/a.ts', 'task:x']);
    expect(names({ agentId: 'nobody' })).toEqual([]);
    expect(names({ waiting: true })).toEqual(['state:plan']);
    expect(stage.sees({ kind: 'holder', resource: 'state:plan' })[0]).toMatchObject({ guarded: true, waiting: 1 });
    expect(stage.sees({ kind: 'holder', resource: 'state:other' })).toEqual([]);
  });

  it('filters by agent beside a resource, and counts nobody as waiting for its own lease', () => {
    const stage = stageWith('ana', 'bo');
    for (const agent of ['ana', 'bo']) stage.acquires(agent, 'task:s', { mode: 'shared' });
    stage.acquires('ana', 'task:s');
    const holders = (query: Omit<Query & { kind: 'locks' }, 'kind'>) =>
      stage.sees({ kind: 'locks', ...query }).items.map(({ holder }) => holder?.agentId);
    expect(holders({ resource: 'task:s' })).toEqual(['ana', 'bo']);
    expect(holders({ resource: 'task:s', agentId: 'ana' })).toEqual(['ana']);
    expect(holders({ waiting: true })).toEqual(['bo']);
  });

  it('says of what is left of a session which has ended that whoever holds or waits is gone, now and looking back', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:b');
    stage.acquires('ana', 'task:b');
    apply(stage.state, nextEvent(stage.state, { type: 'session.closed', sessionId: 'ses_ana', why: 'done' }));
    expect(stage.sees({ kind: 'locks', agentId: 'ana' }).items).toMatchObject([{ resource: 'task:a', alive: 'gone' }]);
    const past = pastViewOf(stage.state, { kind: 'locks', agentId: 'bo' }).view;
    expect(past.items).toMatchObject([{ alive: 'alive', waiters: [{ agentId: 'ana', presence: 'gone' }] }]);
    expect(stage.sees({ kind: 'held', resources: ['task:a'] })).toEqual([]);
  });

  it('pages without gaps or repeats while locks come and go', () => {
    const stage = stageWith('ana', 'bo');
    for (let i = 0; i < 7; i += 1) stage.acquires('ana', `task:${i}`);
    stage.acquires('bo', ['task:0', 'task:free-1', 'task:free-2']);
    const first = stage.sees({ kind: 'locks', limit: 3 });
    expect(first.items.map((lock) => lock.resource)).toEqual(['task:0', 'task:1', 'task:2']);
    const token = first.items[1]?.token ?? 0;
    stage.says('ana', { op: 'release', leases: [{ resource: 'task:1', token }] });
    stage.acquires('ana', 'task:new');
    const rest: string[] = [];
    for (let cursor = first.cursor; cursor !== null; ) {
      const page = stage.sees({ kind: 'locks', limit: 2, cursor });
      rest.push(...page.items.map((lock) => lock.resource));
      cursor = page.cursor;
    }
    expect(rest).toEqual(['task:3', 'task:4', 'task:5', 'task:6', 'task:new', 'task:free-1', 'task:free-2']);
  });

  it('stays bounded whatever is asked for, and takes a foreign cursor for the beginning', () => {
    const stage = stageWith('ana');
    for (let i = 0; i < VIEW_LIMITS.rows + 5; i += 1) stage.acquires('ana', `task:${i}`);
    expect(stage.sees({ kind: 'locks' }).items).toHaveLength(VIEW_LIMITS.rows);
    expect(stage.sees({ kind: 'locks', limit: 1e9 }).items).toHaveLength(VIEW_LIMITS.rows + 5);
    expect(stage.sees({ kind: 'locks', limit: -1, cursor: 'x' }).items).toHaveLength(1);
    const fleet = stage.sees({ kind: 'fleet' });
    expect(fleet.locks).toHaveLength(VIEW_LIMITS.fleetRows);
    expect(fleet.leftOut).toEqual({
      agents: 0,
      locks: VIEW_LIMITS.rows + 5 - VIEW_LIMITS.fleetRows,
      waits: 0,
      alerts: 0,
      incidents: 0,
      plans: 0,
    });
  });

  it('counts the line beyond the waiters it shows', () => {
    const stage = stageWith('ana');
    stage.acquires('ana', 'task:a');
    for (let i = 0; i < VIEW_LIMITS.waitersPerLock + 2; i += 1) {
      stage.join(`w${i}x`);
      stage.acquires(`w${i}x`, 'task:a');
    }
    const [lock] = stage.sees({ kind: 'locks' }).items;
    expect(lock?.waiting).toBe(VIEW_LIMITS.waitersPerLock + 2);
    expect(lock?.waiters).toHaveLength(VIEW_LIMITS.waitersPerLock);
  });
});

describe('sessions', () => {
  it('are the live ones in pages, of all or of one agent; ended ones where they are asked for', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    stage.acquires('bo', 'task:a');
    stage.says('ana', { op: 'close_session', why: 'done' });
    const first = stage.sees({ kind: 'sessions', limit: 1 });
    expect(first).toMatchObject({ items: [{ sessionId: 'ses_bo', leases: 1, state: 'live' }], total: 2 });
    const rest = stage.sees({ kind: 'sessions', cursor: first.cursor ?? '' });
    expect(rest).toMatchObject({ items: [{ sessionId: 'ses_cy' }], cursor: null });
    expect(stage.sees({ kind: 'sessions', agentId: 'ana' }).total).toBe(0);
    expect(stage.sees({ kind: 'sessions', agentId: 'ana', all: true }).items).toMatchObject([{ sessionId: 'ses_ana' }]);
    expect(stage.sees({ kind: 'sessions', all: true }).total).toBe(3);
  });
});

describe('agents', () => {
  it('shows who is here, and with `all` who ever was', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', ['task:a', 'task:b']);
    stage.acquires('bo', 'task:a');
    stage.at = 5_000;
    const here = stage.sees({ kind: 'agents' });
    expect(
      here.items.map(({ agentId, leases, waits, idleForMs, liveSessions }) => ({
        agentId,
        leases,
        waits,
        idleForMs,
        liveSessions,
      })),
    ).toEqual([
      { agentId: 'ana', leases: 2, waits: 0, idleForMs: 5_000, liveSessions: 1 },
      { agentId: 'bo', leases: 0, waits: 1, idleForMs: 5_000, liveSessions: 1 },
    ]);
    expect(here.items[0]?.sessions[0]).toMatchObject({
      sessionId: 'ses_ana',
      state: 'live',
      presence: 'alive',
      leases: 2,
    });
    stage.says('ana', { op: 'close_session', why: 'bye' });
    expect(stage.sees({ kind: 'agents' }).items.map((agent) => agent.agentId)).toEqual(['bo']);
    const all = stage.sees({ kind: 'agents', all: true, limit: 1 });
    expect(all).toMatchObject({
      total: 2,
      items: [{ agentId: 'ana', liveSessions: 0, sessions: [{ state: 'closed', presence: 'gone' }] }],
    });
    expect(
      stage.sees({ kind: 'agents', all: true, cursor: all.cursor ?? '' }).items.map((agent) => agent.agentId),
    ).toEqual(['bo']);
    expect(stage.sees({ kind: 'agents', agentId: 'ana' }).items).toHaveLength(1);
  });
});

describe('session', () => {
  it('knows a handle by its hash, tells its notices, and shows no secret', () => {
    const stage = stageWith('ana', 'bo');
    const { leases } = stage.acquires('ana', 'task:a');
    stage.says('ana', { op: 'hand_off', resource: 'task:a', token: leases[0]?.token ?? 0, to: 'bo' });
    const bo = stage.sees({ kind: 'session', handleHash: 'h_bo' });
    expect(bo).toMatchObject({ agentId: 'bo', sessionId: 'ses_bo', notices: [{ kind: 'handoff_offered' }] });
    expect(JSON.stringify(bo)).not.toContain('h_bo');
    expect(stage.sees({ kind: 'session', handleHash: 'h_nobody' })).toBeNull();
    expect(stage.sees({ kind: 'locks' }).items[0]?.handoffTo).toBe('bo');
  });
});

describe('state', () => {
  it('finds a key, or all keys that begin alike, in order and by pages', () => {
    const stage = stageWith('ana');
    for (const key of ['b', 'a/2', 'a/1', 'a', 'a/10']) {
      stage.says('ana', { op: 'put_state', key, value: { of: key }, condition: { ifVersion: 0 } });
    }
    const keys = (query: Omit<Query & { kind: 'state' }, 'kind'>) =>
      stage.sees({ kind: 'state', ...query }).items.map((entry) => entry.key);
    expect(keys({ key: 'b' })).toEqual(['b']);
    expect(keys({ key: 'c' })).toEqual([]);
    expect(keys({ prefix: 'a/' })).toEqual(['a/1', 'a/10', 'a/2']);
    expect(keys({})).toEqual(['a', 'a/1', 'a/10', 'a/2', 'b']);
    const page = stage.sees({ kind: 'state', limit: 2 });
    expect(keys({ cursor: page.cursor ?? '' })).toEqual(['a/10', 'a/2', 'b']);
    expect(stage.sees({ kind: 'state', key: 'b' }).items[0]).toEqual({
      key: 'b',
      value: { of: 'b' },
      version: 1,
      author: 'ana',
      at: '2025-11-19T23:25:00.000Z',
    });
  });
});

describe('waits', () => {
  it('has a hold edge for each holder, a line edge to the nearest only, and draws them', () => {
    const stage = stageWith('ana', 'bo', 'cy', 'dee');
    stage.acquires('ana', 'task:app');
    stage.acquires('bo', 'task:app');
    stage.at = 60_000;
    stage.acquires('cy', 'task:app');
    stage.acquires('dee', 'task:app');
    const waits = stage.sees({ kind: 'waits' });
    const edge = ({ kind, from, to }: (typeof waits.edges)[number]) => `${from.agentId} ${kind} ${to.agentId}`;
    expect(waits.edges.map(edge)).toEqual(['bo hold ana', 'cy hold ana', 'cy line bo', 'dee hold ana', 'dee line cy']);
    expect(waitGraphText(waits)).toEqual([
      'ana holds task:app',
      '├─ bo waits 1m00s, next in line, away, for task:app',
      '├─ cy waits 0s, place 2 in line, for task:app',
      '└─ dee waits 0s, place 3 in line, for task:app',
    ]);
  });

  it('has as many waits as are asked for, the first of them', () => {
    const names = ['bo', 'cy', 'dee'];
    const stage = stageWith('ana', ...names);
    stage.acquires('ana', 'task:app');
    for (const name of names) stage.acquires(name, 'task:app');
    const { waiters, leftOut } = stage.sees({ kind: 'waits', limit: 2 });
    expect(waiters.map(({ agentId }) => agentId)).toEqual(['bo', 'cy']);
    expect(leftOut.waiters).toBe(1);
    expect(stage.sees({ kind: 'waits', limit: 0 }).waiters).toHaveLength(1);
  });

  it('draws chains, each waiter below whom it waits for', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:b');
    stage.acquires('bo', 'task:a');
    stage.acquires('cy', 'task:b');
    expect(waitGraphText(stage.sees({ kind: 'waits' }))).toEqual([
      'ana holds task:a',
      '└─ bo waits 0s, next in line, for task:a',
      '   └─ cy waits 0s, next in line, for task:b',
    ]);
  });

  it('tells one wait for several leases of one holder once', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', ['file:@w1/src/a.ts', 'file:@w1/src/b.ts']);
    stage.acquires('bo', 'file:@w1/src/**/*.ts');
    expect(waitGraphText(stage.sees({ kind: 'waits' }), { reader: 'w1' })).toEqual([
      'ana holds file:src/a.ts, file:src/b.ts',
      '└─ bo waits 0s, next in line, for file:src/**/*.ts (held as file:src/a.ts, file:src/b.ts)',
    ]);
  });

  it('names the victim of a deadlock that was broken', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:b');
    stage.acquires('ana', 'task:b');
    stage.says('bo', {
      op: 'acquire',
      resources: ['task:a'],
      mode: 'exclusive',
      waitMs: 30_000,
      ttlMs: 300_000,
      reason: '',
      priority: 0,
    });
    stage.at = 3_000;
    const waits = stage.sees({ kind: 'waits' });
    expect(waits.broken).toMatchObject([{ victim: { agentId: 'bo' }, agoMs: 3_000 }]);
    expect(waitGraphText(waits)).toEqual([
      'bo holds task:b',
      '└─ ana waits 3s, next in line, for task:b',
      'deadlock broken 3s ago, bo gave way: bo waits for task:a, held by ana; ana waits for task:b, held by bo',
    ]);
  });

  it('suspects a deadlock of agents that keep asking without standing in line', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:b');
    const retry = (agent: string, resource: string) =>
      stage.says(agent, {
        op: 'acquire',
        resources: [resource],
        mode: 'exclusive',
        waitMs: 0,
        ttlMs: 300_000,
        reason: '',
        priority: 0,
      });
    retry('ana', 'task:b');
    retry('bo', 'task:a');
    const waits = stage.sees({ kind: 'waits' });
    expect(waits.edges.map((edge) => edge.kind)).toEqual(['retry', 'retry']);
    expect(waits.suspected.map(({ agents }) => agents.toSorted())).toEqual([['ana', 'bo']]);
    const text = waitGraphText(waits).join('\n');
    expect(text).toContain('without standing in line');
    expect(text).toMatch(/cycle: (ana → bo → ana|bo → ana → bo)/);
    expect(text).toContain('suspected deadlock: ');
    stage.at = 120_000;
    expect(stage.sees({ kind: 'waits' }).suspected).toEqual([]);
  });

  it('draws whoever waits for two holders below both, and what is behind it once', () => {
    const stage = stageWith('ana', 'bo', 'cy', 'dee');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:b');
    stage.acquires('cy', 'task:c');
    stage.acquires('cy', ['task:a', 'task:b']);
    stage.acquires('dee', 'task:c');
    expect(waitGraphText(stage.sees({ kind: 'waits' }))).toEqual([
      'ana holds task:a',
      '└─ cy waits 0s, next in line, for task:a',
      '   └─ dee waits 0s, next in line, for task:c',
      'bo holds task:b',
      '└─ cy waits 0s, next in line, for task:b',
      '   └─ drawn out above',
    ]);
  });

  it('draws whoever waits for what nobody holds behind the one that stands before it, and names no more than three things', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    const many = ['task:a', 'task:b', 'task:c', 'task:d', 'task:e'];
    stage.acquires('ana', many);
    stage.acquires('bo', [...many, 'task:free']);
    stage.acquires('cy', 'task:free');
    expect(waitGraphText(stage.sees({ kind: 'waits' }))).toEqual([
      'ana holds task:a, task:b, task:c, 2 more',
      '└─ bo waits 0s, next in line, for task:a, task:b, task:c, 2 more',
      '   └─ cy waits 0s, behind it in line, for task:free',
    ]);
  });

  it('shows who keeps a place and has no turn: one that is paused, one that let its offer pass, all while granting rests', () => {
    const stage = stageWith('ana', 'bo', 'cy', 'dee');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:a', { waitMs: 1_000 });
    stage.acquires('cy', 'task:a', { waitMs: 600_000 });
    stage.acquires('dee', 'task:a', { waitMs: 600_000 });
    stage.commands({ op: 'pause', agentId: 'cy', reason: 'look' });
    stage.at = 2_000;
    stage.says('ana', { op: 'release', leases: 'all' });
    stage.at += LIMITS.claimMs;
    stage.runs({ op: 'sweep' });
    expect(waitGraphText(stage.sees({ kind: 'waits' }))).toEqual([
      'bo keeps its place for task:a, but its turn passes on',
      'cy keeps its place for task:a, but its turn passes on',
    ]);
    stage.acquires('ana', 'task:a');
    stage.runs({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    stage.says('dee', { op: 'release', leases: 'all' });
    stage.at += 1_000;
    expect(waitGraphText(stage.sees({ kind: 'waits' })).at(-1)).toBe('ana waits 1s for task:a');
  });

  it('says how many waiters it does not show: those that were not asked for, and those for whom there is no line left', () => {
    const stage = stageWith('ana', 'bo', 'cy');
    stage.acquires('ana', 'task:a');
    for (const name of ['bo', 'cy']) stage.acquires(name, 'task:a');
    expect(waitGraphText(stage.sees({ kind: 'waits', limit: 1 })).at(-1)).toBe('… and 1 more waiter not shown');
    const names = Array.from({ length: 450 }, (_, i) => `w${i}x`);
    stage.join(...names);
    for (const name of names) stage.acquires(name, 'task:a');
    const lines = waitGraphText(stage.sees({ kind: 'waits', limit: 452 }));
    expect(lines).toHaveLength(401);
    expect(lines.at(-1)).toBe('… and 53 more waiters not shown');
  });

  it('counts who waits behind a long chain once, also whoever waits for two of them', () => {
    const stage = new Stage();
    const names = Array.from({ length: 15 }, (_, i) => `c${String(i).padStart(2, '0')}`);
    stage.join(...names, 'left', 'right', 'both');
    for (const [i, name] of names.entries()) stage.acquires(name, i === 14 ? ['task:14', 'task:end'] : `task:${i}`);
    for (let i = 1; i < names.length; i += 1) stage.acquires(names[i] as string, `task:${i - 1}`);
    stage.acquires('left', 'task:left');
    stage.acquires('right', 'task:right');
    stage.acquires('left', 'task:14');
    stage.acquires('right', 'task:end');
    stage.acquires('both', ['task:left', 'task:right']);
    const lines = waitGraphText(stage.sees({ kind: 'waits' }));
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)?.trim()).toBe('└─ … 5 more wait behind it');
  });

  it('tells two sessions of one agent apart', () => {
    const from = (sessionId: string, ticket: string) => ({ agentId: 'ana', sessionId, ticket });
    const to = { agentId: 'bo', sessionId: 'ses_bo', token: 7, ticket: null };
    const wait = { kind: 'hold', to, resource: 'task:a', ageMs: 1_000 } as const;
    const edges = [
      { ...wait, from: from('ses_aaaaaa', 't1') },
      { ...wait, from: from('ses_bbbbbb', 't2') },
    ];
    const rest = { waiters: [], suspected: [], broken: [], leftOut: { waiters: 0, edges: 0 } };
    expect(waitGraphText({ edges, ...rest })).toEqual([
      'bo holds task:a',
      '├─ ana (aaaaaa) waits 1s for task:a',
      '└─ ana (bbbbbb) waits 1s for task:a',
    ]);
  });

  it('tells a long chain by its length, keeps to the width, and marks nothing but text', () => {
    const stage = new Stage();
    const names = Array.from({ length: 40 }, (_, i) => `agent-${String(i).padStart(2, '0')}-with-a-long-name`);
    stage.join(...names);
    for (const [i, name] of names.entries()) stage.acquires(name, `task:${i}`);
    for (let i = 1; i < names.length; i += 1) stage.acquires(names[i] as string, `task:${i - 1}`);
    const lines = waitGraphText(stage.sees({ kind: 'waits' }), { width: 80 });
    expect(lines.at(-1)).toContain('more wait behind it');
    expect(lines.length).toBeLessThan(20);
    for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  });

  it('shows waiters whose turn passes on, and offers nobody claimed', () => {
    const stage = stageWith('ana', 'bo');
    const { leases } = stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:a', { waitMs: 1_000 });
    stage.at = 2_000;
    stage.says('ana', { op: 'release', leases: [{ resource: 'task:a', token: leases[0]?.token ?? 0 }] });
    expect(waitGraphText(stage.sees({ kind: 'waits' }))).toEqual(['bo is offered task:a and has not claimed it']);
    expect(stage.sees({ kind: 'locks' }).items).toMatchObject([{ resource: 'task:a', holder: null, waiting: 1 }]);
    expect(stage.sees({ kind: 'fleet' }).counts).toEqual({
      agents: 2,
      paused: 0,
      sessions: 2,
      leases: 0,
      waits: 1,
      offers: 1,
    });
  });
});

describe('fleet', () => {
  it('is one screen with counts and empty lists for what is not there yet', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    stage.at = 1_000;
    stage.acquires('bo', 'task:a');
    stage.at = 4_000;
    expect(stage.sees({ kind: 'fleet' })).toMatchObject({
      fleetId: 'f1',
      head: { epoch: 0 },
      foundedAt: '2025-11-19T23:25:00.000Z',
      granting: { ok: true },
      counts: { agents: 2, paused: 0, sessions: 2, leases: 1, waits: 1, offers: 0 },
      longestWaitMs: 3_000,
      agents: [{ agentId: 'bo' }, { agentId: 'ana' }],
      waits: [{ agentId: 'bo' }],
      alerts: [],
      incidents: [],
      plans: [],
      leftOut: { agents: 0, locks: 0, waits: 0 },
    });
  });

  it('tells what agents are at, the newest first, those of one moment in the order of their arrival', () => {
    const fleet = new AlertedFleet();
    for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
    const said = { complexity: null, confidence: null, outcomes: [], parameters: null };
    const plans = (agent: string): void =>
      void fleet.says(agent, {
        op: 'check_in',
        summary: agent,
        digest: agent,
        ...said,
        plan: { goal: agent, task: '' },
      });
    for (const agent of ['bo', 'ana']) plans(agent);
    fleet.atMs = 1_000;
    plans('cy');
    const { plans: shown } = viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'fleet' });
    expect(shown.map(({ goal }) => goal)).toEqual(['cy', 'ana', 'bo']);
  });

  it('says why granting rests, and not until when where only an operator ends it', () => {
    const stage = stageWith('ana');
    stage.runs({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    expect(stage.sees({ kind: 'fleet' }).granting).toMatchObject({
      ok: false,
      code: 'INVARIANT_BROKEN',
      resumesInMs: null,
    });
  });

  it('says of an empty log that there is nothing', () => {
    expect(viewOf(emptyState(), 0, () => 'unknown', { kind: 'fleet' })).toMatchObject({
      fleetId: null,
      counts: { agents: 0 },
    });
  });

  it("tells whether a token is the fleet's, and shows none", () => {
    const stage = stageWith('ana');
    const known = (tokenHash: string) => stage.sees({ kind: 'token', which: 'operator', tokenHash });
    expect(known('t1')).toBe(false);
    stage.commands({ op: 'set_token', kind: 'operator', tokenHash: 't1' });
    expect([known('t1'), known('t2')]).toEqual([true, false]);
    expect(stage.sees({ kind: 'token', which: 'join', tokenHash: 't1' })).toBe(false);
    expect(JSON.stringify(stage.sees({ kind: 'fleet' }))).not.toContain('t1');
  });

  it('changes nothing', () => {
    const stage = stageWith('ana', 'bo');
    stage.acquires('ana', 'task:a');
    stage.acquires('bo', 'task:a');
    const before = stage.state.position;
    for (const kind of ['fleet', 'locks', 'agents', 'waits', 'state'] as const) stage.sees({ kind });
    expect(stage.state.position).toBe(before);
  });
});

describe('alerts', () => {
  it('come in pages, the gravest and newest first, each once', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { code: 'offer_lapses' });
    fleet.raise('b', { code: 'starvation' });
    fleet.raise('c', { code: 'offer_lapses' });
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { kind: 'alerts', limit: 1, ...(cursor === undefined ? {} : { cursor }) } as const;
      const page = viewOf(fleet.state, 0, () => 'alive', query);
      seen.push(...page.items.map(({ subject }) => subject));
      if (page.cursor === null) break;
      ({ cursor } = page);
    }
    expect(seen).toEqual(['b', 'c', 'a']);
  });
});

describe('diagnosis', () => {
  it('finds nothing before there is a fleet', () => {
    expect(viewOf(emptyState(), 0, () => 'unknown', { kind: 'diagnosis' })).toMatchObject({ findings: [] });
  });

  it('names those to whom an operator may hand over', () => {
    const fleet = new WatchedFleet().come('ana', 'bo', 'cy').queue('ana', 'task:a', 'bo', 'cy');
    fleet.atMs += 600_000;
    const { findings } = viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'diagnosis', resource: 'task:a' });
    const ways = findings.flatMap(({ action, others }) => [action, ...others]);
    expect(ways.find((way) => way?.kind === 'hand_over')).toMatchObject({ who: 'operator', to: ['bo', 'cy'] });
  });
});
