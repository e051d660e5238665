// What the user of a host has enabled for a fleet's targets there: the secret that signs what a webhook is sent, and the program
// that a command runs. Kept outside the workspace only, because what comes with a repository is nobody's word.

export interface TargetKeys {
  /** Where they are, for people. */
  readonly path: string;
  /** The signing secret, `whsec_` and base64; null where none was made here. */
  secretOf(target: string): Promise<string | null>;
  /** Keeps `secret` if there is none yet, and answers the one that is kept: of processes that race, all hear the same. */
  ensureSecret(target: string, secret: string): Promise<string>;
  /**
   * Puts `secret` in the place of any other, which signs beside it until `formerUntil`, a time of day, so that receivers can be
   * given the new one in between; null: no longer.
   */
  replaceSecret(target: string, secret: string, formerUntil: string | null): Promise<void>;
  /** The secret that was replaced last and may still sign; null where there is none. */
  formerOf(target: string): Promise<FormerSecret | null>;
  /** From now on only the secret itself signs. True when there was another one. */
  dropFormer(target: string): Promise<boolean>;
  /** The program and its arguments; null where none was named here. */
  programOf(target: string): Promise<readonly [string, ...string[]] | null>;
  keepProgram(target: string, program: readonly [string, ...string[]]): Promise<void>;
}

export interface FormerSecret {
  readonly secret: string;
  /** A time of day, from which on it no longer signs. */
  readonly until: string;
}
