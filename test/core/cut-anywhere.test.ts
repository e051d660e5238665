// Wherever an append is cut, the command that is decided again leaves the fleet as it would have left it, and says the same.

import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/core/decide.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import type { Ask } from '../support/core-fleet.ts';
import { WatchedFleet } from '../support/watched-fleet.ts';

const THINGS = ['task:a', 'task:b', 'task:c'] as const;
const SILENT = 150_000;

/** Ana holds three things. Bo waits for each, cy for all of them, and dee for the second, which eve wants to hand on. */
function crowd(policy: Policy = {}): WatchedFleet {
  const fleet = new WatchedFleet(policy).come('ana', 'bo', 'cy', 'dee', 'eve');
  fleet.acquire('ana', THINGS);
  for (const thing of THINGS) fleet.acquire('bo', [thing], { waitMs: LIMITS.waitMaxMs });
  fleet.acquire('cy', THINGS, { waitMs: LIMITS.waitMaxMs });
  fleet.acquire('dee', [THINGS[1]], { waitMs: LIMITS.waitMaxMs });
  return fleet;
}

function held(
  { state }: WatchedFleet,
  agentId: string,
): readonly { readonly resource: string; readonly token: number }[] {
  return [...state.leases.rows()]
    .filter((lease) => lease.agentId === agentId)
    .map(({ resource, token }) => ({ resource, token }));
}

/** Who holds and waits for what, and is what; numbers of the log differ, and so do tokens. */
function toldOf({ state }: WatchedFleet): object {
  return {
    holds: [...state.leases.rows()].map(({ agentId, resource, mode }) => `${agentId} ${resource} ${mode}`).toSorted(),
    waits: [...state.tickets.rows()].map((row) => `${row.agentId} ${row.resources.join()} ${row.state}`).toSorted(),
    sessions: [...state.sessions.rows()].map((row) => `${row.agentId} ${row.state}`).toSorted(),
    agents: [...state.agents.rows()].map((row) => `${row.agentId} ${row.lifecycle}`).toSorted(),
    messages: state.messages.size,
  };
}

interface Case {
  readonly open: () => WatchedFleet;
  /** Null: an operator. */
  readonly by: string | null;
  readonly ask: (fleet: WatchedFleet) => Ask;
  /** What is said when it is decided again, where that is something else: whose session has ended hears that it has. */
  readonly again?: string;
}

function silent(policy: Policy = {}): WatchedFleet {
  const fleet = crowd(policy);
  fleet.atMs = SILENT;
  return fleet;
}

function shared(): WatchedFleet {
  const fleet = new WatchedFleet().come('ana', 'bo', 'cy', 'dee');
  for (const agent of ['ana', 'bo', 'cy']) fleet.acquire(agent, [THINGS[0]], { mode: 'shared' });
  fleet.acquire('dee', [THINGS[0]], { waitMs: LIMITS.waitMaxMs });
  return fleet;
}

/** Leases of hooks, which end with the turn. */
function edited(): WatchedFleet {
  const fleet = new WatchedFleet().come('ana', 'bo');
  for (const resource of THINGS) {
    fleet.says('ana', { op: 'begin_edit', resources: [resource], tool: 'Edit', label: null, reason: '' });
    fleet.acquire('bo', [resource], { waitMs: LIMITS.waitMaxMs });
  }
  return fleet;
}

const CHECK_IN = {
  op: 'check_in',
  summary: 'so',
  digest: 'so',
  complexity: null,
  confidence: null,
  plan: null,
} as const;

/** One failure more, and she is paused. */
function failing(policy: Policy): WatchedFleet {
  const fleet = crowd(policy);
  const outcomes = [{ kind: 'tests', ok: false, evidence: '' }];
  for (let n = 0; n < 4; n += 1)
    fleet.says('ana', { ...CHECK_IN, summary: `so ${n}`, digest: `so ${n}`, outcomes, parameters: null });
  return fleet;
}

function rescueOf(
  fleet: WatchedFleet,
  how: { readonly do?: 'shorten' | 'hand_over' | 'pause'; readonly to?: string },
): Ask {
  const { id } = fleet.found('silent_holder');
  return { op: 'rescue', finding: id, reason: 'the others wait', seen: fleet.seen(), ...how };
}

function word(op: 'pause' | 'archive' | 'retire'): Case['ask'] {
  return () => ({ op, agentId: 'ana', reason: 'so' });
}

const CASES: Readonly<Record<string, Case>> = {
  'a release of all': { open: crowd, by: 'ana', ask: () => ({ op: 'release', leases: 'all' }) },
  'a release of each': { open: crowd, by: 'ana', ask: (fleet) => ({ op: 'release', leases: held(fleet, 'ana') }) },
  'a withdrawal': {
    open: crowd,
    by: 'bo',
    ask: ({ state }) => ({ op: 'withdraw', ticket: [...state.tickets.in('session', 's-bo')][0]?.ticket ?? '' }),
  },
  'the end of a session': {
    open: crowd,
    by: 'ana',
    ask: () => ({ op: 'close_session', why: 'done' }),
    again: 'CREDENTIAL_WRONG',
  },
  'the end of a turn': { open: edited, by: 'ana', ask: () => ({ op: 'end_turn', label: null }) },
  'a check-in that pauses': {
    open: () => failing({ onPause: 'release' }),
    by: 'ana',
    ask: () => ({ ...CHECK_IN, outcomes: [{ kind: 'tests', ok: false, evidence: '' }], parameters: null }),
  },
  'an acquisition when much is due': {
    open: () => {
      const fleet = crowd();
      fleet.atMs = LIMITS.ttlMaxMs * 2;
      return fleet;
    },
    by: 'eve',
    ask: () => ({
      op: 'acquire',
      resources: THINGS,
      mode: 'exclusive',
      waitMs: 1_000,
      ttlMs: 60_000,
      reason: '',
      priority: 0,
    }),
  },
  'a word that revokes what is shared': {
    open: shared,
    by: null,
    ask: () => ({ op: 'revoke', resource: THINGS[0], token: null, reason: 'so' }),
  },
  'a pause that takes back': { open: () => crowd({ onPause: 'release' }), by: null, ask: word('pause') },
  'a word that archives': { open: crowd, by: null, ask: word('archive') },
  'a word that retires': { open: crowd, by: null, ask: word('retire') },
  'a rescue that takes back': { open: silent, by: null, ask: (fleet) => rescueOf(fleet, {}) },
  'a rescue by an agent': { open: silent, by: 'eve', ask: (fleet) => rescueOf(fleet, {}) },
  'a rescue that shortens': { open: silent, by: null, ask: (fleet) => rescueOf(fleet, { do: 'shorten' }) },
  'a rescue that hands over': {
    open: silent,
    by: null,
    ask: (fleet) => rescueOf(fleet, { do: 'hand_over', to: 'cy' }),
  },
};

function say(fleet: WatchedFleet, by: string | null, ask: Ask): Decision {
  return by === null ? fleet.operator(ask, 'r1') : fleet.says(by, ask, 'r1');
}

function kindOf(answer: Answer): string {
  return isRejection(answer) ? answer.code : answer.op;
}

describe('a command whose append is cut anywhere', () => {
  it.each(Object.entries(CASES))('%s', (_, { open, by, ask, again }) => {
    const whole = open();
    const asked = ask(whole);
    const before = whole.events.length;
    const { answer, groups } = say(whole, by, asked);
    expect(isRejection(answer)).toBe(false);
    expect(whole.events.length).toBeGreaterThan(before);
    whole.settle();
    for (let written = 1; written <= groups.length; written += 1) {
      const fleet = open();
      fleet.saysCut(by, asked, 'r1', written);
      expect(checkState(fleet.state)).toEqual([]);
      expect([written, kindOf(say(fleet, by, asked).answer)]).toEqual([written, again ?? kindOf(answer)]);
      fleet.settle();
      expect([written, toldOf(fleet)]).toEqual([written, toldOf(whole)]);
      expect(checkState(fleet.state)).toEqual([]);
    }
  });
});
