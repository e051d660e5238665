// SHA-256 for the chain of the log, for secrets (which are kept only hashed) and for request bodies.

export interface Hasher {
  /**
   * SHA-256 over the UTF-8 bytes of the parts, one after the other, as 64 hex digits. Nothing stands between the parts:
   * `('ab', 'c')` and `('a', 'bc')` are the same, so a caller that needs them apart says so in the parts.
   */
  sha256Hex(...parts: readonly string[]): string;
  /** HMAC-SHA-256 (RFC 2104) over the UTF-8 bytes of the text, as 64 hex digits: proves that whoever made it knows the key. */
  hmacSha256Hex(key: string, text: string): string;
  /** Compares two digests in a time that does not tell where they differ. */
  isSameDigest(one: string, other: string): boolean;
}
