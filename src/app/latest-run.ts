// Shares runs of one asynchronous task between callers without giving anybody an old result: a caller joins a run only if
// that run has not started yet, because one under way may have looked before the caller asked.

/** `run` never runs twice at once; the answer settles with a run that started after the call. */
export function latestRun(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  return () => {
    if (next !== null) return next;
    if (running === null) return start();
    next = startAfter(running);
    return next;
  };

  function start(): Promise<void> {
    // Nobody starts another one before this one has ended.
    running = run().finally(() => {
      running = null;
    });
    return running;
  }

  async function startAfter(before: Promise<void>): Promise<void> {
    await Promise.allSettled([before]);
    next = null;
    return start();
  }
}
