// A rejection over HTTP: `application/problem+json` (RFC 9457), with our code and what to do next beside the standard members.

import type { Rejection } from '../../core/rejection.ts';

const STATUS: Readonly<Record<Rejection['category'], number>> = {
  invalid: 400,
  gone: 410,
  denied: 403,
  missing: 404,
  contended: 409,
  stale: 412,
  limit: 429,
  unavailable: 503,
  fault: 500,
};

/** The HTTP status of a rejection. */
export function statusOf({ code, category }: Pick<Rejection, 'code' | 'category'>): number {
  if (code === 'CREDENTIAL_REQUIRED') return 401;
  if (code === 'METHOD_NOT_ALLOWED') return 405;
  if (code === 'TOO_LARGE') return 413;
  return STATUS[category];
}

/** The answer that tells `rejection`. */
export function problem(
  rejection: Rejection,
  extra: Readonly<Record<string, unknown>> = {},
  status = statusOf(rejection),
): Response {
  const { code, category, message, next, retry, retryAfterMs, details } = rejection;
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="brigade"');
  const body = {
    type: 'about:blank',
    title: code,
    status,
    detail: message,
    code,
    category,
    message,
    next,
    retry,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details,
    ...extra,
  };
  return new Response(JSON.stringify(body), { status, headers });
}
