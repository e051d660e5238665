// The course of an incident: every lease and every wait with its beginning and its end, and who held and waited at the moments
// that a reader wants to see.

import type { Instant } from '../../instant.ts';
import { Concern } from './concern.ts';
import type { ReportedEvent, ReportMaterial } from './material.ts';
import { type Hold, Scene, type Wait } from './scene.ts';

/** Who held and who waited at one moment. */
export interface Still {
  readonly at: Instant;
  readonly seq: number;
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
}

export interface Course {
  readonly material: ReportMaterial;
  readonly concern: Concern;
  readonly events: readonly ReportedEvent[];
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  readonly opened: Still;
  /** When most of its alerts were open, and among those when most waited. Null when that was at its opening. */
  readonly height: Still | null;
  readonly ended: Still;
  /** The moment to which the report tells: the end of the incident, or now. */
  readonly until: Instant;
  /** In whose worktree files are named, where all of them lie in one; null names the worktree with each. */
  readonly reader: string | null;
}

export function courseOf(material: ReportMaterial): Course {
  const { view, events } = material;
  const { row, head } = view;
  const scene = new Scene({ keepsEnded: true });
  for (const hold of material.holds) scene.putHold(hold);
  for (const wait of material.waits) scene.putWait(wait);
  const open = new Set<number>();
  let opened: Still | null = null;
  let height: Still | null = null;
  let highest = -1;
  for (const event of events) {
    scene.take(event);
    if (event.type === 'alert.opened') open.add(event.seq);
    if (event.type === 'alert.closed') open.delete(event.alert);
    if (event.seq < row.openedSeq) continue;
    opened ??= stillOf(scene, event);
    const score = open.size * 1_000_000 + scene.waitingCount;
    if (score < highest || event.seq === row.openedSeq) continue;
    if (score === highest && height !== null) continue;
    highest = score;
    height = stillOf(scene, event);
  }
  const until = row.closed?.at ?? head.at;
  const ended = { ...stillOf(scene, { at: until, seq: row.closed?.seq ?? head.seq }) };
  for (const event of material.laterEnds) scene.take(event);
  const holds = [...scene.holds.values()].filter(({ token }) => token <= (row.closed?.seq ?? head.seq));
  const first = opened ?? ended;
  return {
    material,
    concern: new Concern(view),
    events,
    holds,
    waits: [...scene.waits.values()],
    opened: first,
    height: height !== null && height.waits.length > first.waits.length ? height : null,
    ended,
    until,
    reader: commonWorktree(row.resources),
  };
}

function stillOf(scene: Scene, { at, seq }: { readonly at: Instant; readonly seq: number }): Still {
  return { at, seq, holds: scene.held, waits: scene.waiting };
}

function commonWorktree(resources: readonly string[]): string | null {
  const worktrees = new Set(resources.flatMap((resource) => /^file:@(?<id>[^/]+)\//.exec(resource)?.groups?.id ?? []));
  const [only] = worktrees;
  return worktrees.size === 1 && only !== undefined ? only : null;
}
