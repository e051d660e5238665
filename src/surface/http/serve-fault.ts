// What stops a server before it answers anybody: an address that it cannot have, or must not.

import { type Rejection, type RejectionParts, reject } from '../../core/rejection.ts';

export class ServeFault extends Error {
  readonly rejection: Rejection;
  constructor(parts: RejectionParts, cause?: unknown) {
    super(parts.message, cause === undefined ? undefined : { cause });
    this.name = 'ServeFault';
    this.rejection = reject('INVALID_ARGUMENT', parts);
  }
}
