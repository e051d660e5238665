// What a script learns from the exit code alone. One table, from the category of a rejection, with the few codes that say
// more than their category does.

import { type Rejection, type RejectionCategory, type RejectionCode, reject } from '../../core/rejection.ts';

export const EXIT = {
  done: 0,
  /** A fault of ours, something that does not exist, or a finding of `doctor`. */
  fault: 1,
  usage: 2,
  denied: 3,
  /** Held by somebody else, still in line, or too much at once: later it may work. */
  contended: 4,
  deadlock: 5,
  staleToken: 6,
  paused: 7,
  unavailable: 8,
} as const;

const BY_CATEGORY: Readonly<Record<RejectionCategory, number>> = {
  invalid: EXIT.usage,
  gone: EXIT.fault,
  denied: EXIT.denied,
  missing: EXIT.fault,
  contended: EXIT.contended,
  stale: EXIT.staleToken,
  limit: EXIT.contended,
  unavailable: EXIT.unavailable,
  fault: EXIT.fault,
};

const BY_CODE: Readonly<Partial<Record<RejectionCode, number>>> = {
  WAIT_ABORTED_DEADLOCK: EXIT.deadlock,
  AGENT_PAUSED: EXIT.paused,
  TOO_MANY_RESOURCES: EXIT.usage,
  TOO_LARGE: EXIT.usage,
  REQUEST_REUSED: EXIT.usage,
};

export function exitCodeOf(rejection: Pick<Rejection, 'code' | 'category'>): number {
  return BY_CODE[rejection.code] ?? BY_CATEGORY[rejection.category];
}

/** Of a call that was refused for some leases and done for others: the first refusal tells. */
export function exitCodeOfRefused(refused: readonly { readonly code: RejectionCode }[]): number {
  const [first] = refused;
  return first === undefined ? EXIT.done : exitCodeOf(reject(first.code, { message: '', next: '' }));
}
