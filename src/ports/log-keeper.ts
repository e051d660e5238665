// Moving the beginning of a log into archives, where it holds nobody up.

import type { ArchivedSegment } from '../core/event.ts';
import type { RetentionPolicy } from '../core/governance/policy.ts';

export interface LogKeeper {
  /**
   * Writes the next stretch that the policy no longer keeps into an archive, and changes nothing else. Null while there is
   * none. One that is there already and not cut off yet is answered again.
   */
  archive(fleetId: string, keep: RetentionPolicy): Promise<ArchivedSegment | null>;
  /** Cuts off what was archived up to `lastSeq`. */
  cut(lastSeq: number): Promise<void>;
  close(): Promise<void>;
}
