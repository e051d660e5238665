// What can be asked of a stretch of the log, and what is answered. Times are milliseconds since 1970 on the wall of the hosts
// that wrote the log, so that they can be drawn; resources are stored keys here.

import type { Mode } from '../event.ts';
import type { CheckInSeen, MarkKind, SpanKind, Stretch } from './span.ts';

export const STRETCH_LIMITS = {
  /** Events read for one answer. */
  events: 200_000,
  lanes: 100,
  lanesMax: 500,
  /** Of all lanes together; the newest are shown. */
  spans: 5_000,
  marks: 5_000,
  /** Of the fleet as a whole. */
  fleetMarks: 1_000,
  heatRows: 1_000,
  /** As far as a series and a heat reach back: a day. */
  minutesMax: 1_440,
  minutes: 60,
  /** Steps of a series, about. */
  points: 120,
  checkIns: 100,
  checkInsMax: 1_000,
} as const;

export type StretchQuery =
  | {
      readonly kind: 'timeline';
      /** Wall milliseconds; an hour before the end where it is left out. */
      readonly fromMs?: number;
      /** The moment of the view where it is left out or lies behind it. */
      readonly toMs?: number;
      readonly by?: 'resource' | 'agent';
      readonly agentId?: string;
      /** Stored key: what can name the same thing. */
      readonly resource?: string;
      readonly lanes?: number;
    }
  | { readonly kind: 'heat'; readonly minutes?: number }
  | { readonly kind: 'series'; readonly minutes?: number }
  | { readonly kind: 'checkins'; readonly agentId: string; readonly limit?: number; readonly cursor?: string };

export interface SpanView {
  readonly kind: SpanKind;
  readonly agentId: string;
  readonly resource: string | null;
  readonly mode: Mode | null;
  readonly token: number | null;
  readonly ticket: string | null;
  readonly fromMs: number;
  /** Null: it goes on. */
  readonly toMs: number | null;
  /** Null: it began before the stretch. */
  readonly fromSeq: number | null;
  readonly toSeq: number | null;
  readonly end: string | null;
}

export interface MarkView {
  readonly kind: MarkKind;
  readonly atMs: number;
  readonly seq: number;
  readonly agentId: string | null;
  readonly resource: string | null;
  readonly text: string;
  readonly verdict: 'proceed' | 'guide' | 'pause' | null;
}

export interface LaneView {
  readonly key: string;
  readonly spans: readonly SpanView[];
  readonly marks: readonly MarkView[];
}

export interface TimelineView extends Stretch {
  /** The one with most waiting first, then with most holding. */
  readonly lanes: readonly LaneView[];
  /** Of the fleet as a whole. */
  readonly marks: readonly MarkView[];
  /** Lanes that are not shown; spans and marks that those shown lack. */
  readonly leftOut: { readonly lanes: number; readonly spans: number; readonly marks: number };
}

export interface HeatRow {
  readonly resource: string;
  readonly grants: number;
  readonly waits: number;
  readonly waitedMs: number;
  readonly heldMs: number;
  readonly refusals: number;
}

export interface HeatView extends Stretch {
  readonly rows: readonly HeatRow[];
  readonly leftOut: number;
}

export type Series = Readonly<
  Record<
    | 'agents'
    | 'sessions'
    | 'leases'
    | 'waits'
    | 'longestWaitMs'
    | 'alerts'
    | 'events'
    | 'grants'
    | 'refusals'
    | 'checkIns',
    readonly number[]
  >
>;

export interface SeriesView extends Stretch {
  readonly stepMs: number;
  /** The end of each step; of the last one, which is not over, the moment of the view. */
  readonly atMs: readonly number[];
  readonly series: Series;
}

export interface CheckInsView extends Stretch {
  readonly checkIns: readonly CheckInSeen[];
  readonly cursor: string | null;
}

export interface StretchViewOfKind {
  readonly timeline: TimelineView;
  readonly heat: HeatView;
  readonly series: SeriesView;
  readonly checkins: CheckInsView;
}
