import { describe, expect, it } from 'vitest';
import type { SpokenWaits } from '../../data/types.ts';
import { layoutPart, packed, partsOf } from './graph-layout.ts';
import { stateOf, titleOf } from './graph-words.ts';
import { neighbour } from './neighbour.ts';
import { chainOf, circlesOf, waitGraphOf } from './wait-graph.ts';
import { rowsMatching, waitRowsOf } from './wait-rows.ts';

type Kind = 'hold' | 'line' | 'retry';
/** Who waits, how, behind whom, for what. */
type Told = readonly [from: string, kind: Kind, to: string, resource: string];

/** What the server says of these waits; a ticket of each waiter that stands in line, in that order. */
function waitsOf(told: readonly Told[], broken: SpokenWaits['broken'] = []): SpokenWaits {
  const standing = [...new Set(told.filter(([, kind]) => kind !== 'retry').map(([from]) => from))];
  return {
    waiters: standing.map((agentId, i) => ({
      ticket: `t-${agentId}`,
      agentId,
      mode: 'exclusive',
      resources: told.filter(([from]) => from === agentId).map(([, , , resource]) => resource),
      position: i + 1,
      waitedMs: 1_000 * (standing.length - i),
      state: 'away',
      alive: 'unknown',
      reason: '',
    })),
    edges: told.map(([from, kind, to, resource]) => ({
      kind,
      from: { agentId: from, sessionId: from, ticket: kind === 'retry' ? null : `t-${from}` },
      to: { agentId: to, sessionId: to, token: 1, ticket: null },
      resource,
      ageMs: 1_000,
    })),
    suspected: [],
    broken,
    leftOut: { waiters: 0, edges: 0 },
  };
}

const LINE: readonly Told[] = Array.from({ length: 40 }, (_, i) => [`w${i}`, 'hold', 'ana', 'task:a'] as const);

describe('the wait-for graph that is drawn', () => {
  it('has a place in line only where nobody holds what is waited for', () => {
    const { links } = waitGraphOf(
      waitsOf([
        ['bo', 'hold', 'ana', 'task:a'],
        ['cy', 'hold', 'ana', 'task:a'],
        ['cy', 'line', 'bo', 'task:a'],
        ['dee', 'line', 'bo', 'task:b'],
      ]),
    );
    expect(links.map(({ from, kind, to }) => `${from} ${kind} ${to}`)).toEqual([
      'bo hold ana',
      'cy hold ana',
      'dee line bo',
    ]);
  });

  it('draws the first of a long line, and the others as one crowd', () => {
    const graph = waitGraphOf(waitsOf(LINE));
    expect(graph.nodes.map(titleOf).toSorted()).toEqual(['ana', 'and 36 more waiters', 'w0', 'w1', 'w2', 'w3']);
    expect(graph.nodes.find(({ id }) => id === 'ana')?.ports).toEqual([{ resource: 'task:a', waiting: 40 }]);
    const crowd = graph.nodeOf.get('w39');
    expect(crowd).toBe(graph.nodeOf.get('w4'));
    expect(graph.links.filter(({ from }) => from === crowd)).toHaveLength(1);
  });

  it('leaves out of a crowd whoever is waited for, and whoever gave way', () => {
    const victim = { agentId: 'w30', sessionId: 'w30', ticket: 't0' };
    const waits = waitsOf([...LINE, ['zoe', 'hold', 'w20', 'task:z']], [{ victim, agoMs: 5, cycle: [] }]);
    const { nodes, nodeOf } = waitGraphOf(waits);
    expect([nodeOf.get('w20'), nodeOf.get('w30')]).toEqual(['w20', 'w30']);
    const gaveWay = nodes.find(({ id }) => id === 'w30');
    expect(gaveWay === undefined ? '' : stateOf(gaveWay)).toContain('gave way');
  });

  it('marks circles, and nothing that only leads into them', () => {
    const { nodes, links } = waitGraphOf(
      waitsOf([
        ['ana', 'retry', 'bo', 'task:b'],
        ['bo', 'retry', 'ana', 'task:a'],
        ['cy', 'hold', 'ana', 'task:a'],
      ]),
    );
    expect(nodes.filter(({ isInCycle }) => isInCycle).map(({ id }) => id)).toEqual(['ana', 'bo']);
    expect(links.filter(({ isInCycle }) => isInCycle)).toHaveLength(2);
  });

  it('finds circles in a chain as long as any', () => {
    const chain = new Map(Array.from({ length: 20_000 }, (_, i) => [String(i), [String(i + 1)]]));
    expect(circlesOf(chain).size).toBe(0);
    chain.set('19999', ['15000']);
    expect(circlesOf(chain).size).toBe(5_000);
  });

  it('knows the whole chain of a wait, before and behind, and no sibling', () => {
    const graph = waitGraphOf(
      waitsOf([
        ['bo', 'hold', 'ana', 'task:a'],
        ['cy', 'hold', 'bo', 'task:b'],
        ['dee', 'hold', 'ana', 'task:a'],
      ]),
    );
    expect([...chainOf(graph, 'cy')].toSorted()).toEqual(['ana', 'bo', 'cy']);
    expect(chainOf(graph, 'ana').size).toBe(4);
  });
});

describe('its layout', () => {
  const layoutOf = (told: readonly Told[], wanted: string | null = null) => {
    const graph = waitGraphOf(waitsOf(told));
    const { parts, leftOut } = partsOf(graph, wanted);
    return { graph, parts, layout: packed(parts.map(layoutPart), 2, leftOut) };
  };

  it('stands holders on the left, and the line in its order', () => {
    const { layout } = layoutOf(LINE.slice(0, 5));
    const xs = ['ana', 'w0'].map((id) => layout.at.get(id)?.x ?? 0);
    expect(xs[0]).toBeLessThan(xs[1] ?? 0);
    const ys = ['w0', 'w1', 'w2', 'w3', 'w4'].map((id) => layout.at.get(id)?.y ?? 0);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
  });

  it('covers no card with another, whatever the parts', () => {
    const told = Array.from({ length: 60 }, (_, i) => [`w${i}`, 'hold', `h${i % 17}`, `task:${i % 17}`] as const);
    const cards = [...layoutOf(told).layout.at.values()];
    for (const a of cards)
      for (const b of cards)
        expect(a === b || Math.abs(a.x - b.x) >= 196 || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
  });

  it('is the same key as long as only ages and counts change', () => {
    const graph = (agoMs: number) => {
      const waits = waitsOf(LINE);
      return waitGraphOf({ ...waits, edges: waits.edges.map((edge) => ({ ...edge, ageMs: agoMs })) });
    };
    const keys = (agoMs: number) => partsOf(graph(agoMs), null).parts.map(({ key }) => key);
    expect(keys(5)).toEqual(keys(90_000));
  });

  it('is bounded, says what it lacks, and has what is wanted', () => {
    const pairs = Array.from({ length: 1_000 }, (_, i) => [`w${i}`, 'hold', `h${i}`, `task:${i}`] as const);
    const { layout } = layoutOf(pairs, 'w999');
    expect(layout.at.size).toBe(240);
    expect(layout.leftOut).toBe(1_760);
    expect(layout.at.has('w999')).toBe(true);
    const chain = Array.from({ length: 900 }, (_, i) => [`c${i}`, 'hold', `c${i + 1}`, `task:${i}`] as const);
    expect(layoutOf(chain).layout.at.size).toBe(200);
  });

  it('is walked with the arrow keys', () => {
    const { graph, layout } = layoutOf(LINE.slice(0, 3));
    expect(neighbour(graph, layout, 'w1', 'ArrowLeft')).toBe('ana');
    expect(neighbour(graph, layout, 'ana', 'ArrowRight')).toBe('w1');
    expect(neighbour(graph, layout, 'w1', 'ArrowDown')).toBe('w2');
    expect(neighbour(graph, layout, 'ana', 'ArrowLeft')).toBeNull();
  });
});

describe('the rows beside it', () => {
  it('are one for each ticket and each retry, the longest wait first', () => {
    const rows = waitRowsOf(
      waitsOf([
        ['bo', 'hold', 'ana', 'task:a'],
        ['cy', 'hold', 'ana', 'task:a'],
        ['cy', 'line', 'bo', 'task:a'],
        ['dee', 'retry', 'ana', 'task:c'],
      ]),
    );
    expect(rows.map(({ agentId, behind }) => `${agentId} ${behind.join(' ')}`)).toEqual([
      'bo ana',
      'dee ana',
      'cy ana',
    ]);
    expect(rows[1]?.waiter).toBeNull();
    expect(rowsMatching(rows, ' TASK:C ')).toHaveLength(1);
  });
});
