// What a new fleet begins with: the policy that somebody has written for it, if it is there and valid. A file that is not keeps
// nobody from working: the fleet begins with the defaults, the log says why, and `brigade doctor` finds it.

import type { Policy } from '../../core/governance/policy.ts';
import { isRejection } from '../../core/rejection.ts';
import type { Logger } from '../../ports/logger.ts';
import { setupRejection } from '../setup-rejection.ts';
import { type PolicyFile, parsePolicy } from './parse-policy.ts';

/** Null for the defaults. `readFile` may throw a `SetupFault`. */
export function foundingPolicy(readFile: () => PolicyFile | null, logger: Logger): Policy | null {
  const found = readParsed(readFile);
  if (!isRejection(found)) return found;
  const { code, message } = found;
  logger.warn({ code }, `the new fleet begins with the default policy: ${message}`);
  return null;
}

function readParsed(readFile: () => PolicyFile | null) {
  try {
    const file = readFile();
    return file === null ? null : parsePolicy(file);
  } catch (error) {
    const refusal = setupRejection(error);
    if (refusal === null) throw error;
    return refusal;
  }
}
