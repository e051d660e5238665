// Looking at a whole log, and what was archived of it, from end to end, beside everything else that the process does.

export interface LogExamined {
  /** As far as it is whole. */
  readonly checkedTo: number;
  readonly headHash: string;
  readonly events: number;
  readonly batches: number;
  readonly archives: number;
  /** Where it is not whole any more, and why: one sentence without its full stop. Null: all of it is. */
  readonly flaw: { readonly seq: number | null; readonly problem: string } | null;
}

export interface LogExaminer {
  /** `onProgress` hears the numbers that were reached. Rejects where the log cannot be read at all, or it took too long. */
  examine(fleetId: string | null, onProgress: (seq: number) => void): Promise<LogExamined>;
}
