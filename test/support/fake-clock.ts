// The Clock port driven by a test: time passes only when it is told to. Timers fire in the order of their moments, and
// after each one everything that it set going comes to rest before time goes on.

import type { Cancel, Clock } from '../../src/ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export interface FakeClock extends Clock {
  /** Lets `ms` pass. */
  advance(ms: number): Promise<void>;
  /** Lets time pass in small steps until `work` is done; answers what it answers. */
  advanceUntil<T>(work: Promise<T>): Promise<T>;
  /** The machine sleeps: `ms` are gone at once, and no timer has run meanwhile. */
  sleep(ms: number): void;
  /** Timers that are set. */
  readonly timers: number;
}

/** `comeToRest` resolves once everything that needs no time is done. */
export function createFakeClock(startMs = 1_000_000, comeToRest: () => Promise<void> = settle): FakeClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  return {
    monotonicMs: () => nowMs,
    preciseMs: () => nowMs,
    wallAt: () => new Date(Date.UTC(2025, 10, 19, 23, 25) + nowMs - startMs).toISOString(),
    after,
    advance,
    advanceUntil,
    sleep: (ms) => {
      nowMs += ms;
    },
    get timers() {
      return timers.size;
    },
  };

  function after(ms: number, run: () => void): Cancel {
    if (ms <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    order += 1;
    const timer = { atMs: nowMs + ms, order, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await comeToRest();
    for (let next = nextTimer(untilMs); next !== null; next = nextTimer(untilMs)) {
      nowMs = Math.max(nowMs, next.atMs);
      timers.delete(next);
      next.run();
      await comeToRest();
    }
    nowMs = untilMs;
    await comeToRest();
  }

  async function advanceUntil<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const end = (): void => {
      progress.isDone = true;
    };
    work.then(end, end);
    while (!progress.isDone) await advance(50);
    return work;
  }

  function nextTimer(untilMs: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of timers) {
      if (timer.atMs > untilMs) continue;
      if (first === null || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Turns of the event loop after which whatever runs in memory alone has come to rest. */
const TURNS = 40;

/** Lets everything that needs no time come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
