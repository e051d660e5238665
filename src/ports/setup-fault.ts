// What stops Brigade before it can decide anything: a setting that cannot be, a workspace it must not use, a secret that
// others can read. It carries a rejection, so that every surface says it the way it says any refusal.

import { type Rejection, type RejectionParts, reject } from '../core/rejection.ts';

type SetupCode =
  | 'INVALID_ARGUMENT'
  | 'POLICY_INVALID'
  | 'CREDENTIAL_WRONG'
  | 'STORE_UNSAFE'
  | 'STORE_UNAVAILABLE'
  | 'STORE_DAMAGED';

export class SetupFault extends Error {
  readonly rejection: Rejection;
  constructor(code: SetupCode, parts: RejectionParts, cause?: unknown) {
    super(parts.message, cause === undefined ? undefined : { cause });
    this.name = 'SetupFault';
    this.rejection = reject(code, parts);
  }
}
