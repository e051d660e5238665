// Every way in which Brigade says no, in one place. A rejection is a value, never thrown: it names what is wrong, what
// to do next, and whether trying again can help.

import { oneLine } from './view/one-line.ts';

export type RejectionCategory =
  | 'invalid'
  | 'gone'
  | 'denied'
  | 'missing'
  | 'contended'
  | 'stale'
  | 'limit'
  | 'unavailable'
  | 'fault';

/** May the same call succeed later: `never` as it is, `now` at once, `afterWait` after a while. */
export type Retry = 'never' | 'now' | 'afterWait';

const CODES = {
  INVALID_ARGUMENT: ['invalid', 'never'],
  INVALID_ID: ['invalid', 'never'],
  INVALID_RESOURCE: ['invalid', 'never'],
  PATH_OUTSIDE_WORKSPACE: ['invalid', 'never'],
  POLICY_INVALID: ['invalid', 'never'],
  HISTORY_TRUNCATED: ['gone', 'never'],
  CREDENTIAL_REQUIRED: ['denied', 'never'],
  CREDENTIAL_WRONG: ['denied', 'never'],
  NOT_HOLDER: ['denied', 'never'],
  NOT_ADDRESSEE: ['denied', 'never'],
  OPERATOR_REQUIRED: ['denied', 'never'],
  AGENT_PAUSED: ['denied', 'never'],
  AGENT_ARCHIVED: ['denied', 'never'],
  AGENT_RETIRED: ['denied', 'never'],
  NOT_SAFE: ['denied', 'afterWait'],
  UNKNOWN_AGENT: ['missing', 'never'],
  UNKNOWN_TICKET: ['missing', 'never'],
  UNKNOWN_OFFER: ['missing', 'never'],
  UNKNOWN_CHECKIN: ['missing', 'never'],
  UNKNOWN_KEY: ['missing', 'never'],
  UNKNOWN_INCIDENT: ['missing', 'never'],
  UNKNOWN_ALERT: ['missing', 'never'],
  UNKNOWN_ROUTE: ['missing', 'never'],
  METHOD_NOT_ALLOWED: ['missing', 'never'],
  LEASE_HELD: ['contended', 'afterWait'],
  WAIT_TIMED_OUT: ['contended', 'now'],
  WAIT_ABORTED_DEADLOCK: ['contended', 'afterWait'],
  ID_TAKEN: ['contended', 'never'],
  VERSION_MISMATCH: ['contended', 'now'],
  REQUEST_REUSED: ['contended', 'never'],
  TOKEN_STALE: ['stale', 'never'],
  OFFER_LAPSED: ['stale', 'never'],
  QUEUE_FULL: ['limit', 'afterWait'],
  TOO_MANY_RESOURCES: ['limit', 'never'],
  TOO_LARGE: ['limit', 'never'],
  RATE_LIMITED: ['limit', 'afterWait'],
  BUSY: ['limit', 'afterWait'],
  STORE_UNAVAILABLE: ['unavailable', 'afterWait'],
  STORE_DAMAGED: ['unavailable', 'never'],
  STORE_REGRESSED: ['unavailable', 'afterWait'],
  STORE_VERSION: ['unavailable', 'never'],
  STORE_UNSAFE: ['unavailable', 'never'],
  STORE_MOVED: ['unavailable', 'never'],
  INVARIANT_BROKEN: ['unavailable', 'never'],
  INTERNAL: ['fault', 'never'],
} as const satisfies Record<string, readonly [RejectionCategory, Retry]>;

export type RejectionCode = keyof typeof CODES;

/** Every code there is, in the order of the published table. */
export const REJECTION_CODES = Object.keys(CODES) as readonly RejectionCode[];

export interface Rejection {
  readonly code: RejectionCode;
  readonly category: RejectionCategory;
  /** One plain sentence: what is wrong. */
  readonly message: string;
  /** What the caller can do now. */
  readonly next: string;
  readonly retry: Retry;
  readonly retryAfterMs?: number;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RejectionParts {
  readonly message: string;
  readonly next: string;
  readonly retryAfterMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Builds a rejection; category and retry advice follow from the code. */
export function reject(code: RejectionCode, parts: RejectionParts): Rejection {
  const [category, retry] = CODES[code];
  const [message, next] = [sentence(parts.message), sentence(parts.next)];
  const base = { code, category, message, next, retry, details: parts.details ?? {} };
  return parts.retryAfterMs === undefined ? base : { ...base, retryAfterMs: parts.retryAfterMs };
}

/** What is quoted in it was written by somebody else, and it is shown on terminals, in answers of hooks and to other agents. */
function sentence(text: string): string {
  return UNPRINTED.test(text) ? oneLine(text, text.length) : text;
}

const UNPRINTED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Tells a rejection from any reply. */
export function isRejection(answer: unknown): answer is Rejection {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'category' in answer && 'retry' in answer;
}
