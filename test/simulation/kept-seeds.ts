// Seeds that failed once, with what they showed. They run each time, for ever.
//
// A seed is a sequence of random numbers, so a change of the simulation gives it another meaning; what it showed is kept
// as a scenario too.

export interface KeptSeed {
  readonly seed: number;
  readonly showed: string;
}

export const KEPT_SEEDS: readonly KeptSeed[] = [
  { seed: 238, showed: 'the repeat of a resumption that only folded names was refused' },
  { seed: 1239, showed: 'the repeat of a resumption that only folded names was refused, right after it was made' },
  { seed: 265, showed: 'a state cut off behind the end of a session counted as broken: who it let go was due' },
  { seed: 1543, showed: 'the same behind the loss of a session with several waits' },
  {
    seed: 486,
    showed: 'an operator looked where nothing rested, and ended the rest after a loss which came meanwhile',
  },
  { seed: 1163, showed: 'an operator looked at one rest, and ended that after a loss which came meanwhile' },
  {
    seed: 2274,
    showed: 'an accepted lease that a wait of its own made exclusive at once was not told, its repeat told it',
  },
  { seed: 2676, showed: 'the repeat of an acquire that claimed an upgrade had no lease: a handoff offer ended first' },
  { seed: 12, showed: 'what a silent holder held was handed over to one who also waited for what it had the offer of' },
  {
    seed: 851,
    showed: 'the same call came three times, one answer was heard, and the end of another took the lease away again',
  },
];
