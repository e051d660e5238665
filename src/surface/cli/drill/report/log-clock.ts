// Puts the log on the clock of the journals. Fleet time is anchored in the log itself: `place.anchored` says which reading of
// this host's monotonic clock an instant was, so the one follows from the other exactly.

import type { FleetEvent } from '../../../../core/event.ts';

/** Monotonic milliseconds of each event, by its number; without an anchor before it an event has none. */
export function monotonicTimes(events: readonly FleetEvent[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  let anchor: { readonly at: number; readonly monoMs: number } | null = null;
  for (const event of events) {
    if (event.type === 'place.anchored') anchor = { at: event.anchorAt, monoMs: event.anchorMonoMs };
    if (anchor !== null) times.set(event.seq, anchor.monoMs + (event.at - anchor.at));
  }
  return times;
}
