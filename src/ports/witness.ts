// The witness: the highest head of a fleet's log that this host has seen, kept apart from the log. A log behind it, or
// one that does not carry its hash at its number, was wiped, forked or rolled back.

/** What a log claims: its epoch, its last number and the chain hash there. */
export interface WitnessedHead {
  readonly epoch: number;
  readonly seq: number;
  /** 64 hex digits. */
  readonly hash: string;
}

export interface Witness extends WitnessedHead {
  readonly fleetId: string;
  /** When it was written, for people. */
  readonly wallAt: string;
}

/** Raises the witness while a coordinator runs. Raising never waits: it is written soon, and at the latest on close. */
export interface WitnessKeeper {
  raise(head: WitnessedHead): void;
  /** Resolves once everything raised before is written, or has failed to be; see `trouble`. */
  flush(): Promise<void>;
  /** Why the last write failed, for doctor; null when all is well. */
  trouble(): string | null;
  /** Writes what is left and stops. */
  close(): Promise<void>;
}
