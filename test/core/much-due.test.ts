// Very much falls due at one moment: it is done by several appends, each of a bounded size, and whoever asks meanwhile hears
// what is so, of whatever they ask about.

import { describe, expect, it } from 'vitest';
import { apply } from '../../src/core/apply.ts';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import { type Ask, CoreFleet } from '../support/core-fleet.ts';
import { nextEvent } from '../support/next-step.ts';
import { registration } from '../support/registration.ts';

const MOST = LIMITS.dueGroupsPerAppend;
/** More than one append settles. */
const MANY = MOST + 8;
/** How long the longest lease lives without activity. */
const LIFE_MS = LIMITS.ttlMaxMs + LIMITS.ttlMaxMs / 4;
const ANY_MS = 600_000;

function names(prefix: string): readonly string[] {
  return Array.from({ length: MANY }, (_, n) => `task:${prefix}${n}`);
}

/** In two calls, because one takes only so many. */
function takeMany(fleet: CoreFleet, agentId: string, prefix = 'a'): void {
  const all = names(prefix);
  for (const some of [all.slice(0, 200), all.slice(200)]) fleet.acquire(agentId, some);
}

/** In the log, and what follows from it is not: the append was cut there. */
function happens({ state }: CoreFleet, facts: object): void {
  apply(state, nextEvent(state, facts));
}

function closes(fleet: CoreFleet, agentId: string): void {
  happens(fleet, { type: 'session.closed', agentId, sessionId: `s-${agentId}`, why: 'done' });
}

function replyOf(answer: Answer): AcquireReply {
  if (isRejection(answer) || answer.op !== 'acquire') throw new Error(JSON.stringify(answer));
  return answer;
}

function codeOf(answer: Answer): string {
  return isRejection(answer) ? answer.code : 'taken';
}

describe('what is due beyond one append', () => {
  interface Case {
    /** Makes very much due. */
    readonly open: () => CoreFleet;
    /** How much of it is left. */
    readonly left: (fleet: CoreFleet) => number;
  }

  function withPolicy(policy: ConstructorParameters<typeof CoreFleet>[0], ...agents: readonly string[]): CoreFleet {
    const fleet = new CoreFleet(policy);
    for (const agent of agents) fleet.join(agent);
    return fleet;
  }

  const cases: Readonly<Record<string, Case>> = {
    'leases that were not used': {
      open: () => {
        const fleet = withPolicy({}, 'ana');
        takeMany(fleet, 'ana');
        fleet.atMs = LIFE_MS;
        return fleet;
      },
      left: ({ state }) => state.leases.size,
    },
    'leases of a session that is gone': {
      open: () => {
        const fleet = withPolicy({}, 'ana');
        takeMany(fleet, 'ana');
        closes(fleet, 'ana');
        return fleet;
      },
      left: ({ state }) => state.leases.size,
    },
    'waits of a session that is gone': {
      open: () => {
        const fleet = withPolicy({}, 'hal', 'ana', 'bo');
        fleet.acquire('hal', ['task:oven']);
        for (const name of names('a')) fleet.acquire('ana', ['task:oven', name], { waitMs: ANY_MS });
        fleet.acquire('bo', ['task:oven'], { waitMs: ANY_MS });
        for (const agent of ['ana', 'bo']) closes(fleet, agent);
        return fleet;
      },
      left: ({ state }) => state.tickets.size,
    },
    'sessions that left something behind': {
      open: () => {
        const fleet = withPolicy({});
        for (const [n, resource] of names('a').entries()) {
          fleet.join(`a${n}`);
          fleet.acquire(`a${n}`, [resource]);
        }
        for (let n = 0; n < MANY; n += 1) closes(fleet, `a${n}`);
        return fleet;
      },
      left: ({ state }) => state.leases.size,
    },
    'sessions that were silent': {
      open: () => {
        const fleet = withPolicy({ silentSessionMs: 60_000 });
        for (let n = 0; n < MANY; n += 1) fleet.join(`a${n}`);
        fleet.atMs = 60_000;
        return fleet;
      },
      left: ({ state }) => state.sessions.countIn('live', 'live'),
    },
    'agents that were silent': {
      open: () => {
        const fleet = withPolicy({ archive: { silentMs: LIMITS.silentMinMs } });
        for (let n = 0; n < MANY; n += 1)
          fleet.system(registration(null, { freshSessionId: `s${n}`, freshHandleHash: `h-${n}`, purpose: `p${n}` }));
        // Of this one there is no session to close, so that the bound is met between an agent and its session.
        fleet.says('0', { op: 'close_session', why: 'done' });
        fleet.atMs = LIMITS.silentMinMs;
        return fleet;
      },
      left: ({ state }) => [...state.agents.rows()].filter(({ lifecycle }) => lifecycle === 'active').length,
    },
    'leases that a pause releases': {
      open: () => {
        const fleet = withPolicy({ onPause: 'release' }, 'ana');
        takeMany(fleet, 'ana');
        fleet.saysCut(null, { op: 'pause', agentId: 'ana', reason: 'so' }, 'pause', 1);
        return fleet;
      },
      left: ({ state }) => state.leases.size,
    },
    'offers to an agent that is paused': {
      open: () => {
        const fleet = withPolicy({}, 'hal', 'ana');
        takeMany(fleet, 'hal');
        for (const resource of names('a')) fleet.acquire('ana', [resource], { waitMs: 10 });
        fleet.atMs = 20;
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.saysCut(null, { op: 'pause', agentId: 'ana', reason: 'so' }, 'pause', 1);
        return fleet;
      },
      left: ({ state }) => state.tickets.weight('offered'),
    },
    'offers that nobody claimed': {
      open: () => {
        const fleet = withPolicy({}, 'hal', 'ana');
        takeMany(fleet, 'hal');
        for (const resource of names('a')) fleet.acquire('ana', [resource], { waitMs: 10 });
        fleet.atMs = 20;
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.atMs += LIMITS.claimMs;
        return fleet;
      },
      left: ({ state }) => state.tickets.weight('offered'),
    },
    'handoffs that nobody answered': {
      open: () => {
        const fleet = withPolicy({}, 'ana', 'bo');
        takeMany(fleet, 'ana');
        for (const { resource, token } of Array.from(fleet.state.leases.rows()))
          fleet.says('ana', { op: 'hand_off', resource, token, to: 'bo' });
        fleet.atMs = LIMITS.handoffMs;
        return fleet;
      },
      left: ({ state }) => state.handoffs.size,
    },
    'lines that stood still while granting rested': {
      open: () => {
        const fleet = withPolicy({}, 'hal', 'ana');
        takeMany(fleet, 'hal');
        for (const resource of names('a')) fleet.acquire('ana', [resource], { waitMs: ANY_MS });
        fleet.system({ op: 'report_break', invariant: 'one_holder', detail: 'so' });
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.says('hal', { op: 'release', leases: 'all' });
        fleet.operator({ op: 'resume_granting', reason: 'looked' });
        return fleet;
      },
      left: ({ state }) => state.lines.size,
    },
  };

  it.each(Object.entries(cases))('%s: is done by the next', (_, { open, left }) => {
    const fleet = open();
    expect(left(fleet)).toBeGreaterThan(MOST);
    const { groups, answer } = fleet.system({ op: 'sweep' });
    expect(answer).toMatchObject({ more: true });
    // What one group brings with it is done with it.
    expect(groups.length).toBeGreaterThanOrEqual(MOST);
    expect(groups.length).toBeLessThanOrEqual(MOST + 1);
    expect(left(fleet)).toBeGreaterThan(0);
    fleet.settle();
    expect(left(fleet)).toBe(0);
    expect(checkState(fleet.state)).toEqual([]);
  });
});

describe('whoever asks while very much is due hears what is so', () => {
  const OVEN = 'task:oven';

  /** Hal's lease on the oven, the last of very many that are over. Cy came late, and stands in line for it where she says so. */
  function late({ waits = false } = {}): {
    readonly fleet: CoreFleet;
    readonly token: number;
    readonly ticket: string;
  } {
    const fleet = new CoreFleet();
    fleet.join('hal');
    takeMany(fleet, 'hal');
    takeMany(fleet, 'hal', 'b');
    const token = replyOf(fleet.acquire('hal', [OVEN]).answer).leases[0]?.token ?? 0;
    fleet.atMs = LIFE_MS - 1;
    fleet.join('cy');
    const ticket = waits ? replyOf(fleet.acquire('cy', [OVEN], { waitMs: ANY_MS }).answer).ticket : null;
    fleet.atMs = LIFE_MS;
    return { fleet, token, ticket: ticket ?? '' };
  }

  function isMuchLeft({ state }: CoreFleet): boolean {
    return state.leases.size > MOST;
  }

  it.each<[string, (token: number) => Ask]>([
    ['renews it', (token) => ({ op: 'renew', leases: [{ resource: OVEN, token }], ttlMs: null })],
    ['gives it back', (token) => ({ op: 'release', leases: [{ resource: OVEN, token }] })],
    ['hands it off', (token) => ({ op: 'hand_off', resource: OVEN, token, to: 'cy' })],
    ['writes under it', (token) => ({ op: 'put_state', key: 'menu', value: 1, condition: { resource: OVEN, token } })],
  ])('that a lease is over, who %s', (_, ask) => {
    const { fleet, token } = late();
    expect(codeOf(fleet.says('hal', ask(token)).answer)).toBe('TOKEN_STALE');
    expect(isMuchLeft(fleet)).toBe(true);
  });

  it('that a lease is over, who revokes it, and who would rescue whoever waits for it', () => {
    const { fleet, token } = late();
    expect(codeOf(fleet.operator({ op: 'revoke', resource: OVEN, token, reason: 'so' }).answer)).toBe('TOKEN_STALE');
    const nonsense = { op: 'rescue', finding: 'so', reason: 'so', seen: [] } as const;
    expect(codeOf(fleet.operator(nonsense).answer)).toBe('INVALID_ARGUMENT');
    for (const waits of [false, true]) {
      const { fleet: other, token: held, ticket } = late({ waits });
      const finding = `silent_holder:${OVEN}:${waits ? ticket : held}`;
      const { answer } = other.operator({ op: 'rescue', finding, reason: 'so', seen: [] });
      expect(codeOf(answer)).toBe('NOT_SAFE');
      expect(holderOf(other)).toBe(waits ? 'cy' : undefined);
    }
  });

  it.each<[string, (ticket: string) => Ask, object]>([
    ['waits on', (ticket) => ({ op: 'await', ticket, waitMs: ANY_MS }), { status: 'granted' }],
    ['leaves', (ticket) => ({ op: 'leave_wait', ticket }), { status: 'granted' }],
    [
      'never heard',
      (ticket) => ({ op: 'undelivered', ticket }),
      { status: 'queued', offeredUntil: LIFE_MS + LIMITS.claimMs },
    ],
    ['withdraws', (ticket) => ({ op: 'withdraw', ticket }), { withdrawn: true, released: [{ resource: OVEN }] }],
  ])('that it is its turn, who %s', (_, ask, answer) => {
    const { fleet, ticket } = late({ waits: true });
    expect(fleet.says('cy', ask(ticket)).answer).toMatchObject(answer);
    expect(isMuchLeft(fleet)).toBe(true);
  });

  it('of what it gives back all at once, and that there is no such ticket', () => {
    const { fleet } = late();
    expect(codeOf(fleet.says('cy', { op: 'await', ticket: 't0', waitMs: 0 }).answer)).toBe('UNKNOWN_TICKET');
    const { fleet: other } = late();
    const { answer } = other.says('cy', { op: 'release', leases: 'all' });
    expect(answer).toMatchObject({ released: [], more: false });
    expect([fleet, other].every(isMuchLeft)).toBe(true);
  });

  it('that what it shares is its own alone, when the other lease is over', () => {
    const fleet = new CoreFleet();
    for (const agent of ['hal', 'bo']) fleet.join(agent);
    takeMany(fleet, 'hal');
    fleet.acquire('bo', [OVEN], { mode: 'shared' });
    fleet.atMs = LIFE_MS - 1;
    fleet.join('cy');
    fleet.acquire('cy', [OVEN], { mode: 'shared' });
    const { ticket } = replyOf(fleet.acquire('cy', [OVEN], { waitMs: ANY_MS }).answer);
    fleet.atMs = LIFE_MS;
    const { answer } = fleet.says('cy', { op: 'await', ticket: ticket ?? '', waitMs: ANY_MS });
    expect(answer).toMatchObject({ status: 'granted', leases: [{ mode: 'exclusive' }] });
  });

  it.each(['lost', 'closed'] as const)('that a holder whose session is %s holds nothing', (how) => {
    const fleet = new CoreFleet();
    fleet.join('hal', 's-hal', 7);
    fleet.join('cy');
    takeMany(fleet, 'hal');
    takeMany(fleet, 'hal', 'b');
    fleet.acquire('hal', [OVEN]);
    const cause = how === 'lost' ? 'dead' : 'exit';
    fleet.system({ op: 'detach', sessionId: 's-hal', attachmentId: 'a7', cause, evidence: 'it is gone' });
    expect(replyOf(fleet.acquire('cy', [OVEN]).answer).status).toBe('granted');
    expect(fleet.events.findLast(({ type }) => type === 'lease.dropped')).toMatchObject({ ending: `session_${how}` });
  });

  it('that a holder who is paused, and releases by it, holds nothing', () => {
    const fleet = new CoreFleet({ onPause: 'release' });
    for (const agent of ['hal', 'cy']) fleet.join(agent);
    takeMany(fleet, 'hal');
    takeMany(fleet, 'hal', 'b');
    fleet.acquire('hal', [OVEN]);
    fleet.operator({ op: 'pause', agentId: 'hal', reason: 'too hot' });
    expect(replyOf(fleet.acquire('cy', [OVEN]).answer).status).toBe('granted');
    const revoked = fleet.events.findLast(({ type }) => type === 'lease.revoked');
    expect(revoked).toMatchObject({ resource: OVEN, reason: 'Its holder is paused: too hot' });
  });

  function holderOf({ state }: CoreFleet): string | undefined {
    return [...state.leases.rows()].find(({ resource }) => resource === OVEN)?.agentId;
  }

  /** Hal gives back the oven and nothing else. */
  function release(fleet: CoreFleet): void {
    const token = [...fleet.state.leases.rows()].find(({ resource }) => resource === OVEN)?.token ?? 0;
    fleet.says('hal', { op: 'release', leases: [{ resource: OVEN, token }] });
  }

  /** Ana waits for very much that hal holds, for the oven last; bo stands behind her for that. */
  function crowd(waitMs: number): CoreFleet {
    const fleet = new CoreFleet();
    for (const agent of ['hal', 'ana', 'bo']) fleet.join(agent);
    takeMany(fleet, 'hal');
    fleet.acquire('hal', [OVEN]);
    for (const resource of [...names('a'), OVEN]) fleet.acquire('ana', [resource], { waitMs });
    return fleet;
  }

  it('that an offer before it has lapsed', () => {
    const fleet = crowd(10);
    fleet.acquire('bo', [OVEN], { waitMs: ANY_MS });
    fleet.atMs = 20;
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.atMs += LIMITS.claimMs;
    expect(codeOf(fleet.acquire('hal', [OVEN]).answer)).toBe('LEASE_HELD');
    expect([...fleet.state.leases.rows()]).toMatchObject([{ resource: OVEN, agentId: 'bo' }]);
  });

  it('that a wait before it has timed out', () => {
    const fleet = crowd(10);
    fleet.acquire('bo', [OVEN], { waitMs: ANY_MS });
    fleet.atMs = 10 + LIMITS.ticketMs;
    release(fleet);
    expect(holderOf(fleet)).toBe('bo');
    expect(fleet.state.tickets.size).toBeGreaterThan(0);
  });

  it('that a wait before it ended with its session', () => {
    const fleet = crowd(ANY_MS);
    fleet.acquire('bo', [OVEN], { waitMs: ANY_MS });
    closes(fleet, 'ana');
    release(fleet);
    expect(holderOf(fleet)).toBe('bo');
    expect(fleet.state.tickets.size).toBeGreaterThan(0);
  });

  it('that it is archived, although its session is not closed yet', () => {
    const fleet = new CoreFleet();
    const all = Array.from({ length: MANY }, (_, n) => `a${n}`);
    for (const agentId of all) fleet.join(agentId);
    const archived = { type: 'agent.archived', by: 'operator', was: 'active', reason: 'closing time' };
    for (const agentId of all) happens(fleet, { ...archived, agentId, sessionId: undefined });
    const last = `a${MANY - 1}`;
    const page = { op: 'read_messages', after: null, seen: 0, limit: 10, waitMs: 0 } as const;
    expect(codeOf(fleet.says(last, page).answer)).toBe('AGENT_ARCHIVED');
    expect(fleet.state.sessions.get(`s-${last}`)?.state).toBe('live');
  });
});
