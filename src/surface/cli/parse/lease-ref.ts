// Leases as they are typed: `file:src/a.ts=812`, the form in which `acquire` prints them; or a resource alone with `--token`;
// or, under `brigade run`, a resource alone, whose token is in BRIGADE_TOKENS.

import type { LeaseRef } from '../../../core/command.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';

const WITH_TOKEN = /^(.+)=(\d{1,15})$/s;

export interface TokenSources {
  /** Value of `--token`. */
  readonly token?: number | undefined;
  /** Content of BRIGADE_TOKENS. */
  readonly tokens?: string | undefined;
}

/** The leases that `texts` name; or why one has no token. */
export function leaseRefs(texts: readonly string[], sources: TokenSources): readonly LeaseRef[] | Rejection {
  if (sources.token !== undefined && texts.length > 1) {
    return mistake('--token belongs to one resource; several were given.', 'Write each with its token: RES=TOKEN.');
  }
  const found: LeaseRef[] = [];
  for (const text of texts) {
    const ref = leaseRef(text, sources);
    if (isRejection(ref)) return ref;
    found.push(ref);
  }
  return found;
}

/** One lease. The token in the text counts before `--token`, and that before BRIGADE_TOKENS. */
export function leaseRef(text: string, sources: TokenSources): LeaseRef | Rejection {
  const [, resource, token] = WITH_TOKEN.exec(text) ?? [];
  if (resource !== undefined && token !== undefined) return { resource, token: Number(token) };
  if (sources.token !== undefined) return { resource: text, token: sources.token };
  const known = tokensOf(sources.tokens).find((each) => each.resource === text || each.resource === `file:${text}`);
  return known ?? noToken(text);
}

/** What `brigade run` put into BRIGADE_TOKENS; nothing for anything else. */
function tokensOf(text: string | undefined): readonly LeaseRef[] {
  if (text === undefined || text === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isLeaseRef) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isLeaseRef(value: unknown): value is LeaseRef {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'resource' in value && typeof value.resource === 'string' && 'token' in value && typeof value.token === 'number'
  );
}

function noToken(text: string): Rejection {
  return mistake(
    `${text.slice(0, 200)} needs its token: only the token proves that the lock is yours.`,
    'Write RES=TOKEN as acquire printed it, or add --token N.',
  );
}

function mistake(message: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message, next });
}
