// Where it was crowded: how long each resource was waited for and held within a stretch, and how often.

import type { Chronicle } from './chronicle.ts';
import type { Stretch } from './span.ts';
import { type HeatRow, type HeatView, STRETCH_LIMITS } from './stretch-views.ts';
import { clipped, hasBegun, isMarked, isWithin } from './within.ts';

type Sums = { -readonly [K in keyof HeatRow]: HeatRow[K] };

/** The most waited for first, then the most held. Only what lies in the stretch counts. */
export function heatOf(chronicle: Chronicle, stretch: Stretch): HeatView {
  const sums = new Map<string, Sums>();
  const sumOf = (resource: string): Sums => {
    const known = sums.get(resource) ?? { resource, grants: 0, waits: 0, waitedMs: 0, heldMs: 0, refusals: 0 };
    sums.set(resource, known);
    return known;
  };
  for (const span of chronicle.spans) {
    const { kind, resource } = span;
    if (resource === null || (kind !== 'held' && kind !== 'waited') || !isWithin(stretch, span)) continue;
    const { ms } = clipped(stretch, span);
    const begun = hasBegun(stretch.from, span) ? 1 : 0;
    const sum = sumOf(resource);
    if (kind === 'held') {
      sum.heldMs += ms;
      sum.grants += begun;
    } else {
      sum.waitedMs += ms;
      sum.waits += begun;
    }
  }
  for (const { kind, seq, resources } of chronicle.marks) {
    if (kind !== 'refused' || !isMarked(stretch, seq)) continue;
    for (const resource of resources) sumOf(resource).refusals += 1;
  }
  const rows = [...sums.values()].toSorted(hottestFirst);
  const shown = rows.slice(0, STRETCH_LIMITS.heatRows);
  return { ...stretch, rows: shown, leftOut: rows.length - shown.length };
}

function hottestFirst(a: HeatRow, b: HeatRow): number {
  return (
    b.waitedMs - a.waitedMs || b.refusals - a.refusals || b.heldMs - a.heldMs || (a.resource < b.resource ? -1 : 1)
  );
}
