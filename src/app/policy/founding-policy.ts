// What a new fleet begins with: the policy that somebody has written for it, if it is there and valid. A file that is not keeps
// nobody from working: the fleet begins with the defaults, the log says why, and `brigade doctor` finds it.

import type { Policy } from '../../core/governance/policy.ts';
import { isRejection } from '../../core/rejection.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PolicyFile } from './parse-policy.ts';
import { readPolicy } from './read-policy.ts';

/** Null for the defaults. `readFile` may throw a `SetupFault`. */
export function foundingPolicy(readFile: () => PolicyFile | null, logger: Logger): Policy | null {
  const found = readPolicy(readFile);
  if (!isRejection(found)) return found;
  const { code, message } = found;
  logger.warn({ code }, `the new fleet begins with the default policy: ${message}`);
  return null;
}
