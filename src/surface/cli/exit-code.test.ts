import { describe, expect, it } from 'vitest';
import { REJECTION_CODES, reject } from '../../core/rejection.ts';
import { exitCodeOf } from './exit-code.ts';

describe('exitCodeOf', () => {
  it('gives every code the exit code that is published for it', () => {
    const table = Object.fromEntries(
      REJECTION_CODES.map((code) => [code, exitCodeOf(reject(code, { message: '', next: '' }))]),
    );
    expect(table).toEqual({
      INVALID_ARGUMENT: 2,
      INVALID_ID: 2,
      INVALID_RESOURCE: 2,
      PATH_OUTSIDE_WORKSPACE: 2,
      POLICY_INVALID: 2,
      HISTORY_TRUNCATED: 1,
      CREDENTIAL_REQUIRED: 3,
      CREDENTIAL_WRONG: 3,
      NOT_HOLDER: 3,
      NOT_ADDRESSEE: 3,
      OPERATOR_REQUIRED: 3,
      AGENT_PAUSED: 7,
      AGENT_ARCHIVED: 3,
      AGENT_RETIRED: 3,
      NOT_SAFE: 3,
      UNKNOWN_AGENT: 1,
      UNKNOWN_TICKET: 1,
      UNKNOWN_OFFER: 1,
      UNKNOWN_CHECKIN: 1,
      UNKNOWN_KEY: 1,
      UNKNOWN_INCIDENT: 1,
      UNKNOWN_ALERT: 1,
      UNKNOWN_ROUTE: 1,
      METHOD_NOT_ALLOWED: 1,
      LEASE_HELD: 4,
      WAIT_TIMED_OUT: 4,
      WAIT_ABORTED_DEADLOCK: 5,
      ID_TAKEN: 4,
      VERSION_MISMATCH: 4,
      REQUEST_REUSED: 2,
      TOKEN_STALE: 6,
      OFFER_LAPSED: 6,
      QUEUE_FULL: 4,
      TOO_MANY_RESOURCES: 2,
      TOO_LARGE: 2,
      RATE_LIMITED: 4,
      BUSY: 4,
      STORE_UNAVAILABLE: 8,
      STORE_DAMAGED: 8,
      STORE_REGRESSED: 8,
      STORE_VERSION: 8,
      STORE_UNSAFE: 8,
      STORE_MOVED: 8,
      INVARIANT_BROKEN: 8,
      INTERNAL: 1,
    });
  });
});
