// Seeds that failed once, with what they showed. They run each time, for ever.
//
// A seed is a sequence of random numbers, so a change of the simulation gives it another meaning; what it showed is kept
// as a scenario too.

export interface KeptSeed {
  readonly seed: number;
  readonly showed: string;
}

export const KEPT_SEEDS: readonly KeptSeed[] = [];
