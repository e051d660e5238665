// The one answer when every lease of a call is refused.

import type { LeaseRef } from '../command.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { RefusedLease } from '../reply.ts';

/** A rejection with the code of the first refusal; the others are in the details. */
export function refuseAll(done: string, refused: readonly RefusedLease[]): Rejection {
  const [first] = refused;
  if (first === undefined) {
    return reject('INVALID_ARGUMENT', {
      message: 'No lease was named.',
      next: 'Name each by its resource and token, or all of them.',
    });
  }
  return reject(first.code, {
    message: refused.length === 1 ? first.message : `None of ${refused.length} leases was ${done}. ${first.message}`,
    next:
      first.code === 'TOKEN_STALE'
        ? 'The lease has ended: stop acting on it, look at what changed, and acquire again.'
        : 'Only the session that holds it can do this. Use its handle, or ask the holder.',
    details: { refused },
  });
}

/** Bounds how many leases one call may name. */
export function tooManyLeases(leases: readonly LeaseRef[]): Rejection | null {
  if (leases.length <= LIMITS.resourcesPerAcquire) return null;
  return reject('TOO_MANY_RESOURCES', {
    message: `${leases.length} leases in one call; at most ${LIMITS.resourcesPerAcquire} are named together.`,
    next: 'Use several calls, or all of them at once.',
  });
}
