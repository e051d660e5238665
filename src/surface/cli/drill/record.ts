// What a drill leaves behind to be judged: the log, the agents' journals, the files, and the signals that the drill sent.
// The report is made from this and from nothing else.

import type { FleetEvent } from '../../../core/event.ts';
import type { Member } from './cast.ts';
import type { JournalLine } from './journal.ts';

export interface Signal {
  /** Monotonic clock of the host, as in the journals. */
  readonly atMs: number;
  readonly what: 'stopped' | 'resumed' | 'killed';
  /** Number in the cast. */
  readonly index: number;
}

export interface PlayerRecord {
  readonly member: Member;
  /** Null when it never registered. */
  readonly agentId: string | null;
  readonly journal: readonly JournalLine[];
}

export interface CountedState {
  readonly count: number;
  readonly version: number;
}

export interface DrillRecord {
  readonly seed: number;
  readonly startedAt: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Events of this drill, in the order of the log. */
  readonly events: readonly FleetEvent[];
  /** Id of the workspace's worktree, so that its files are named without it. */
  readonly worktree: string | null;
  readonly players: readonly PlayerRecord[];
  readonly signals: readonly Signal[];
  /** Texts of the files at the end; null for one that is gone. */
  readonly files: Readonly<Record<string, string | null>>;
  /** What the drill added to the governed value: what it counts, and its versions. */
  readonly state: CountedState;
  /** What is held and waited for when everybody has left. */
  readonly left: { readonly leases: number; readonly waits: number };
  /** Why the script ended before its end; null when it did not. */
  readonly stoppedBy: string | null;
}
