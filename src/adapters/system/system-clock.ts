// The clock of this machine. `process.hrtime` is CLOCK_MONOTONIC on Linux, mach_continuous_time on macOS and
// QueryPerformanceCounter on Windows: one clock for all processes since boot. Linux stands still during sleep and macOS does not;
// whoever compares readings over a sleep must expect both.

import type { Cancel, Clock } from '../../ports/clock.ts';

/** Node fires a longer timer at once, so a longer wait is made of several. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonicMs: () => Math.floor(hostMs()),
  preciseMs: hostMs,
  wallAt: () => new Date().toISOString(),
  after,
};

/** For how long this process runs. */
export function processAgeMs(): number {
  return Math.round(process.uptime() * 1_000);
}

function after(ms: number, run: () => void, options: { readonly background?: boolean } = {}): Cancel {
  const due = ms > 0 ? hostMs() + ms : hostMs();
  let timer = arm();
  return () => clearTimeout(timer);

  function arm(): NodeJS.Timeout {
    // The process may have been held up since `due` was reckoned; Node warns of a negative time.
    const leftMs = Math.max(0, Math.ceil(due - hostMs()));
    const armed = setTimeout(fire, Math.min(leftMs, TIMER_MAX_MS));
    if (options.background === true) armed.unref();
    return armed;
  }

  // Node rounds its own time down, so a timer may fire a fraction of a millisecond early.
  function fire(): void {
    if (hostMs() >= due) run();
    else timer = arm();
  }
}

function hostMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
