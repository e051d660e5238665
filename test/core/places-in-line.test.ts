// Places in line, told by rank or found by walking: which of the two it is, no caller can notice.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/core/decide.ts';
import { positionOf, rankInLine, walkedBefore } from '../../src/core/lease/line.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { TicketRow } from '../../src/core/rows.ts';
import { CoreFleet } from '../support/core-fleet.ts';
import { registration } from '../support/registration.ts';

const AGENTS = ['ana', 'bo', 'cy', 'dee', 'eli', 'flo'];
const FILE = 'file:@w1/src/a.ts';
const RESOURCES = ['task:oven', 'task:stove', FILE, 'file:@w2/src/a.ts', 'tree:@w1/src'];
const PATIENT_MS = 600_000;

const anyAgent = fc.constantFrom(...AGENTS);
const anyOp = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      op: fc.constant('asks' as const),
      agent: anyAgent,
      // Mostly what all ask for.
      resources: fc.oneof(
        { weight: 4, arbitrary: fc.constant(['task:oven']) },
        { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...RESOURCES), { minLength: 1, maxLength: 2 }) },
      ),
      mode: fc.constantFrom('exclusive' as const, 'exclusive' as const, 'exclusive' as const, 'shared' as const),
      waitMs: fc.constantFrom(0, 1_000, PATIENT_MS),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constantFrom(
        ...([
          'release',
          'await',
          'leave',
          'withdraw',
          'pause',
          'resume',
          'retire',
          'close',
          'edit',
          'undelivered',
        ] as const),
      ),
      agent: anyAgent,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 31_000, PATIENT_MS) }),
  },
);

type Op = typeof anyOp extends fc.Arbitrary<infer Any> ? Any : never;

class Stove {
  readonly fleet = new CoreFleet();
  /** How often a rank told the place of somebody who has others before it. */
  ranked = 0;
  readonly wrong: string[] = [];
  readonly #handles = new Map<string, string>();
  /** The newest of each agent, also when it was granted since. */
  readonly #tickets = new Map<string, string>();

  constructor() {
    for (const agent of AGENTS) this.#join(agent);
  }

  run(op: Op): void {
    if (op.op === 'wait') {
      this.fleet.atMs += op.ms;
      this.fleet.settle();
    } else if (op.op === 'asks') {
      const { agent, resources, mode, waitMs } = op;
      this.#hears(this.fleet.acquire(this.#handleOf(agent), resources, { mode, waitMs }));
    } else this.#does(op.op, op.agent);
    for (const ticket of this.fleet.state.tickets.rows()) {
      const rank = rankInLine(this.fleet.state, ticket);
      if (rank === null) continue;
      const walked = walkedBefore(this.fleet.state, ticket).size;
      if (rank !== walked) this.wrong.push(`${ticket.ticket}: ${rank} before it by rank, ${walked} in line`);
      if (rank > 0) this.ranked += 1;
    }
  }

  #does(what: Exclude<Op['op'], 'asks' | 'wait'>, agent: string): void {
    const by = this.#handleOf(agent);
    const ticket = this.#ticketOf(agent);
    switch (what) {
      case 'release':
        this.fleet.says(by, { op: 'release', leases: 'all' });
        return;
      case 'await':
        this.#hears(this.fleet.says(by, { op: 'await', ticket, waitMs: 1_000 }));
        return;
      case 'leave':
        this.fleet.says(by, { op: 'leave_wait', ticket });
        return;
      case 'withdraw':
        this.fleet.says(by, { op: 'withdraw', ticket });
        return;
      case 'undelivered':
        this.fleet.says(by, { op: 'undelivered', ticket: this.#tickets.get(agent) ?? ticket });
        return;
      case 'edit':
        this.fleet.says(by, { op: 'begin_edit', resources: [FILE], tool: 'Edit', label: null, reason: '' });
        return;
      case 'close':
        this.fleet.says(by, { op: 'close_session', why: 'done' });
        this.#join(agent);
        return;
      default:
        this.fleet.operator({ op: what, agentId: agent, reason: 'to look' });
    }
  }

  /** What is answered is told of a draft, before it is merged. */
  #hears({ answer }: Decision): void {
    if (isRejection(answer) || answer.op !== 'acquire' || answer.ticket === null) return;
    const ticket = this.fleet.state.tickets.get(answer.ticket);
    if (ticket?.state !== 'waiting') return;
    const walked = 1 + walkedBefore(this.fleet.state, ticket).size;
    if (answer.position !== walked) this.wrong.push(`${ticket.ticket}: told ${answer.position}, is ${walked}`);
  }

  #join(agent: string): void {
    const name = `${agent}-${this.#handles.size}-${this.fleet.events.length}`;
    this.fleet.system(registration(agent, { freshSessionId: `s-${name}`, freshHandleHash: `h-${name}` }));
    this.#handles.set(agent, name);
  }

  #handleOf(agent: string): string {
    return this.#handles.get(agent) ?? agent;
  }

  #ticketOf(agent: string): string {
    for (const { agentId, ticket } of this.fleet.state.tickets.rows()) {
      if (agentId !== agent) continue;
      this.#tickets.set(agent, ticket);
      return ticket;
    }
    return 't0';
  }
}

describe('a place in line', () => {
  it('is the same by rank and by walking, whoever comes, goes, is paused, offered or passed over', () => {
    let ranked = 0;
    const property = fc.property(fc.array(anyOp, { minLength: 20, maxLength: 60 }), (ops) => {
      const stove = new Stove();
      for (const op of ops) stove.run(op);
      expect(stove.wrong).toEqual([]);
      ranked += stove.ranked;
    });
    fc.assert(property, { numRuns: 150 });
    expect(ranked).toBeGreaterThan(150);
  });

  it('is told by rank in a long line, to whoever joins it and to whoever asks again', () => {
    const fleet = new CoreFleet();
    const agents = Array.from({ length: 50 }, (_, i) => `a${i}`);
    for (const agent of agents) fleet.join(agent);
    const places = agents.map((agent) => fleet.acquire(agent, ['task:oven'], { waitMs: PATIENT_MS }).answer);
    expect(places.slice(1)).toMatchObject(agents.slice(1).map((_, i) => ({ position: i + 1 })));
    for (const ticket of fleet.state.tickets.rows()) expect(rankInLine(fleet.state, ticket)).not.toBeNull();
    fleet.operator({ op: 'pause', agentId: 'a7', reason: 'to look' });
    fleet.says('a0', { op: 'release', leases: 'all' });
    const last = [...fleet.state.tickets.rows()].at(-1)?.ticket ?? '';
    expect(fleet.says('a49', { op: 'await', ticket: last, waitMs: 0 }).answer).toMatchObject({ position: 47 });
  });

  it('counts nobody whose session is over, while what it leaves is still taken away', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
    const many = Array.from({ length: LIMITS.dueGroupsPerAppend + 4 }, (_, i) => `task:${i}`);
    for (const resource of many) {
      fleet.acquire('ana', [resource]);
      fleet.acquire('bo', [resource], { waitMs: PATIENT_MS });
      fleet.acquire('cy', [resource], { waitMs: PATIENT_MS });
    }
    fleet.says('bo', { op: 'close_session', why: 'done' });
    const tickets = [...fleet.state.tickets.rows()];
    expect(tickets.some(({ agentId }) => agentId === 'bo')).toBe(true);
    const places = tickets.filter(({ agentId }) => agentId === 'cy').map((ticket) => placeOf(fleet, ticket));
    expect(places).toEqual(many.map(() => [1, 0]));
  });

  it('counts who asks for the same file by another spelling, where the fleet takes both for one', () => {
    const fleet = new CoreFleet();
    fleet.system(registration('ana', { foldsCase: true }));
    fleet.join('bo');
    fleet.join('cy');
    fleet.acquire('ana', [FILE]);
    fleet.acquire('bo', [FILE.replace('a.ts', 'A.ts')], { waitMs: PATIENT_MS });
    fleet.acquire('cy', [FILE], { waitMs: PATIENT_MS });
    expect([...fleet.state.tickets.rows()].map((ticket) => placeOf(fleet, ticket))).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it('is where it was for a grant that could not be delivered', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo', 'cy', 'dee']) fleet.join(agent);
    fleet.acquire('ana', ['task:oven']);
    for (const agent of ['bo', 'cy', 'dee']) fleet.acquire(agent, ['task:oven'], { waitMs: PATIENT_MS });
    const [first] = fleet.state.tickets.rows();
    fleet.says('ana', { op: 'release', leases: 'all' });
    fleet.says('bo', { op: 'undelivered', ticket: first?.ticket ?? '' });
    fleet.acquire('ana', ['task:oven'], { waitMs: PATIENT_MS });
    // Its turn passes on, and it asks again.
    fleet.atMs += LIMITS.claimMs;
    fleet.settle();
    fleet.says('bo', { op: 'await', ticket: first?.ticket ?? '', waitMs: PATIENT_MS });
    const before = (agentId: string): number | undefined => {
      const [ticket] = fleet.state.tickets.in('session', `s-${agentId}`);
      return ticket === undefined
        ? undefined
        : (rankInLine(fleet.state, ticket) ?? positionOf(fleet.state, ticket) - 1);
    };
    expect(['bo', 'cy', 'dee', 'ana'].map(before)).toEqual([0, undefined, 1, 2]);
  });
});

/** As it is told; and how many stand before it by rank. */
function placeOf({ state }: CoreFleet, ticket: TicketRow): readonly [number, number | null] {
  return [positionOf(state, ticket), rankInLine(state, ticket)];
}
