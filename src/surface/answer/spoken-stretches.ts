// Views of a stretch of the log as plain data for a caller, with resources as the caller sees them.

import { calibrationOf, hasSucceeded } from '../../core/governance/evidence/calibration.ts';
import type { CheckInSeen } from '../../core/history/span.ts';
import type { CheckInsView, HeatView, MarkView, TimelineView } from '../../core/history/stretch-views.ts';
import { type SeenNames, seenFrom } from './seen-names.ts';

export function spokenTimeline({ from, to, isWhole, lanes, marks, leftOut }: TimelineView, worktree: string) {
  const names = seenFrom(worktree);
  const spokenLanes = lanes.map((lane) => ({
    key: names.name(lane.key),
    spans: lane.spans.map((span) => ({
      ...span,
      resource: span.resource === null ? null : names.name(span.resource),
    })),
    marks: lane.marks.map((mark) => spokenMark(mark, names)),
  }));
  return { from, to, isWhole, lanes: spokenLanes, marks: marks.map((mark) => spokenMark(mark, names)), leftOut };
}

function spokenMark(mark: MarkView, names: SeenNames) {
  const resource = mark.resource === null ? null : names.name(mark.resource);
  return { ...mark, resource, text: names.text(mark.text) };
}

export function spokenHeat({ from, to, isWhole, rows, leftOut }: HeatView, worktree: string) {
  const { name } = seenFrom(worktree);
  return { from, to, isWhole, rows: rows.map((row) => ({ ...row, resource: name(row.resource) })), leftOut };
}

export function spokenCheckIns(agentId: string, { from, to, isWhole, checkIns, cursor }: CheckInsView) {
  return { agentId, from, to, isWhole, checkins: checkIns.map(spokenCheckInSeen), cursor };
}

function spokenCheckInSeen({ checkInId, seq, atMs, facts, outcomes: told }: CheckInSeen) {
  const { summary, complexity, confidence, verdict, reasons, plan, estimator } = facts;
  // The same kind again replaces what was said of it.
  const outcomes = [...new Map(told.map(({ kind, ok, evidence }) => [kind, { kind, ok, evidence }])).values()];
  const { brier, bins } = calibrationOf([{ confidence, outcomes }]);
  return {
    seq,
    atMs,
    checkInId,
    summary,
    complexity,
    confidence,
    verdict,
    reasons: reasons.map(({ code, message }) => ({ code, message })),
    plan,
    outcomes,
    succeeded: hasSucceeded({ outcomes }),
    brier,
    bin: bins[0]?.from ?? null,
    eisv: estimator.name === 'eisv-v1' ? eisvOf(estimator) : null,
  };
}

type Eisv = Extract<CheckInSeen['facts']['estimator'], { name: 'eisv-v1' }>;

function eisvOf({ E, I, S, V, lambda1, coherence, void: isVoid, risk, decision, status, time, updates }: Eisv) {
  return { E, I, S, V, lambda1, coherence, void: isVoid, risk, decision, status, time, updates };
}
