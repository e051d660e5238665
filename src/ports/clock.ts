// Time as the inside may ask for it. Fleet time is built from `monotonicMs` and anchors in the log; wall time goes
// into the log for people and is never compared.

export type Cancel = () => void;

export interface Clock {
  /**
   * Whole milliseconds of this host's monotonic clock. It never runs backwards and starts again only at a boot; two
   * processes of one place read the same clock, so their readings may be compared.
   */
  monotonicMs(): number;
  /** The same clock with its fractions, to measure how long something took; no record has it. */
  preciseMs(): number;
  /** Wall time, ISO 8601 UTC with milliseconds, for people only. */
  wallAt(): string;
  /**
   * Calls `run` once, not before `ms` have passed; at once (but never inside this call) where `ms` is 0 or less.
   * `background` timers do not keep the process alive. The answer cancels; cancelling twice is harmless.
   */
  after(ms: number, run: () => void, options?: { readonly background?: boolean }): Cancel;
}
