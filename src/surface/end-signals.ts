// Signals that ask a process to end. The first one ends it in order; the same once more ends it on the spot, because it hangs or
// somebody has lost patience.
//
// But one Ctrl-C comes twice under npm and npx: from the terminal, and passed on. And a client that begins with SIGINT may go on
// with SIGTERM a moment later. Neither is meant to cut off what is said in leaving, which has a bound of its own.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What comes again within this is the same signal, passed on. */
const PASSED_ON_MS = 500;
const EXIT_INTERRUPTED = 130;

export interface EndSignals {
  /** Called with each signal that asks for an end in order. */
  readonly end: () => void;
  /** Runs `run` in so many milliseconds, unless the process is over before. */
  readonly after: (ms: number, run: () => void) => void;
  /** Ends the process on the spot. */
  readonly exit?: (code: number) => void;
}

/** From now on signals end this process so. Answers how to take that back. */
export function onEndSignals({ end, after, exit = (code) => process.exit(code) }: EndSignals): () => void {
  const heard = new Set<NodeJS.Signals>();
  const final = new Set<NodeJS.Signals>();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (final.has(signal)) exit(EXIT_INTERRUPTED);
    if (heard.has(signal)) return;
    heard.add(signal);
    after(PASSED_ON_MS, () => final.add(signal));
    end();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
