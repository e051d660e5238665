// The check-ins of one agent with what became of each, the newest first: what its calibration and its curves are drawn from.

import type { Chronicle } from './chronicle.ts';
import type { Stretch } from './span.ts';
import { type CheckInsView, STRETCH_LIMITS, type StretchQuery } from './stretch-views.ts';
import { isMarked } from './within.ts';

export function checkInsOf(
  { checkIns }: Chronicle,
  stretch: Stretch,
  { agentId, limit, cursor }: Extract<StretchQuery, { kind: 'checkins' }>,
): CheckInsView {
  const most = Math.min(STRETCH_LIMITS.checkInsMax, Math.max(1, limit ?? STRETCH_LIMITS.checkIns));
  const before = Math.min(stretch.to.seq + 1, cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor));
  const own = checkIns.filter((each) => each.agentId === agentId && each.seq < before && isMarked(stretch, each.seq));
  const shown = own.slice(-most).toReversed();
  const last = shown.at(-1);
  return {
    ...stretch,
    checkIns: shown.map((each) => ({ ...each, outcomes: each.outcomes.filter(({ seq }) => seq <= stretch.to.seq) })),
    cursor: own.length > shown.length && last !== undefined ? String(last.seq) : null,
  };
}
