// What a request shows besides its arguments. Over stdio it shows nothing; over HTTP perhaps a handle, and it has a stream of
// its own that may break.

import type { Call } from '../../app/seat/call.ts';
import { type Rejection, reject } from '../../core/rejection.ts';

export interface Shown extends Pick<Call, 'session' | 'receivedMonoMs'> {
  /** Given when its answer cannot arrive any more. */
  readonly broken?: AbortSignal;
}

/** A request that shows one session in its header and names another in its arguments is nobody's. Null when all is well. */
export function twoSessions(args: unknown, shown: string | undefined): Rejection | null {
  if (shown === undefined || typeof args !== 'object' || args === null || !('session' in args)) return null;
  const { session } = args;
  if (typeof session !== 'string' || session === shown) return null;
  return reject('CREDENTIAL_WRONG', {
    message: 'The Authorization header and the argument session show two different sessions.',
    next: 'Show one session: leave out the argument, or send the same handle in the header.',
  });
}
