// Answers over HTTP: what a seat or a view said, as JSON with the published field names, or the problem in its place.

import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import { hasher, packageVersion } from '../../../compose.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { Reply } from '../../../core/reply.ts';
import { type Presences, type Replied, spokenNotices, spokenRejection } from '../../answer/spoken.ts';
import { problem } from '../problem.ts';
import type { HttpContext } from './operation.ts';

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

export function json(body: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...JSON_HEADERS, ...headers } });
}

/** `speak` for a reply, a problem otherwise; with the notices of the call in both. */
export function told<R extends Reply>(
  outcome: SeatOutcome<R>,
  speak: (replied: Replied<R>) => object,
  { presences, status = 200 }: { readonly presences?: Presences; readonly status?: number } = {},
): Response {
  const { answer } = outcome;
  const notices = spokenNotices(outcome);
  if (isRejection(answer)) return problem(spokenRejection(answer, outcome, presences), { notices });
  return json({ ...speak({ ...outcome, answer }), notices }, status);
}

/** A refusal with names as `worktree` sees them. */
export function refused(rejection: Rejection, worktree: string): Response {
  return problem(spokenRejection(rejection, { at: 0, worktree }));
}

/** May be kept, and is asked for again each time; another credential may see other names. */
const VIEW_HEADERS = { 'cache-control': 'private, no-cache', vary: 'authorization' };

/**
 * A view with its strong ETag: that of its content, unless `tag` names it better. 304 for whoever has it already. One of the
 * past says which moment it shows; that moment is its ETag, for what happened does not change.
 */
export function viewed(c: HttpContext, body: object, tag?: string): Response {
  const asOf = c.get('past')?.asOf ?? null;
  if (asOf === null) return kept(c, JSON.stringify(body), 'application/json', tag);
  const shown = kept(c, JSON.stringify(body), 'application/json', `${packageVersion()}-at-${asOf.seq}`);
  shown.headers.set('brigade-as-of-seq', String(asOf.seq));
  shown.headers.set('brigade-as-of', asOf.wallAt);
  return shown;
}

/** A text that its reader may keep, and asks for again by its ETag. */
export function kept(c: HttpContext, text: string, type: string, tag?: string): Response {
  const etag = `"${tag ?? hasher.sha256Hex(text).slice(0, 32)}"`;
  const headers = { ...VIEW_HEADERS, etag };
  if (isKnown(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, 'content-type': type } });
}

/** By the weak comparison, as RFC 9110 wants it for If-None-Match. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}
