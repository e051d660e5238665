// Time on this side, as far as leases need it: the part of Brigade's own clock that a client has too.

export interface Time {
  /** Milliseconds of a clock that never runs backwards. */
  monotonicMs(): number;
  /** Calls `run` once, never inside this call. `background` timers keep no program alive. The answer cancels. */
  after(ms: number, run: () => void, options?: { readonly background?: boolean }): () => void;
}

/** Resolves after `ms`, or as soon as the signal is given. */
export function rest(
  time: Time,
  ms: number,
  signal?: AbortSignal,
  options?: { readonly background?: boolean },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = time.after(ms, end, options);
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}
