// A policy file that may not be there, may not be readable and may not be valid.

import type { Policy } from '../../core/governance/policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import { setupRejection } from '../setup-rejection.ts';
import { type PolicyFile, parsePolicy } from './parse-policy.ts';

/** Null when there is no file; POLICY_INVALID for one that is no policy. `readFile` may throw a `SetupFault`. */
export function readPolicy(readFile: () => PolicyFile | null): Policy | Rejection | null {
  try {
    const file = readFile();
    return file === null ? null : parsePolicy(file);
  } catch (error) {
    const refusal = setupRejection(error);
    if (refusal === null) throw error;
    return refusal;
  }
}
