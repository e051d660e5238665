// What `eisv-v1` carries from one update to the next, and how many of which things it looks at.

/** Coordinates after the last update; the rest is what the next one needs besides. */
export interface EisvState {
  readonly E: number;
  readonly I: number;
  readonly S: number;
  readonly V: number;
  readonly lambda1: number;
  readonly coherence: number;
  readonly integral: number;
  readonly void: boolean;
  readonly risk: number;
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

/** Values of V that anything is computed from. The original kept a thousand and never looked at more than these. */
export const HISTORY = 100;

/** Where every agent begins. */
export const EISV_START: EisvState = {
  E: 0.5,
  I: 0.9,
  S: 0.5,
  V: 0,
  lambda1: 0.15,
  coherence: 1,
  integral: 0,
  void: false,
  risk: 0,
  time: 0,
  updates: 0,
  parameters: null,
  history: [],
  summary: null,
  decision: 'approve',
};
