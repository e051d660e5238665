// What stands in a log and another store does not take at once. Most of it shows before anything is copied: by the sizes, and where
// a store compresses by trying. How much a server takes in the end, only the server knows.

import { type Rejection, reject } from '../../core/rejection.ts';
import { countedLong } from '../../core/view/count-text.ts';
import { type EventStore, StoreFault } from '../../ports/event-store.ts';
import type { Examination } from '../examine-log.ts';

/** Up to this every store takes a batch, however badly it compresses. */
const SURE_BYTES = 512 * 1024;
const READ_EVENTS = 2_000;

const ELSEWHERE =
  'Nothing was changed. Copy it to another kind of store. Such a batch most often begins an epoch after a loss; retention that archives it makes the rest fit.';

/** Why `to` does not take a batch of the log in `from`, as far as that shows before it is copied; or null. Throws `StoreFault`. */
export async function refuseTooLarge(
  from: EventStore,
  to: { readonly store: EventStore; readonly url: string },
  { base, head, largest }: Pick<Examination, 'base' | 'head' | 'largest'>,
): Promise<Rejection | null> {
  const { traits } = to.store;
  if (largest.events > traits.maxBatchEvents || largest.bytes > traits.maxBatchBytes)
    return reject('TOO_LARGE', {
      message: `A batch of this log has ${countedLong(largest.events, 'event')} and ${countedLong(largest.bytes, 'byte')}, more than ${to.url} takes at once (${traits.maxBatchEvents} and ${traits.maxBatchBytes}).`,
      next: ELSEWHERE,
      details: { ...largest },
    });
  if (to.store.expectRoomFor === undefined || largest.bytes <= SURE_BYTES) return null;
  for (let after = base.seq; after < head.seq; ) {
    const batches = await from.read(after, READ_EVENTS);
    for (const batch of batches) {
      const fault = await to.store.expectRoomFor(batch).catch(tooLarge);
      if (fault !== undefined)
        return reject('TOO_LARGE', {
          message: `A batch of this log, up to number ${batch.lastSeq}, is more than ${to.url} takes at once: ${fault.message}`,
          next: ELSEWHERE,
          details: { ...fault.details, seq: batch.lastSeq },
        });
    }
    after = batches.at(-1)?.lastSeq ?? head.seq;
  }
  return null;
}

/** For a copy that the server stopped. Throws whatever else it was. */
export function stoppedAsTooLarge(error: unknown, url: string): Rejection {
  const { message, details } = tooLarge(error);
  return reject('TOO_LARGE', {
    message: `${url} took the beginning of this log and not all of it: ${message} The fleet is where it was.`,
    next:
      'Let the server take larger requests and run the same command again, which goes on where this one stopped; or copy to another ' +
      `kind of store. Let nobody use what is in ${url} now: it is a part.`,
    details,
  });
}

function tooLarge(error: unknown): StoreFault {
  if (error instanceof StoreFault && error.code === 'TOO_LARGE') return error;
  throw error;
}
