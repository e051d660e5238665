// Callers that each do one thing after the other, as fast as they are answered: how often a second all of them together, and
// how long each time takes.

import { performance } from 'node:perf_hooks';
import { quantile } from './statistics.ts';

export interface Pace {
  readonly warmMs: number;
  readonly countedMs: number;
}

export interface Rate {
  readonly [column: string]: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Times of single rounds, counted over `countedMs`. Throws where there is none: that is no figure. */
export function rateOf(tookMs: readonly number[], countedMs: number): Rate {
  if (tookMs.length === 0) throw new Error(`not one round in ${countedMs} ms: this machine is too busy to measure`);
  return {
    rate: (tookMs.length * 1_000) / countedMs,
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
  };
}

/** `round(caller)` again and again for each caller. What it throws ends all of it: a failed round is no figure. */
export async function closedLoop(
  callers: number,
  { warmMs, countedMs }: Pace,
  round: (caller: number) => Promise<void>,
): Promise<Rate> {
  const tookMs: number[] = [];
  const fromMs = performance.now() + warmMs;
  const untilMs = fromMs + countedMs;
  const call = async (caller: number): Promise<void> => {
    for (let beganMs = performance.now(); beganMs < untilMs; ) {
      await round(caller);
      const endedMs = performance.now();
      if (endedMs >= fromMs && endedMs < untilMs) tookMs.push(endedMs - beganMs);
      beganMs = endedMs;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return rateOf(tookMs, countedMs);
}
