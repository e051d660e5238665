// What somebody is about to do, before it is done.

import type { Act } from './act.ts';

export interface Draft {
  readonly reason: string;
  /** One of the options of the act's choice. */
  readonly chosen: string | null;
  /** Sent again after a lost answer, it is still one act. */
  readonly key: string;
  /** An answer was lost: it may be done already, so it must not be changed before the server said. */
  readonly isUnsure: boolean;
}

/** A page that is not on this host may have no `crypto.randomUUID`. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What is sent. */
export function bodyOf(
  { body = {}, reasonMember = 'reason', choice }: Act,
  { reason, chosen }: Pick<Draft, 'reason' | 'chosen'>,
): Readonly<Record<string, unknown>> {
  return {
    ...body,
    ...(choice === undefined || chosen === null ? {} : { [choice.member]: chosen }),
    [reasonMember]: reason.trim(),
  };
}
