// Whether this fleet may grant at all. After a log was lost, or when an invariant is broken, nothing new is granted;
// reading, releasing and revoking go on.

import type { FleetState } from '../fleet-state.ts';
import { type Rejection, reject } from '../rejection.ts';

/** True unless granting rests. */
export function isGranting(state: FleetState): boolean {
  return state.fleet !== null && state.fleet.suspended === null;
}

/** Why nothing is granted now, or null. */
export function refuseGranting(state: FleetState, at: number): Rejection | null {
  const suspended = state.fleet?.suspended;
  if (suspended == null) return null;
  const retryAfterMs = suspended.until === null ? null : Math.max(1, suspended.until - at);
  const goesOn =
    retryAfterMs === null
      ? 'An operator must look: brigade doctor, then brigade store repair.'
      : `Granting goes on by itself in ${Math.ceil(retryAfterMs / 1000)} s, when the longest belief handed out is over; an operator may say so earlier with brigade store repair.`;
  return reject(suspended.code, {
    message: `Nothing is granted since ${suspended.sinceWallAt}: ${suspended.why}.`,
    next: `${goesOn} Reading, releasing and revoking work meanwhile.`,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    details: { sinceAt: suspended.sinceWallAt },
  });
}
