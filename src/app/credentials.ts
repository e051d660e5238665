// A session handle is a secret of its holder. It enters here, and only its hash goes further: into commands, the log and
// comparisons.

import type { Hasher } from '../ports/hasher.ts';

/** What stands for a handle, or for any other secret, wherever it is kept or compared. 64 hex digits. */
export function secretHash(hasher: Hasher, secret: string): string {
  return hasher.sha256Hex(`brigade secret\n${secret}`);
}
