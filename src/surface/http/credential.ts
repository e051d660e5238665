// What a request shows of who makes it. Whether it is true is decided where it is used: a handle by the log, a token by the
// command that needs it.

/** `Authorization: Bearer SECRET`: a session handle or the operator token, which look alike from here. */
export type Credential = { readonly kind: 'none' } | { readonly kind: 'bearer'; readonly secret: string };

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i;

/** Null for a header that says something else than a Bearer. */
export function credentialOf(authorization: string | null | undefined): Credential | null {
  if (authorization === null || authorization === undefined || authorization === '') return { kind: 'none' };
  const secret = BEARER.exec(authorization)?.[1];
  return secret === undefined ? null : { kind: 'bearer', secret };
}
