// What `eisv-v1` carries from one update to the next.

/** Coordinates after the last update; the rest is what the next one needs besides. */
export interface EisvState {
  readonly E: number;
  readonly I: number;
  readonly S: number;
  readonly V: number;
  readonly lambda1: number;
  readonly coherence: number;
  readonly integral: number;
  readonly time: number;
  readonly updates: number;
  /** Of the last update, without the zeros at its end; null before the first. */
  readonly parameters: readonly number[] | null;
  /** The last values of V, the newest last, at most a hundred. */
  readonly history: readonly number[];
  /** The last summary, with which the next one is compared; null before the first. */
  readonly summary: string | null;
  readonly decision: 'approve' | 'revise' | 'reject';
}
