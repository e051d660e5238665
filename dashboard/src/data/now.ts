// One clock for everything on the page that counts up: durations grow once a second, together.

import { useSyncExternalStore } from 'react';
import { serverClock } from './server-clock.ts';

const STEP_MS = 1_000;
const watchers = new Set<() => void>();
let now = serverClock.now();
let timer: number | null = null;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= window.setInterval(() => {
    now = serverClock.now();
    for (const each of watchers) each();
  }, STEP_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || timer === null) return;
    window.clearInterval(timer);
    timer = null;
  };
}

/** Wall milliseconds at the server, a second old at most. */
export function useNow(): number {
  return useNowAs((ms) => ms);
}

/** What becomes of it: whoever shows that is drawn again only when it is another one, and not each second. */
export function useNowAs<T extends string | number>(shownOf: (ms: number) => T): T {
  return useSyncExternalStore(watch, () => shownOf(now));
}
