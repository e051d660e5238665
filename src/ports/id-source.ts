// Fresh names. The core never makes one: ids and secrets arrive in the command.

export interface IdSource {
  /**
   * An id that no other process makes: wall-clock milliseconds, then 65 random bits, 22 lower-case letters and digits
   * without look-alikes. It sorts by time of making, for people only. With a prefix: `<prefix>_<id>`.
   */
  newId(prefix?: string): string;
  /** A secret of 256 random bits, 43 characters of base64url. */
  newSecret(): string;
}
