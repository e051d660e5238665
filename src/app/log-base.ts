// Where a log begins, as far as it is still kept.

import { epochOf } from '../core/fleet/epoch.ts';
import { EMPTY_HEAD, type EventStore, type LogHead, StoreFault } from '../ports/event-store.ts';

/**
 * The head as it was before the first batch that an open store still has; of a log that is kept from its beginning, that of an
 * empty one. Throws `StoreFault`.
 */
export async function logBase(store: EventStore): Promise<LogHead> {
  const seq = await removedUpTo(store);
  if (seq === 0) return EMPTY_HEAD;
  const [first] = await store.read(seq, 1);
  // What was cut off to its end has no batch to tell where it stands.
  return first === undefined ? store.open() : { epoch: epochOf(seq), seq, hash: first.prevHash, format: first.format };
}

/** Number of the last event that is no longer in the log; 0 while all of it is there. */
export async function removedUpTo(store: EventStore): Promise<number> {
  try {
    await store.read(0, 1);
    return 0;
  } catch (error) {
    const removed =
      error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED' ? error.details.removedUpTo : null;
    if (typeof removed === 'number') return removed;
    throw error;
  }
}
