// How one client speaks to hooks, and what it understands. Pure: from its input to a call in our words, and from our answer
// to its output. Read from the vendors' documents; docs/clients says what was seen of each.

import type { HookAnswer, HookCall } from '../../app/hook/hook-call.ts';
import type { Fields } from './input.ts';

/** What a hook gives back. */
export interface HookOutput {
  /** As JSON on stdout, or as the answer over HTTP. */
  readonly json: Fields;
  /** For people, where the JSON of the client has no place for it. */
  readonly stderr: string | null;
}

export interface Dialect {
  /** Its name in normal form. */
  readonly client: string;
  /** Whatever is sent; what is not understood is a call of no concern. */
  readonly callOf: (input: Fields) => HookCall;
  readonly outputOf: (answer: Said, input: Fields, call: HookCall) => HookOutput;
}

/** An answer in which it is decided what becomes of a fault: `warning` is for the person at the client. */
export type Said =
  | { readonly kind: 'allow'; readonly note: string | null; readonly warning: string | null }
  | { readonly kind: 'deny' | 'ask'; readonly reason: string };

/** Nothing to say: the client goes on as it would without us. */
export const NOTHING: HookOutput = { json: {}, stderr: null };

/** What becomes of the answer to `call`; `fail` is said on the command line and goes before policy. */
export function saidOf(answer: HookAnswer, call: HookCall, fail: 'open' | 'closed' | null): Said {
  if (answer.kind === 'allow') return { ...answer, warning: null };
  if (answer.kind !== 'fault') return answer;
  const isClosed = (fail ?? answer.onFault ?? 'open') === 'closed';
  const isEdit = call.moment.kind === 'before';
  if (isClosed && isEdit)
    return {
      kind: 'deny',
      reason: `Brigade cannot say whether this edit is free, so it was refused (fail closed). ${answer.message}`,
    };
  const what = isEdit ? 'cannot say whether this edit is free, so it goes ahead (fail open).' : 'was not told of this.';
  return { kind: 'allow', note: null, warning: `Brigade ${what} ${answer.message}` };
}
