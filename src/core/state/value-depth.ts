// How deep a value is nested. Walked without recursion, because that is what a value too deep for it would break.

import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';

/** Why a value cannot be kept by its shape; null when it can. Asked before anything else walks it. */
export function checkDepth(value: unknown): Rejection | null {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= LIMITS.stateValueDepth; depth += 1) {
    level = level.flatMap(membersOf);
    if (level.length === 0) return null;
  }
  return reject('TOO_LARGE', {
    message: `The value is nested deeper than ${LIMITS.stateValueDepth} levels.`,
    next: 'Keep deep data in a file and store its name.',
  });
}

function membersOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
