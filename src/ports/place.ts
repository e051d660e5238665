// A place is one boot of one host, as one pid and time namespace sees it. Evidence about a process (pid and start time)
// and readings of the monotonic clock mean something only in the place where they were taken.

export interface Place {
  /** Names the place; a stable digest of the four parts below. */
  readonly placeId: string;
  /** A digest of the machine's id, the same through all its boots. */
  readonly machineId: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly timeNamespace: string;
  /** For people. */
  readonly hostName: string;
}
