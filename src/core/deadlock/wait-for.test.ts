// The wait-for graph as it is defined: whoever waits has an edge to each session in its way. Decisions search it backwards and
// the audit goes through it forwards, each by indexes of its own; both must find what is in it, whoever holds and waits for what.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { nextEvent } from '../../../test/support/next-step.ts';
import { apply } from '../apply.ts';
import { type FleetState, forkState } from '../fleet-state.ts';
import { lookAgainAtWaitsOf } from '../lease/absent.ts';
import { isHeldUp } from '../lease/conflict.ts';
import { blockersOf, hasPassed } from '../lease/line.ts';
import type { Blocker } from '../reply.ts';
import type { TicketRow } from '../rows.ts';
import { standingCircle } from './audit.ts';
import { circlesIn } from './circles.ts';
import { cycleThrough } from './wait-for.ts';

const AGENTS = ['ana', 'bo', 'cy', 'dee'];
const NAMES = ['task:a', 'task:b', 'file:@w1/src/', 'file:@w1/src/a.ts', 'file:@w1/src/b.ts'];

const claim = { who: fc.constantFrom(...AGENTS), mode: fc.constantFrom('shared' as const, 'exclusive' as const) };
const lease = fc.record({ ...claim, resource: fc.constantFrom(...NAMES) });
const wait = fc.record({
  ...claim,
  resources: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }),
  turn: fc.constantFrom('none', 'none', 'none', 'offered', 'lapsed'),
  passes: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
});
const scenes = fc.record({
  leases: fc.uniqueArray(lease, { maxLength: 5, selector: ({ who, resource }) => `${who} ${resource}` }),
  waits: fc.array(wait, { minLength: 2, maxLength: 6 }),
  paused: fc.constantFrom(null, null, ...AGENTS),
});

type Scene = typeof scenes extends fc.Arbitrary<infer S> ? S : never;

const everybody = joined();

function joined(): FleetState {
  const fleet = new CoreFleet();
  for (const agent of AGENTS) fleet.join(agent);
  return fleet.state;
}

/** Facts that no decision would make: nobody has looked for cycles, and whoever was let past somebody had no reason. */
function standing({ leases, waits, paused }: Scene): FleetState {
  const state = forkState(everybody);
  const fact = (agentId: string, facts: object): void =>
    apply(state, nextEvent(state, { agentId, sessionId: `s-${agentId}`, ...facts }));
  const asked = { ttlMs: 60_000, reason: '' };
  const granted = { type: 'lease.granted', path: 'free', ticket: null, replaces: null, firstToken: null } as const;
  for (const { who, ...told } of leases) fact(who, { ...granted, ...asked, ...told });
  const tickets = waits.map(({ who, mode, resources }, i) => {
    fact(who, { type: 'lease.queued', ticket: `t${i}`, resources, mode, priority: 0, parkedUntil: 60_000, ...asked });
    return { ticket: `t${i}` };
  });
  for (const [i, { who, turn, passes }] of waits.entries()) {
    const ticket = `t${i}`;
    if (turn !== 'none') fact(who, { type: 'lease.offered', ticket, until: 30_000, revived: false });
    if (turn === 'lapsed') fact(who, { type: 'offer.lapsed', ticket });
    for (const passed of passes)
      if (passed !== i && passed < tickets.length) fact(who, { type: 'wait.passed', ticket, passed: `t${passed}` });
  }
  const row = state.agents.get(paused ?? '');
  if (row !== undefined) state.agents.set({ ...row, lifecycle: 'paused' });
  lookAgainAtWaitsOf(state, `s-${paused}`);
  return state;
}

/** Whom the ticket waits for, by what says who is in the way of whom. */
function edgesOf(state: FleetState, ticket: TicketRow): readonly { readonly to: string; readonly isHold: boolean }[] {
  if (!isHeldUp(ticket)) return [];
  return Array.from(blockersOf(state, ticket), (blocker) => ({
    to: blocker.sessionId,
    isHold: blocker.kind !== 'waiter' || isPast(state, blocker, ticket),
  }));
}

function isPast(state: FleetState, blocker: Blocker, ticket: TicketRow): boolean {
  const row = state.tickets.get(blocker.ticket ?? '');
  return row !== undefined && hasPassed(row, ticket);
}

/** Of all waits of each session. */
function graphOf(state: FleetState, counts: (edge: { readonly isHold: boolean }) => boolean): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const ticket of state.tickets.rows()) {
    const known = graph.get(ticket.sessionId) ?? new Set();
    graph.set(ticket.sessionId, known);
    for (const edge of edgesOf(state, ticket)) if (counts(edge)) known.add(edge.to);
  }
  return graph;
}

/** Steps on the shortest way from the ticket back to its own session; null where there is none. */
function shortest(graph: ReadonlyMap<string, ReadonlySet<string>>, from: readonly string[], to: string): number | null {
  const seen = new Set(from);
  let frontier = [...seen];
  for (let steps = 1; frontier.length > 0; steps += 1) {
    if (frontier.includes(to)) return steps;
    frontier = frontier.flatMap((each) => [...(graph.get(each) ?? [])]).filter((each) => !seen.has(each));
    for (const each of frontier) seen.add(each);
  }
  return null;
}

describe('the wait-for graph', () => {
  it('is what the audit looks at: it finds a circle of holds where there is one', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const state = standing(scene);
        const holds = graphOf(state, ({ isHold }) => isHold);
        const circles = circlesIn(new Set(holds.keys()), (session) => holds.get(session) ?? []);
        const found = standingCircle(state);
        const asFound = circles.find((each) => each.toSorted().join() === found?.toSorted().join());
        expect(asFound !== undefined).toBe(circles.length > 0);
        expect(found !== null).toBe(circles.length > 0);
      }),
      { numRuns: 1_500 },
    );
  });

  it('is what decisions search: a shortest cycle through a wait is found where there is one, step by step as it is', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const state = standing(scene);
        const graph = graphOf(state, () => true);
        for (const ticket of state.tickets.rows()) {
          const cycle = cycleThrough(state, ticket);
          const out = edgesOf(state, ticket).map(({ to }) => to);
          const steps = shortest(graph, out, ticket.sessionId);
          expect(cycle === null).toBe(steps === null);
          if (cycle === null) continue;
          expect(cycle[0]?.ticket).toBe(ticket);
          for (const [i, edge] of cycle.entries()) {
            expect(edge.toSession).toBe((cycle[i + 1] ?? cycle[0])?.ticket.sessionId);
            expect(edgesOf(state, edge.ticket)).toContainEqual({ to: edge.toSession, isHold: edge.kind === 'hold' });
          }
          const isOfHolds = cycle.every(({ kind }) => kind === 'hold');
          expect(isOfHolds || cycle.length === steps).toBe(true);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
