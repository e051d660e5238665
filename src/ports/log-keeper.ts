// Moving the beginning of a log into archives, where it holds nobody up.

import type { ArchivedSegment } from '../core/event.ts';
import type { RetentionPolicy } from '../core/governance/policy.ts';

/** What stays in the log: what the policy keeps, and everything from the event of this number on; null: that alone. */
export interface Kept extends RetentionPolicy {
  readonly awaited: number | null;
}

export interface LogKeeper {
  /**
   * Writes the next stretch that is no longer kept into an archive, and changes nothing else. Null while there is
   * none, or another process of this host is at it. One that is there already and not cut off yet is answered again.
   */
  archive(fleetId: string, keep: Kept): Promise<ArchivedSegment | null>;
  /** Cuts off what `segment` has, as long as it is there; where another process is at it, that one does. */
  cut(segment: ArchivedSegment): Promise<void>;
  close(): Promise<void>;
}

/** One of the two, for whoever does it elsewhere. */
export type ArchiveTask =
  | { readonly do: 'archive'; readonly fleetId: string; readonly keep: Kept }
  | { readonly do: 'cut'; readonly segment: ArchivedSegment };
