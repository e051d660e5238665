// Where an arrow key leads from one card of the graph.

import type { GraphLayout, Placed } from './graph-layout.ts';
import type { WaitGraph } from './wait-graph.ts';

/** Left: whom it waits for. Right: who waits for it. Up and down: the nearest above and below. Null: nowhere. */
export function neighbour({ links }: WaitGraph, { at }: GraphLayout, id: string, key: string): string | null {
  const here = at.get(id);
  if (here === undefined) return null;
  if (key === 'ArrowLeft') return links.find(({ from }) => from === id)?.to ?? null;
  if (key === 'ArrowRight') return nearest(here, placedOf(links.filter(({ to }) => to === id).map(({ from }) => from)));
  if (key === 'ArrowUp')
    return nearest(
      here,
      [...at.values()].filter(({ y }) => y < here.y),
    );
  if (key === 'ArrowDown')
    return nearest(
      here,
      [...at.values()].filter(({ y }) => y > here.y),
    );
  return null;

  function placedOf(ids: readonly string[]): readonly Placed[] {
    return ids.flatMap((each) => at.get(each) ?? []);
  }
}

/** Sideways counts double: up and down stay in their column where they can. */
function nearest(here: Placed, others: readonly Placed[]): string | null {
  let best: Placed | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const other of others) {
    const distance = Math.abs(other.y - here.y) + 2 * Math.abs(other.x - here.x);
    if (distance >= least) continue;
    least = distance;
    best = other;
  }
  return best?.id ?? null;
}
