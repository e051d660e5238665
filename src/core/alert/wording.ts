// How alerts name many: the first ones, and how many more there are. What stands in an event has a bound.

import { oneLine } from '../view/one-line.ts';

/** Names in a sentence. */
const NAMED = 3;
/** Names that an alert carries. */
export const LISTED = 32;
const RESOURCE_LENGTH = 300;
/** Characters of a sentence. */
export const TEXT_LENGTH = 1_200;

/** `ana`, `ana and bo`, `ana, bo and cy`, `ana, bo, cy and 4 more`. Of `count` in all only some may be known by name. */
export function named(names: readonly string[], count = names.length): string {
  const first = names.slice(0, NAMED);
  const rest = count - first.length;
  const parts = rest > 0 ? [...first, `${rest} more`] : first;
  const [last = '', ...before] = parts.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}

/** Each once, as many as an alert carries. */
export function listed(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].slice(0, LISTED);
}

/** A sentence on one line, within its bound. */
export function sentence(text: string): string {
  return oneLine(text, TEXT_LENGTH);
}

/** A resource in a sentence. Whoever is shown it reads it as seen from its worktree. */
export function inWords(resource: string): string {
  return resource.length <= RESOURCE_LENGTH ? resource : `${resource.slice(0, RESOURCE_LENGTH - 1)}…`;
}
