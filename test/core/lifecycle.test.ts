// What an agent may become, and what follows for what it holds, waits for and was offered.

import { describe, expect, it } from 'vitest';
import type { RegisterCommand } from '../../src/core/command.ts';
import type { Attachment, Lifecycle } from '../../src/core/event.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { CoreFleet } from '../support/core-fleet.ts';

type Op = 'pause' | 'resume' | 'archive' | 'restore' | 'retire';
const OPS: readonly Op[] = ['pause', 'resume', 'archive', 'restore', 'retire'];
const WAY: Readonly<Record<Lifecycle, readonly Op[]>> = {
  active: [],
  paused: ['pause'],
  archived: ['archive'],
  retired: ['retire'],
};

/** What each word of an operator makes of an agent; a code where it is refused, `-` where it changes nothing. */
const TABLE: Readonly<Record<Lifecycle, readonly string[]>> = {
  //         pause             resume            archive          restore          retire
  active: ['paused', '-', 'archived', '-', 'retired'],
  paused: ['-', 'active', 'archived', '-', 'retired'],
  archived: ['AGENT_ARCHIVED', 'AGENT_ARCHIVED', '-', 'active', 'retired'],
  retired: ['AGENT_RETIRED', 'AGENT_RETIRED', 'AGENT_RETIRED', 'AGENT_RETIRED', '-'],
};

function open(policy: Policy | undefined, ...names: readonly string[]): CoreFleet {
  const fleet = new CoreFleet(policy);
  for (const name of names) fleet.join(name);
  return fleet;
}

function say(fleet: CoreFleet, op: Op, agentId: string) {
  return fleet.operator({ op, agentId, reason: `because ${op}` });
}

function lifecycleOf({ state }: CoreFleet, agentId: string): Lifecycle | undefined {
  return state.agents.get(agentId)?.lifecycle;
}

function holders({ state }: CoreFleet): readonly string[] {
  return [...state.leases.rows()].map(({ agentId }) => agentId);
}

function sound(fleet: CoreFleet): void {
  expect(checkState(fleet.state)).toEqual([]);
}

describe.each(Object.keys(TABLE) as Lifecycle[])('an agent that is %s', (lifecycle) => {
  it.each(OPS.map((op, i) => [op, TABLE[lifecycle][i]] as const))('%s: %s', (op, expected) => {
    const fleet = open(undefined, 'ana');
    for (const step of WAY[lifecycle]) say(fleet, step, 'ana');
    const logged = fleet.events.length;
    const { answer } = say(fleet, op, 'ana');
    const isRefused = expected?.startsWith('AGENT_') === true;
    const isSame = expected === '-';
    const now = isRefused || isSame ? lifecycle : expected;
    expect(answer).toMatchObject(isRefused ? { code: expected } : { was: lifecycle, lifecycle: now, changed: !isSame });
    expect(lifecycleOf(fleet, 'ana')).toBe(now);
    expect(fleet.events.length > logged).toBe(now !== lifecycle);
    sound(fleet);
  });
});

describe('an operator', () => {
  it('needs a reason, and an agent that there is', () => {
    const fleet = open(undefined, 'ana');
    for (const op of OPS) {
      expect(fleet.operator({ op, agentId: 'ana', reason: ' ' }).answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(say(fleet, op, 'anna').answer).toMatchObject({ code: 'UNKNOWN_AGENT' });
      expect(fleet.says('ana', { op, agentId: 'ana', reason: 'x' }).answer).toMatchObject({
        code: 'OPERATOR_REQUIRED',
      });
    }
    expect(say(fleet, 'pause', 'an').answer).toMatchObject({ next: 'Did you mean ana?' });
  });

  it('names at most three of those that it may have been', () => {
    const fleet = open(undefined, 'cook_1', 'cook_2', 'cook_3', 'cook_4', 'bo');
    expect(say(fleet, 'pause', 'cook').answer).toMatchObject({
      next: 'Did you mean cook_1 or cook_2 or cook_3?',
      details: { near: ['cook_1', 'cook_2', 'cook_3'] },
    });
  });

  it('is answered the same when the word is repeated after the agent has changed again', () => {
    const fleet = open(undefined, 'ana');
    const ask = { op: 'pause', agentId: 'ana', reason: 'look' } as const;
    const first = fleet.operator(ask, 'p1').answer;
    say(fleet, 'resume', 'ana');
    expect(fleet.operator(ask, 'p1').answer).toEqual(first);
    expect(lifecycleOf(fleet, 'ana')).toBe('active');
  });

  it('brings an agent back that was paused when it was archived as what it was', () => {
    const fleet = open(undefined, 'ana');
    for (const op of ['pause', 'archive', 'restore'] as const) say(fleet, op, 'ana');
    expect(lifecycleOf(fleet, 'ana')).toBe('paused');
    expect(fleet.state.agents.get('ana')?.pause?.reason).toBe('because pause');
  });
});

describe('what a paused agent holds', () => {
  it('is released at once to whoever waits, where policy says so; its next call is told why and what to do', () => {
    const fleet = open({ onPause: 'release' }, 'ana', 'bo', 'cy');
    fleet.acquire('ana', ['task:a', 'task:b']);
    fleet.acquire('bo', ['task:a'], { waitMs: 60_000 });
    fleet.acquire('cy', ['task:b'], { waitMs: 60_000 });
    say(fleet, 'pause', 'ana');
    expect(holders(fleet).toSorted()).toEqual(['bo', 'cy']);
    const refused = fleet.acquire('ana', ['task:c']).answer;
    expect(refused).toMatchObject({ code: 'AGENT_PAUSED' });
    expect(JSON.stringify(refused)).toMatch(/because pause.*Only an operator resumes you/s);
    const told = fleet.state.notices.get('s-ana')?.notices.map(({ kind }) => kind);
    expect(told).toEqual(['paused', 'lease_ended', 'lease_ended']);
    // Losing what a pause released is no new fault.
    expect(fleet.state.conduct.get('ana')?.lost ?? []).toEqual([]);
    sound(fleet);
  });

  it('stays its own until the TTL, where policy keeps it; then the next in line has it', () => {
    const fleet = open({ onPause: 'keep' }, 'ana', 'bo');
    fleet.says('ana', { ...ACQUIRE, resources: ['task:a'], ttlMs: 60_000 });
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    say(fleet, 'pause', 'ana');
    expect(holders(fleet)).toEqual(['ana']);
    expect(fleet.acquire('ana', ['task:a']).answer).toMatchObject({ code: 'AGENT_PAUSED' });
    fleet.atMs += 75_000 - 1;
    fleet.settle();
    expect(holders(fleet)).toEqual(['ana']);
    fleet.atMs += 1;
    fleet.settle();
    expect(holders(fleet)).toEqual(['bo']);
    sound(fleet);
  });

  it('is let go of in bounded groups, and the rest is due when an append was cut', () => {
    const fleet = open({ onPause: 'release' }, 'ana', 'bo');
    fleet.acquire(
      'ana',
      Array.from({ length: 200 }, (_, i) => `task:t${i}`),
    );
    fleet.acquire('bo', ['task:t7'], { waitMs: 60_000 });
    fleet.saysCut(null, { op: 'pause', agentId: 'ana', reason: 'cut' }, 'p1', 1);
    expect(fleet.state.leases.size).toBe(200);
    // Whoever asks for one of them is not kept out by what is over.
    fleet.settle();
    expect(holders(fleet)).toEqual(['bo']);
    sound(fleet);
  });
});

describe('the line', () => {
  it('moves on past a waiter that is paused, which stands in it again when it is resumed', () => {
    const fleet = open(undefined, 'hal', 'ana', 'bo');
    fleet.acquire('hal', ['task:a'], { mode: 'shared' });
    fleet.acquire('ana', ['task:a'], { waitMs: 600_000 });
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000, mode: 'shared' });
    expect(holders(fleet)).toEqual(['hal']);
    say(fleet, 'pause', 'ana');
    expect(holders(fleet)).toEqual(['hal', 'bo']);
    sound(fleet);
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.says('bo', { op: 'release', leases: 'all' });
    expect(holders(fleet)).toEqual([]);
    say(fleet, 'resume', 'ana');
    expect(holders(fleet)).toEqual(['ana']);
    sound(fleet);
  });

  it('gives the offer of a paused agent to the next one at once', () => {
    const fleet = open(undefined, 'hal', 'ana', 'bo');
    fleet.acquire('hal', ['task:a']);
    const ticket = fleet.acquire('ana', ['task:a'], { waitMs: 1_000 }).answer;
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    fleet.atMs += 2_000;
    if ('ticket' in ticket) fleet.says('ana', { op: 'leave_wait', ticket: ticket.ticket ?? '' });
    fleet.says('hal', { op: 'release', leases: 'all' });
    expect([...fleet.state.tickets.rows()].map(({ state }) => state)).toEqual(['offered', 'waiting']);
    say(fleet, 'pause', 'ana');
    expect(holders(fleet)).toEqual(['bo']);
    sound(fleet);
  });

  it('does so also when the append was cut before it came to the offer', () => {
    const fleet = open(undefined, 'hal', 'ana', 'bo');
    fleet.acquire('hal', ['task:a']);
    const ticket = fleet.acquire('ana', ['task:a'], { waitMs: 1_000 }).answer;
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    if ('ticket' in ticket) fleet.says('ana', { op: 'leave_wait', ticket: ticket.ticket ?? '' });
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.saysCut(null, { op: 'pause', agentId: 'ana', reason: 'cut' }, 'p1', 1);
    expect([...fleet.state.tickets.rows()].map(({ state }) => state)).toEqual(['offered', 'waiting']);
    sound(fleet);
    fleet.settle();
    expect(holders(fleet)).toEqual(['bo']);
    sound(fleet);
  });

  it('goes on when a paused agent gives back what it could not be told of; its place stays', () => {
    const fleet = open(undefined, 'hal', 'ana', 'bo');
    fleet.acquire('hal', ['task:a']);
    const queued = fleet.acquire('ana', ['task:a'], { waitMs: 60_000 }).answer;
    const ticket = 'ticket' in queued ? (queued.ticket ?? '') : '';
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    fleet.says('hal', { op: 'release', leases: 'all' });
    say(fleet, 'pause', 'ana');
    fleet.says('ana', { op: 'undelivered', ticket });
    expect(holders(fleet)).toEqual(['bo']);
    sound(fleet);
    say(fleet, 'resume', 'ana');
    fleet.says('ana', { op: 'await', ticket, waitMs: 60_000 });
    fleet.says('bo', { op: 'release', leases: 'all' });
    expect(holders(fleet)).toEqual(['ana']);
    sound(fleet);
  });

  it('has no cycle after a waiter came back into one', () => {
    const fleet = open(undefined, 'ana', 'bo');
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('ana', ['task:b'], { waitMs: 600_000 });
    say(fleet, 'pause', 'ana');
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    sound(fleet);
    say(fleet, 'resume', 'ana');
    expect(fleet.events.filter((event) => event.type === 'wait.ended' && event.outcome === 'deadlock')).toHaveLength(1);
    sound(fleet);
  });

  it('has none either when the append was cut before it was broken: it is due', () => {
    const fleet = open(undefined, 'ana', 'bo');
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('ana', ['task:b'], { waitMs: 600_000 });
    say(fleet, 'pause', 'ana');
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    fleet.saysCut(null, { op: 'resume', agentId: 'ana', reason: 'cut' }, 'p1', 1);
    expect(fleet.state.tickets.size).toBe(2);
    sound(fleet);
    fleet.settle();
    expect(fleet.state.tickets.size).toBe(1);
    sound(fleet);
  });
});

describe('an agent that is archived or retired', () => {
  it.each(['archive', 'retire'] as const)('%s: its sessions are closed, what they held goes to the next', (op) => {
    const fleet = open(undefined, 'ana', 'bo', 'cy');
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    fleet.acquire('ana', ['task:b'], { waitMs: 600_000 });
    say(fleet, op, 'ana');
    expect(holders(fleet)).toEqual(['bo']);
    expect(fleet.state.sessions.get('s-ana')).toMatchObject({ state: 'closed' });
    expect(fleet.acquire('ana', ['task:c']).answer).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    sound(fleet);
  });

  it('X archived by one stays archived while another, who did not know, checks in for Y', () => {
    const fleet = open(undefined, 'x', 'y');
    say(fleet, 'archive', 'x');
    fleet.says('y', CHECK_IN);
    expect(lifecycleOf(fleet, 'x')).toBe('archived');
  });
});

const ACQUIRE = {
  op: 'acquire',
  mode: 'exclusive',
  waitMs: 0,
  ttlMs: LIMITS.ttlMaxMs,
  reason: '',
  priority: 0,
} as const;
const CHECK_IN = {
  op: 'check_in',
  summary: 'wired the parser',
  digest: 'd1',
  complexity: null,
  confidence: null,
  outcomes: [],
  plan: null,
  parameters: null,
} as const;

const PROCESS: Attachment = { attachmentId: 'att_1', placeId: 'p1', pid: 7, startTime: '99', kind: 'mcp' };

function register(fleet: CoreFleet, ask: Partial<RegisterCommand>) {
  const fresh = `x${fleet.events.length}`;
  return fleet.system({
    op: 'register',
    agentId: null,
    purpose: null,
    client: 'claude-code',
    user: 'kim',
    stamp: '20251119_2325',
    onTaken: 'sibling',
    tags: [],
    notes: '',
    resumeHandleHash: null,
    clientSession: null,
    transport: 'process',
    worktree: 'w1',
    root: '/',
    foldsCase: false,
    attachment: PROCESS,
    freshSessionId: fresh,
    freshHandleHash: `h-${fresh}`,
    joinTokenHash: null,
    ...ask,
  }).answer;
}

describe('a pause', () => {
  it('binds the process and the client session that the agent came from, whatever name they take', () => {
    const fleet = open(undefined);
    const session = register(fleet, { agentId: 'ana', clientSession: 'c1' });
    say(fleet, 'pause', 'ana');
    const paused = { code: 'AGENT_PAUSED' };
    expect(register(fleet, { agentId: 'bo' })).toMatchObject(paused);
    const other = { ...PROCESS, attachmentId: 'att_2', pid: 8 };
    expect(register(fleet, { agentId: 'bo', attachment: other, clientSession: 'c1' })).toMatchObject(paused);
    expect(register(fleet, { agentId: 'ana', attachment: other })).toMatchObject({ agentId: 'ana_2' });
    expect(register(fleet, { agentId: 'bo', attachment: { ...other, pid: 9 } })).toMatchObject({ agentId: 'bo' });
    const sessionId = 'sessionId' in session ? session.sessionId : '';
    expect(register(fleet, { resumeHandleHash: `h-${sessionId}` })).toMatchObject(paused);
    expect(register(fleet, { resumeHandleHash: `h-${sessionId}`, asPaused: true })).toMatchObject({ agentId: 'ana' });
  });

  it('binds them also after the session was closed', () => {
    const fleet = open(undefined);
    register(fleet, { agentId: 'ana', clientSession: 'c1' });
    say(fleet, 'pause', 'ana');
    const [session] = [...fleet.state.sessions.rows()];
    fleet.says(session?.sessionId ?? '', { op: 'close_session', why: 'done' });
    expect(register(fleet, { agentId: 'bo', attachment: null, clientSession: 'c1' })).toMatchObject({
      code: 'AGENT_PAUSED',
    });
  });
});

describe('a person at a command line', () => {
  const cli = { client: 'cli', agentId: null, purpose: null };
  const shell = (pid: number): Attachment => ({ ...PROCESS, attachmentId: `att_${pid}`, pid, kind: 'cli' });

  it('is the same agent each time, and another one only while the first is in use', () => {
    const fleet = open(undefined);
    expect(register(fleet, { ...cli, attachment: shell(1) })).toMatchObject({ agentId: 'cli_kim' });
    expect(register(fleet, { ...cli, attachment: shell(2) })).toMatchObject({ agentId: 'cli_kim_2' });
    for (const [i, session] of [...fleet.state.sessions.rows()].entries())
      fleet.system({
        op: 'detach',
        sessionId: session.sessionId,
        attachmentId: `att_${i + 1}`,
        cause: 'exit',
        evidence: '',
      });
    expect(register(fleet, { ...cli, attachment: shell(3) })).toMatchObject({ agentId: 'cli_kim', warnings: [] });
    expect(register(fleet, { ...cli, attachment: shell(4) })).toMatchObject({ agentId: 'cli_kim_2' });
    expect(fleet.state.agents.size).toBe(2);
  });

  it('does not become somebody who chose that name', () => {
    const fleet = open(undefined, 'cli_kim');
    fleet.says('cli_kim', { op: 'close_session', why: 'done' });
    expect(register(fleet, cli)).toMatchObject({ agentId: 'cli_kim_2' });
  });
});

describe('an agent that nobody named', () => {
  const week = 7 * 86_400_000;
  const nameless = (fleet: CoreFleet): string => {
    const answer = register(fleet, { purpose: 'discovery' });
    return 'agentId' in answer ? answer.agentId : '';
  };
  const pass = (fleet: CoreFleet, ms: number): void => {
    fleet.atMs += ms;
    fleet.settle();
  };

  it('is archived after a week of silence, and not before; it comes back by coming back', () => {
    const fleet = open(undefined);
    const id = nameless(fleet);
    pass(fleet, week - 1);
    expect(lifecycleOf(fleet, id)).toBe('active');
    pass(fleet, 1);
    expect(lifecycleOf(fleet, id)).toBe('archived');
    const [session] = [...fleet.state.sessions.rows()];
    expect(session?.state).toBe('closed');
    expect(register(fleet, { resumeHandleHash: session?.handleHash ?? '' })).toMatchObject({
      agentId: id,
      resumed: true,
    });
    expect(lifecycleOf(fleet, id)).toBe('active');
    pass(fleet, week - 1);
    expect(lifecycleOf(fleet, id)).toBe('active');
  });

  it.each([
    [
      'holds something',
      (fleet: CoreFleet, s: string) =>
        fleet.says(s, {
          op: 'acquire',
          resources: ['task:a'],
          mode: 'exclusive',
          waitMs: 0,
          ttlMs: LIMITS.ttlMaxMs,
          reason: '',
          priority: 0,
        }),
    ],
    ['checked in once', (fleet: CoreFleet, s: string) => fleet.says(s, CHECK_IN)],
  ])('is not while it %s', (_, act) => {
    const fleet = open(undefined);
    const id = nameless(fleet);
    const [session] = [...fleet.state.sessions.rows()];
    act(fleet, session?.sessionId ?? '');
    pass(fleet, LIMITS.ttlMaxMs - 1);
    for (let day = 0; day < 8; day += 1) {
      fleet.says(session?.sessionId ?? '', { op: 'renew', leases: [...fleet.state.leases.rows()], ttlMs: null });
      pass(fleet, LIMITS.ttlMaxMs - 1);
    }
    expect(lifecycleOf(fleet, id)).toBe('active');
  });

  it('is not where policy says never, and sooner where it says sooner, also for those that are there already', () => {
    const fleet = open({ archive: null });
    const id = nameless(fleet);
    pass(fleet, 3 * week);
    expect(lifecycleOf(fleet, id)).toBe('active');
    fleet.operator({ op: 'adopt_policy', policy: { archive: { silentMs: LIMITS.silentMinMs } }, reason: '' });
    pass(fleet, LIMITS.silentStepMs);
    expect(lifecycleOf(fleet, id)).toBe('archived');
  });

  it('is kept out when an operator archived it', () => {
    const fleet = open(undefined);
    const id = nameless(fleet);
    const [session] = [...fleet.state.sessions.rows()];
    say(fleet, 'archive', id);
    expect(register(fleet, { resumeHandleHash: session?.handleHash ?? '' })).toMatchObject({ code: 'AGENT_ARCHIVED' });
  });
});

describe('each command of a session', () => {
  const ref = { resource: 'task:a', token: 1 };
  const COMMANDS: readonly Parameters<CoreFleet['says']>[1][] = [
    { ...ACQUIRE, resources: ['task:a'] },
    { op: 'await', ticket: 't1', waitMs: 1 },
    { op: 'leave_wait', ticket: 't1' },
    { op: 'undelivered', ticket: 't1' },
    { op: 'withdraw', ticket: 't1' },
    { op: 'renew', leases: [ref], ttlMs: null },
    { op: 'release', leases: [ref] },
    { op: 'check', ...ref },
    { op: 'hand_off', ...ref, to: 'bo' },
    { op: 'answer_handoff', offer: 'h1', answer: 'accept' },
    { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } },
    CHECK_IN,
    { op: 'record_outcome', checkInId: 'c1', kind: 'tests', ok: true, evidence: '' },
    { op: 'recover', reflection: 'I see' },
    { op: 'send_message', to: 'bo', kind: 'info', text: 'hi', replyTo: null, resource: null },
    { op: 'read_messages', after: null, seen: 0, limit: 10, waitMs: 0 },
    { op: 'attach', attachment: PROCESS },
    { op: 'hear' },
    { op: 'close_session', why: 'done' },
  ];
  const MAY: Readonly<Record<Exclude<Lifecycle, 'active'>, string>> = {
    paused:
      'leave_wait undelivered withdraw release check check_in record_outcome recover read_messages attach hear close_session',
    archived: 'leave_wait undelivered withdraw release check hear close_session',
    retired: 'leave_wait undelivered withdraw release check hear close_session',
  };
  const cells = COMMANDS.flatMap((ask) =>
    (['paused', 'archived', 'retired'] as const).map((lifecycle) => {
      const may = MAY[lifecycle].split(' ').includes(ask.op);
      return [ask.op, lifecycle, may ? 'allowed' : 'refused', ask] as const;
    }),
  );

  it.each(cells)('%s of an agent that is %s is %s', (_op, lifecycle, expected, ask) => {
    const fleet = open(undefined, 'ana', 'bo');
    // As it stands when the append was cut before its sessions were closed, and never closes them.
    fleet.saysCut(null, { op: WAY[lifecycle][0] ?? 'pause', agentId: 'ana', reason: 'x' }, 'p1', 1);
    const settled = fleet.state.agents.get('ana');
    const change = settled?.change ?? null;
    if (settled !== undefined && change !== null)
      fleet.state.agents.set({ ...settled, change: { ...change, at: Number.POSITIVE_INFINITY } });
    const { answer } = fleet.says('ana', ask);
    const code = 'code' in answer ? answer.code : 'none';
    expect(code === `AGENT_${lifecycle.toUpperCase()}` ? 'refused' : 'allowed').toBe(expected);
  });

  it('is in the table', () => {
    expect(new Set(COMMANDS.map(({ op }) => op)).size).toBe(COMMANDS.length);
  });
});
