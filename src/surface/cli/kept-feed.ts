// All that is still in the log, read once. More may be cut off while it is read.

import type { FeedEvent } from '../../app/coordinator.ts';
import { rejectionOf } from '../../app/trouble.ts';
import { oneLine } from '../../core/view/one-line.ts';
import type { SeenFleet } from './open-fleet.ts';

export interface CutOff {
  /** Number of the last event that is gone. */
  readonly upTo: number;
  /** The last archive; null where nobody knows of one. */
  readonly archive: string | null;
}

export class KeptFeed {
  /** What retention has cut off before it; null where the log is kept from its beginning. */
  cutOff: CutOff | null = null;
  readonly #fleet: Pick<SeenFleet, 'coordinator'>;
  #after = 0;

  constructor(fleet: Pick<SeenFleet, 'coordinator'>) {
    this.#fleet = fleet;
  }

  async *read(): AsyncIterable<FeedEvent> {
    try {
      for await (const event of this.#fleet.coordinator.feed({ after: this.#after, once: true })) {
        this.#after = event.seq;
        yield event;
      }
    } catch (error) {
      const { code, details } = rejectionOf(error);
      const { removedUpTo, archive } = details;
      if (code !== 'HISTORY_TRUNCATED' || typeof removedUpTo !== 'number' || removedUpTo <= this.#after) throw error;
      this.#after = removedUpTo;
      this.cutOff = { upTo: removedUpTo, archive: typeof archive === 'string' ? archive : null };
      yield* this.read();
    }
  }
}

export function cutOffLine({ upTo, archive }: CutOff): string {
  const where = archive === null ? '' : `; the last archive is .brigade/archive/${oneLine(archive, 200)}`;
  return `Events up to ${upTo} are no longer in the log${where}.`;
}
