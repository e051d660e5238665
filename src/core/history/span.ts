// What a stretch of the log is made of, for whoever draws it: spans, which last, and marks, which are of a moment. Times are
// those of the wall as the log has them, in milliseconds; each stands with the number of its event.

import type { EventOf, Mode } from '../event.ts';
import type { Verdict } from '../governance/check-in.ts';

export type SpanKind = 'held' | 'waited' | 'offered' | 'paused' | 'live';

/** Something that lasts. Its end is written into it when it comes. */
export interface Span {
  readonly kind: SpanKind;
  readonly agentId: string;
  /** Stored key; of a pause and of a session null. */
  readonly resource: string | null;
  readonly mode: Mode | null;
  readonly token: number | null;
  readonly ticket: string | null;
  readonly fromMs: number;
  readonly fromSeq: number;
  /** The log's state does not say since when: seen from a later beginning it begins there. */
  readonly isUndated: boolean;
  /** The first of those that are one: a wait for several resources. */
  readonly isFirst: boolean;
  toMs: number;
  /** Null while it goes on. */
  toSeq: number | null;
  end: string | null;
}

export type MarkKind =
  | 'check_in'
  | 'expired'
  | 'revoked'
  | 'refused'
  | 'deadlock'
  | 'lapsed'
  | 'lost'
  | 'paused'
  | 'resumed'
  | 'archived'
  | 'restored'
  | 'retired'
  | 'rescue'
  | 'alert'
  | 'incident'
  | 'drill'
  | 'granting'
  | 'log_lost'
  | 'invariant'
  | 'policy';

export interface Mark {
  readonly kind: MarkKind;
  readonly atMs: number;
  readonly seq: number;
  /** Whom and what it is about; the causer first. */
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  /** A sentence, with stored keys in it. */
  readonly text: string;
  readonly verdict: Verdict | null;
  /** Of the fleet as a whole, whoever it names. */
  readonly isFleetwide: boolean;
}

/** A check-in with what became of its work. */
export interface CheckInSeen {
  readonly checkInId: string;
  readonly agentId: string;
  readonly seq: number;
  readonly atMs: number;
  readonly facts: Pick<
    EventOf<'checkin.recorded'>,
    'summary' | 'complexity' | 'confidence' | 'verdict' | 'reasons' | 'plan' | 'estimator'
  >;
  /** As they were told, in order; the same kind again replaces what was said of it. */
  readonly outcomes: { readonly seq: number; readonly kind: string; readonly ok: boolean; readonly evidence: string }[];
}

/** A point of the log. */
export interface Point {
  readonly seq: number;
  readonly atMs: number;
}

/** The events behind `from` up to `to`. */
export interface Stretch {
  readonly from: Point;
  readonly to: Point;
  /** False where the log has more than is looked at, or no longer has what was asked for: it begins later then. */
  readonly isWhole: boolean;
}
