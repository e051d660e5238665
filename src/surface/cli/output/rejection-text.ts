// How a refusal is told: to a person on stderr, with what to do next; to a program as the one JSON document on stdout.

import type { Rejection, RejectionCode } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Screen } from './screen.ts';

const LENGTH = 2_000;

/** Where the words of the core are those of a program: what a person types instead. */
const NEXT_TO_TYPE: Readonly<Partial<Record<RejectionCode, string>>> = {
  LEASE_HELD: 'Stand in line for it with --wait 30s, or work on something else meanwhile.',
  CREDENTIAL_REQUIRED: 'Take a lock first: `brigade acquire` opens a session for your shell.',
  CREDENTIAL_WRONG: 'Look at BRIGADE_SESSION and BRIGADE_OPERATOR_TOKEN: without them you act for your own shell.',
};

/** `lines` say more to a person, between what is wrong and what to do. Instants in the details are spoken already. */
export function printRejection(
  screen: Screen,
  rejection: Rejection,
  options: { readonly json: boolean; readonly reader?: string | null; readonly lines?: readonly string[] },
): void {
  const names = seenFrom(options.reader ?? '');
  const message = names.text(rejection.message);
  if (options.json) {
    const details = names.data(rejection.details);
    screen.out(JSON.stringify({ ...rejection, message, next: names.text(rejection.next), details }));
    return;
  }
  const next = NEXT_TO_TYPE[rejection.code] ?? names.text(rejection.next);
  screen.err(
    `brigade: ${oneLine(message, LENGTH)} (${rejection.code})`,
    ...(options.lines ?? []),
    ...(next === '' ? [] : [`  ${oneLine(next, LENGTH)}`]),
  );
}

/** Before the arguments are understood: was JSON asked for? */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
