// How a refusal is told: to a person on stderr, with what to do next; to a program as the one JSON document on stdout.

import type { Rejection } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenRejection } from '../../answer/spoken.ts';
import type { Screen } from './screen.ts';

const LENGTH = 2_000;

export function printRejection(
  screen: Screen,
  rejection: Rejection,
  options: { readonly json: boolean; readonly reader?: string | null },
): void {
  const spoken = options.reader == null ? rejection : spokenRejection(rejection, { at: 0, worktree: options.reader });
  if (options.json) {
    screen.out(JSON.stringify(spoken));
    return;
  }
  screen.err(
    `brigade: ${oneLine(spoken.message, LENGTH)} (${spoken.code})`,
    ...(spoken.next === '' ? [] : [`  ${oneLine(spoken.next, LENGTH)}`]),
  );
}

/** Before the arguments are understood: was JSON asked for? */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
