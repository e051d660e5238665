// Folding that would hold the event loop too long: a thread with a connection of its own.

export interface FoldReport {
  /** Number of the newest snapshot there is now. */
  readonly snapshotSeq: number;
  /** Broken invariants of the whole state, the first few. */
  readonly violations: readonly { readonly invariant: string; readonly detail: string }[];
}

export interface BackgroundFold {
  /**
   * Folds the log to its head, checks the whole state and saves a snapshot, unless there is one less than `everyEvents`
   * behind the head. Rejects where the log cannot be read.
   */
  run(everyEvents: number): Promise<FoldReport>;
  close(): Promise<void>;
}
