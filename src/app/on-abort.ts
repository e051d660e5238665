// Listening to a signal that may be there or not, and may have been given already.

/** Runs `run` once when the signal is given, soon if it was before. The answer stops listening. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) queueMicrotask(run);
  signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}
