// The clock and the dice of whatever runs the client: a browser, Deno, a worker, Node. Its one place to read them.

import type { Time } from './time.ts';

/** A timer looks at the clock at least this often, so that a machine that slept is noticed soon after it woke. */
const STEP_MS = 1_000;
/** Wall time that runs so far ahead of the monotonic clock is sleep. */
const SLEPT_MS = 500;

/**
 * A monotonic clock stands still while many machines sleep, and the server's does not. Time that only the wall clock saw is
 * counted too; should somebody have set that clock forward, a lease is believed in for too short, which harms nobody.
 */
export function platformTime(): Time {
  let slept = 0;
  let [mono, wall] = [performance.now(), Date.now()];
  const monotonicMs = (): number => {
    const [nowMono, nowWall] = [performance.now(), Date.now()];
    const ahead = nowWall - wall - (nowMono - mono);
    if (ahead > SLEPT_MS) slept += ahead;
    [mono, wall] = [nowMono, nowWall];
    return nowMono + slept;
  };
  const after: Time['after'] = (ms, run, { background = false } = {}) => {
    const dueMs = monotonicMs() + ms;
    let timer: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      timer = setTimeout(
        () => {
          if (monotonicMs() >= dueMs) run();
          else arm();
        },
        Math.min(STEP_MS, Math.max(0, dueMs - monotonicMs())),
      );
      // A number in a browser; in Node an object that would keep the program alive.
      if (background) (timer as unknown as { readonly unref?: () => void }).unref?.();
    };
    arm();
    return () => clearTimeout(timer);
  };
  return { monotonicMs, after };
}

/** A name for a request, so that its repeat is known for one. */
export function newKey(): string {
  return crypto.randomUUID();
}
