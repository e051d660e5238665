// The one instrumented door to a store: every call is timed and logged here, and in no adapter.

import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';

/** A call that takes longer is worth a warning; the event loop did not wait for it. */
const SLOW_MS = 1_000;

/** `store`, with its calls in the log. */
export function instrument(store: EventStore, logger: Logger, clock: Clock): EventStore {
  const { ahead } = store;
  const remains = store.readRemains?.bind(store);
  return {
    traits: store.traits,
    open: () => timed('open', () => store.open()),
    read: (after, limit) => timed('read', () => store.read(after, limit)),
    ...(remains === undefined
      ? {}
      : { readRemains: (after: number, limit: number) => timed('readRemains', () => remains(after, limit)) }),
    ...(ahead === undefined
      ? {}
      : {
          ahead: {
            read: (after: number, limit: number) => timed('readAhead', () => ahead.read(after, limit)),
            confirm: (seq: number) => timed('confirm', () => ahead.confirm(seq)),
          },
        }),
    append: (expected, batch) => timed('append', () => store.append(expected, batch)),
    onAppended: (hint) => store.onAppended(hint),
    loadSnapshot: (atOrBefore) => timed('loadSnapshot', () => store.loadSnapshot(atOrBefore)),
    saveSnapshot: (snapshot) => timed('saveSnapshot', () => store.saveSnapshot(snapshot)),
    truncate: (before) => timed('truncate', () => store.truncate(before)),
    beat: (beat) => timed('beat', () => store.beat(beat)),
    beats: () => timed('beats', () => store.beats()),
    close: () => timed('close', () => store.close()),
  };

  async function timed<T>(call: string, run: () => Promise<T>): Promise<T> {
    const startedMs = clock.monotonicMs();
    try {
      const result = await run();
      const tookMs = clock.monotonicMs() - startedMs;
      if (tookMs >= SLOW_MS) logger.warn({ call, tookMs }, 'the store was slow');
      return result;
    } catch (error) {
      logger.debug({ call, tookMs: clock.monotonicMs() - startedMs, err: error }, 'the store refused');
      throw error;
    }
  }
}
