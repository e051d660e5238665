// What a request shows of who makes it. Whether it is true is decided where it is used: a handle by the log, a token by the
// command that needs it.

import type { Caller } from '../../core/command.ts';

/** Who an operator is to the core. */
export type Operator = Extract<Caller, { readonly kind: 'operator' }>;

/**
 * `Authorization: Bearer SECRET`: a session handle or the operator token, which look alike from here. Or the cookie of an
 * operator's browser, which stands for whoever started the server with `--open`.
 */
export type Credential = { readonly kind: 'none' } | { readonly kind: 'bearer'; readonly secret: string } | Operator;

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i;

/** Never an operator. Null for a header that says something else than a Bearer. */
export function credentialOf(authorization: string | null | undefined): Exclude<Credential, Operator> | null {
  if (authorization === null || authorization === undefined || authorization === '') return { kind: 'none' };
  const secret = BEARER.exec(authorization)?.[1];
  return secret === undefined ? null : { kind: 'bearer', secret };
}
