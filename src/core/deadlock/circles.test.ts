// Circles in graphs, and the audit of the wait-for graph: it agrees with what decisions leave, and sees what they must not.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { nextEvent } from '../../../test/support/next-step.ts';
import { apply } from '../apply.ts';
import { type FleetState, forkState } from '../fleet-state.ts';
import type { LeaseRow } from '../rows.ts';
import { standingCircle } from './audit.ts';
import { circlesIn } from './circles.ts';

describe('circlesIn', () => {
  it('finds the sets of nodes that reach each other, however they are drawn', () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 24 });
    fc.assert(
      fc.property(edges, (drawn) => {
        const nodes = new Set(Array.from({ length: 8 }, (_, i) => String(i)));
        const found = circlesIn(nodes, (from) => drawn.filter(([a]) => String(a) === from).map(([, b]) => String(b)));
        expect(found.map((circle) => circle.toSorted().join('')).toSorted()).toEqual(reachable(drawn));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves out what lies beyond the nodes, though a way leads through it', () => {
    const edges: Readonly<Record<string, readonly string[]>> = {
      a: ['b'],
      b: ['x'],
      x: ['a'],
      c: ['d', 'x'],
      d: ['c'],
    };
    expect(circlesIn(new Set(['a', 'b', 'c', 'd']), (node) => edges[node] ?? [])).toEqual([['c', 'd']]);
  });

  it('runs out of no stack', () => {
    const count = 100_000;
    const nodes = new Set(Array.from({ length: count }, (_, i) => String(i)));
    const [circle] = circlesIn(nodes, (node) => [String((Number(node) + 1) % count)]);
    expect(circle).toHaveLength(count);
  });
});

/** The same by asking of each pair whether each reaches the other. */
function reachable(edges: readonly (readonly [number, number])[]): readonly string[] {
  const reach = Array.from({ length: 8 }, () => new Set<number>());
  for (const [a, b] of edges) reach[a]?.add(b);
  for (let k = 0; k < 8; k += 1)
    for (const row of reach) if (row.has(k)) for (const next of reach[k] ?? []) row.add(next);
  const sets = new Set<string>();
  for (let a = 0; a < 8; a += 1) {
    const mates = Array.from({ length: 8 }, (_, b) => b).filter(
      (b) => b === a || (reach[a]?.has(b) === true && reach[b]?.has(a) === true),
    );
    if (mates.length > 1) sets.add(mates.join(''));
  }
  return [...sets].toSorted();
}

describe('the audit of the wait-for graph', () => {
  /** A ring that decisions have broken: the last one was told. */
  function ring(agents: readonly string[]): CoreFleet {
    const fleet = new CoreFleet();
    for (const agent of agents) fleet.join(agent);
    for (const agent of agents) fleet.acquire(agent, [`task:${agent}`]);
    for (const [i, agent] of agents.entries())
      fleet.acquire(agent, [`task:${agents[(i + 1) % agents.length]}`], { waitMs: 1_000 });
    return fleet;
  }

  it('finds nothing after decisions, whoever waits', () => {
    const fleet = ring(['ana', 'bo', 'cy', 'dee']);
    expect(fleet.state.tickets.size).toBe(3);
    expect(standingCircle(fleet.state)).toBeNull();
  });

  /** By hand, as no decision would: the one that was told holds what the first one waits behind. */
  function unbroken(): FleetState {
    const { state } = ring(['ana', 'bo', 'cy']);
    const broken = forkState(state);
    const row = [...state.leases.rows()].find(({ agentId }) => agentId === 'cy') as LeaseRow;
    const first = [...state.leases.rows()].find(({ agentId }) => agentId === 'ana') as LeaseRow;
    broken.leases.set({ ...first, sessionId: row.sessionId, agentId: 'cy' });
    broken.leases.set({ ...row, sessionId: first.sessionId, agentId: 'ana' });
    return broken;
  }

  it('finds a circle that no decision has broken', () => {
    expect(standingCircle(unbroken())?.toSorted()).toEqual(['s-ana', 's-bo']);
  });

  it.each([
    ['one of them', 's-bo', false],
    ['another', 's-cy', true],
  ])('says nothing of one while %s is about to be looked at as a due item', (_, sessionId, isTold) => {
    const state = unbroken();
    apply(state, nextEvent(state, { type: 'line.unsettled', line: 'n1', resources: [], sessionId }));
    expect(standingCircle(state) !== null).toBe(isTold);
  });

  it('does not take a line for a circle', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:a', 'task:b'], { waitMs: 1_000 });
    fleet.acquire('cy', ['task:b', 'task:a'], { waitMs: 1_000 });
    expect(standingCircle(fleet.state)).toBeNull();
  });
});
