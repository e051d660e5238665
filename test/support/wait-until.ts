// How a test waits: for a condition, looked at again and again, with a limit that only a broken program reaches.

/**
 * The first value of `look` that is neither `undefined`, `null` nor `false`. Looks at once, then every `everyMs` (default
 * 10). Throws after `withinMs` (default 10,000) with `what` in the message, and with the last error that `look` threw.
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { withinMs = 10_000, everyMs = 10 } = options;
  const deadlineMs = performance.now() + withinMs;
  let lastError: unknown;
  while (performance.now() < deadlineMs) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<T, undefined | null | false>;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`waited ${withinMs} ms for: ${what}`, { cause: lastError });
}
