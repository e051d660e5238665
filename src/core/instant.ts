// Fleet time. An `Instant` counts milliseconds of fleet time since the fleet was founded; it never runs backwards and
// is never wall time. Wall time travels beside it for people and is never compared.

/** Milliseconds of fleet time since the founding of the fleet. */
export type Instant = number;

/** When a batch is decided. All events of one batch share it. */
export interface Moment {
  readonly at: Instant;
  /** Wall time, ISO 8601 UTC, for people only. */
  readonly wallAt: string;
  /** Whoever decides stays, and writes down in time what it does not record now (`lease/silence.ts`). */
  readonly stays?: boolean;
}
