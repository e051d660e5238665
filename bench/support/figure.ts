// What a benchmark hands to the runner. `bench/NAME.ts` exports `measure`, which does the whole measurement once.

export interface Figure {
  /** What is measured; the same text in every run, since runs are matched by it. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The promise that the median must keep, or with `always` every run; without one the figure is only reported. */
  readonly target?: ({ readonly atLeast: number } | { readonly atMost: number }) & { readonly always?: true };
}

/** What a benchmark may be asked for besides. */
export interface Asked {
  /** How long one run goes on, where that is a choice. */
  readonly minutes?: number;
  /** Which store is measured, where there is a choice. */
  readonly store?: string;
}

export interface Benchmark {
  /** One run. The runner calls it five times, one after the other. */
  readonly measure: (asked: Asked) => Promise<readonly Figure[]>;
}
