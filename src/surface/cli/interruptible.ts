// A call that may wait: shown to a person while it stands in line, and given up, place and all, when the process is asked to
// end.

import { constants } from 'node:os';
import type { Call } from '../../app/seat/call.ts';
import type { SeatOutcome } from '../../app/seat/seat-outcome.ts';
import type { Reply } from '../../core/reply.ts';
import type { Context } from './context.ts';
import type { SeenFleet } from './open-fleet.ts';
import { waitProgress } from './text/wait-progress.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The outcome of `ask`; or, after a signal, the exit code that tells it, as a shell does: 128 + its number. */
export async function interruptible<R extends Reply>(
  context: Context,
  fleet: SeenFleet,
  ask: (call: Call) => Promise<SeatOutcome<R>>,
): Promise<SeatOutcome<R> | number> {
  const cancel = new AbortController();
  let exitCode: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    exitCode = 128 + constants.signals[signal];
    cancel.abort();
  };
  const progress = waitProgress(context, fleet);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    const outcome = await ask({ cancelled: cancel.signal, onProgress: progress.show });
    return exitCode ?? outcome;
  } finally {
    progress.end();
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
