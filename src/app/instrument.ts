// The one instrumented door to a store: every call is timed and logged here, and in no adapter. What appends took is told to
// whoever counts.

import type { Clock } from '../ports/clock.ts';
import type { Batch, EventStore, LogHead } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';

/** A call that takes longer is worth a warning; the event loop did not wait for it. */
const SLOW_MS = 1_000;

/** An append that was answered: made durable, or refused because another process was first. */
export interface AppendSeen {
  readonly appended: boolean;
  /** With fractions. */
  readonly tookMs: number;
  readonly events: number;
}

/** `store`, with its calls in the log. `onAppend` must not throw. */
export function instrument(
  store: EventStore,
  logger: Logger,
  clock: Clock,
  onAppend: (seen: AppendSeen) => void = () => undefined,
): EventStore {
  const { ahead } = store;
  const remains = store.readRemains?.bind(store);
  const caveats = store.caveats?.bind(store);
  const beginBehind = store.beginBehind?.bind(store);
  return {
    // Some of them are known only once it is open.
    get traits() {
      return store.traits;
    },
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
    append: (expected, batch) => timed('append', () => append(expected, batch)),
    onAppended: (hint) => store.onAppended(hint),
    loadSnapshot: (atOrBefore) => timed('loadSnapshot', () => store.loadSnapshot(atOrBefore)),
    saveSnapshot: (snapshot) => timed('saveSnapshot', () => store.saveSnapshot(snapshot)),
    truncate: (before) => timed('truncate', () => store.truncate(before)),
    beat: (beat) => timed('beat', () => store.beat(beat)),
    beats: () => timed('beats', () => store.beats()),
    ...(beginBehind === undefined
      ? {}
      : { beginBehind: (base: LogHead) => timed('beginBehind', () => beginBehind(base)) }),
    ...(caveats === undefined ? {} : { caveats: () => timed('caveats', caveats) }),
    close: () => timed('close', () => store.close()),
  };

  async function append(expected: LogHead, batch: Batch) {
    // In whole milliseconds, most appends of a fast disk would have taken no time.
    const startedMs = clock.preciseMs();
    const answer = await store.append(expected, batch);
    onAppend({ appended: answer.appended, tookMs: clock.preciseMs() - startedMs, events: batch.count });
    return answer;
  }

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
