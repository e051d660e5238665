// A value as the log will have it. The one who handed it in may go on to change it, and what JSON does not keep would be there
// for this process alone: so what is decided on is the copy that everybody reads.

import { type Rejection, reject } from '../rejection.ts';
import { checkDepth } from './value-depth.ts';

/** What JSON keeps of `value`, or why it cannot be kept. `undefined` stays: there is no value. */
export function plainValue(value: unknown): { readonly value: unknown } | { readonly flaw: Rejection } {
  const flaw = checkDepth(value);
  if (flaw !== null) return { flaw };
  try {
    const text: string | undefined = JSON.stringify(value);
    return { value: text === undefined ? undefined : (JSON.parse(text) as unknown) };
  } catch (error) {
    return { flaw: noJson(String(error)) };
  }
}

function noJson(why: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `The value is no JSON: ${why.slice(0, 200)}.`,
    next: 'Give any JSON value; a large number fits as text.',
    details: { path: 'value' },
  });
}
