// Which processes of this place are there. It is asked only about processes of its own place.

/** Names one process for ever: pids come back, a pid with its start time does not. */
export interface ProcessEvidence {
  readonly pid: number;
  /** As the platform tells it, compared for equality only. Empty where it does not tell: the pid alone is weak evidence. */
  readonly startTime: string;
}

/**
 * `dead` is said only when it is proved: no such process, another start time, a zombie. `stopped` (SIGSTOP, a debugger)
 * counts as there. Whatever cannot be read counts as `alive`.
 */
export type ProcessState = 'alive' | 'stopped' | 'dead';

export interface ProcessRow extends ProcessEvidence {
  /** 0 where the parent is outside the pid namespace. */
  readonly parentPid: number;
  /** Process group; 0 where the platform has none. */
  readonly groupId: number;
  readonly state: ProcessState;
  /** Short name, for people and for telling launchers from shells. */
  readonly name: string;
}

export interface ProcessTable {
  /** Null when there is no such process now. */
  evidenceOf(pid: number): ProcessEvidence | null;
  judge(evidence: ProcessEvidence): ProcessState;
  /** Judges in the order given without keeping the event loop for long, however many there are. */
  judgeMany(evidences: readonly ProcessEvidence[]): Promise<readonly ProcessState[]>;
  /** The parent of `pid`, its parent and so on, nearest first, at most 64; empty when `pid` is gone. */
  ancestorsOf(pid: number): readonly ProcessRow[];
  /** The process group of `pid`; null when it is gone or the platform has none. */
  groupOf(pid: number): number | null;
}
