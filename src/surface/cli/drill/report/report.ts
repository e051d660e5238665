// The report of a drill: everything a reader needs, as data. `report-text.ts` writes it for people; `--json` prints it.

import { oneLine } from '../../../../core/view/one-line.ts';
import type { DrillRecord } from '../record.ts';
import { FACTOR, SCALE } from '../scale.ts';
import { type AgentFigures, type Figures, figuresOf } from './figures.ts';
import { type Promised, promisesOf } from './promises.ts';
import { storyOf } from './story.ts';
import { type Comparison, comparisonsOf } from './then-and-now.ts';
import { type TimelineRow, timelineOf } from './timeline.ts';

export interface DrillReport {
  readonly drill: 'too-many-cooks';
  /** Every promise was kept. */
  readonly ok: boolean;
  readonly seed: number;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly scale: { readonly ttlMs: number; readonly defaultTtlMs: number; readonly factor: number };
  /** Why the script ended before its end; null when it did not. */
  readonly stoppedBy: string | null;
  readonly figures: ReportedFigures;
  readonly story: readonly (readonly string[])[];
  readonly agents: readonly AgentFigures[];
  readonly timeline: readonly TimelineRow[];
  readonly thenAndNow: readonly Comparison[];
  readonly promises: readonly Promised[];
}

/** Null where the record does not show it. */
export interface ReportedFigures {
  readonly updatesMade: number;
  readonly updatesKept: number;
  readonly stateWrites: number;
  readonly stateWritesCounted: number;
  readonly criticalSections: number;
  readonly overlaps: number;
  readonly grants: number;
  readonly grantsOutOfTurn: number;
  /** From the stop to a waiter's own answer naming the holder as stopped. */
  readonly namedMs: number | null;
  /** From the stop to the end of the lease. */
  readonly detectMs: number | null;
  /** From the end of the lease to the next agent having the lock in hand. */
  readonly freeMs: number | null;
  readonly longestWaitMs: number | null;
  /** Writes of governed state with the old token that were refused, and whatever else was refused to it. */
  readonly staleWritesRefused: number;
  readonly staleRefused: number;
  readonly updatesWhileFrozen: number;
  readonly killToGrantMs: number | null;
  readonly deadlockAnsweredMs: number | null;
}

export function reportOf(record: DrillRecord): DrillReport {
  const figures = figuresOf(record);
  const promises = promisesOf(record, figures);
  return {
    drill: 'too-many-cooks',
    ok: promises.every(({ kept }) => kept),
    seed: record.seed,
    startedAt: record.startedAt,
    tookMs: record.endedMs - record.startedMs,
    scale: { ttlMs: SCALE.ttlMs, defaultTtlMs: SCALE.defaultTtlMs, factor: FACTOR },
    stoppedBy: record.stoppedBy === null ? null : oneLine(record.stoppedBy, 800),
    figures: reported(figures),
    story: storyOf(figures),
    agents: figures.agents,
    timeline: timelineOf(record, figures),
    thenAndNow: comparisonsOf(record, figures),
    promises,
  };
}

function reported({
  tally,
  state,
  sections,
  overlaps,
  outOfTurn,
  grants,
  longestWait,
  freeze,
  loss,
  crossing,
}: Figures): ReportedFigures {
  const sinceStop = (atMs: number | undefined): number | null =>
    atMs === undefined || freeze === null ? null : Math.round(atMs - freeze.stoppedMs);
  const endedMs = freeze?.ended?.atMs;
  const nextMs = freeze?.next?.atMs;
  return {
    updatesMade: tally.made,
    updatesKept: tally.kept,
    stateWrites: state.acknowledged,
    stateWritesCounted: state.counted,
    criticalSections: sections,
    overlaps: overlaps.length,
    grants,
    grantsOutOfTurn: outOfTurn.length,
    namedMs: sinceStop(freeze?.named?.atMs),
    detectMs: sinceStop(endedMs),
    freeMs: endedMs === undefined || nextMs === undefined ? null : Math.max(0, Math.round(nextMs - endedMs)),
    longestWaitMs: longestWait?.waitedMs ?? null,
    staleWritesRefused: freeze?.refused.filter(({ tool }) => tool === 'put_state').length ?? 0,
    staleRefused: freeze?.refused.length ?? 0,
    updatesWhileFrozen: freeze?.othersMade ?? 0,
    killToGrantMs: loss?.next == null ? null : Math.round(loss.next.atMs - loss.killedMs),
    deadlockAnsweredMs: crossing?.aborted?.tookMs ?? null,
  };
}
