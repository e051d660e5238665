// Histories and logs written by hand, for tests of what judges them. Times are milliseconds; each call is heard 10 ms after it was
// sent unless it says otherwise.

import type { FleetEvent, Mode } from '../../../src/core/event.ts';
import type { RejectionCode } from '../../../src/core/rejection.ts';
import { reject } from '../../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../../src/core/reply.ts';
import { type Ask, type Call, type Cut, type History, NEVER, type Read } from '../history.ts';

export const LOCK = 'task:a';

interface When {
  readonly heardMs?: number;
  /** How long the leases of the answer may be believed in. */
  readonly safeForMs?: number;
  readonly id?: string;
}

let made = 0;

export function call(by: string, sentMs: number, ask: Ask, answer: Answer | null, when: When = {}): Call {
  made += 1;
  const heardMs = answer === null ? NEVER : (when.heardMs ?? sentMs + 10);
  const tokens = answer !== null && 'leases' in answer && Array.isArray(answer.leases) ? answer.leases : [];
  const safeForMs = Object.fromEntries(
    (tokens as AcquireReply['leases']).map(({ token }) => [token, when.safeForMs ?? 1_000_000]),
  );
  const requestId = when.id ?? `r${made}`;
  return { by, requestId, ask, sentMs, triedMs: sentMs, heardMs, tries: 1, answer, waitedMs: 0, safeForMs };
}

export function refused(code: RejectionCode, details: Readonly<Record<string, unknown>> = {}): Answer {
  return reject(code, { message: 'no', next: 'nothing', details });
}

export function acquireAsk(resources: readonly string[] = [LOCK], mode: Mode = 'exclusive', waitMs = 0): Ask {
  return { op: 'acquire', resources, mode, waitMs, ttlMs: 2_000, reason: '', priority: 0 };
}

function granted(token: number, mode: Mode = 'exclusive', resource = LOCK): AcquireReply {
  const lease = { resource, mode, token, expiresAt: 0, guarded: false, wanted: false };
  const rest = { refused: [], ticket: null, position: null, blockedBy: [], parkedUntil: null, offeredUntil: null };
  return { op: 'acquire', status: 'granted', leases: [lease], ...rest };
}

export function queued(ticket: string): AcquireReply {
  return { ...granted(0), status: 'queued', leases: [], ticket };
}

export function acquire(by: string, sentMs: number, token: number, when: When & { readonly mode?: Mode } = {}): Call {
  const { mode = 'exclusive' } = when;
  return call(by, sentMs, acquireAsk([LOCK], mode), granted(token, mode), when);
}

export function release(by: string, sentMs: number, token: number, when: When = {}): Call {
  const leases = [{ resource: LOCK, token }];
  const answer: Answer = { op: 'release', released: leases, refused: [], promoted: [], more: false };
  return call(by, sentMs, { op: 'release', leases }, answer, when);
}

export function check(by: string, sentMs: number, token: number, holds: boolean): Call {
  const answer: Answer = { op: 'check', holds, holder: null, currentToken: null, lease: null };
  return call(by, sentMs, { op: 'check', resource: LOCK, token }, answer);
}

export function put(by: string, sentMs: number, value: number, ifVersion: number, version: number | null): Call {
  const ask: Ask = { op: 'put_state', key: 'k', value, condition: { ifVersion } };
  return call(by, sentMs, ask, version === null ? null : { op: 'put_state', key: 'k', version });
}

export function historyOf(
  calls: readonly Call[],
  more: { readonly reads?: readonly Read[]; readonly cuts?: readonly Cut[] } = {},
): History {
  const sessions = new Map(calls.map(({ by }) => [by, `s-${by}`]));
  return { calls, reads: more.reads ?? [], cuts: more.cuts ?? [], sessions };
}

/** Events in order, numbered from 1, of one moment unless they say another; `by` is an agent, whose session is `s-` and its name. */
export function logOf(
  rows: readonly { readonly type: string; readonly by?: string; readonly [fact: string]: unknown }[],
): readonly FleetEvent[] {
  return rows.map(({ by, ...row }, i) => {
    const who = by === undefined ? {} : { agentId: by, sessionId: `s-${by}` };
    const token = row.type === 'lease.granted' ? { token: i + 1 } : {};
    return {
      seq: i + 1,
      at: 0,
      wallAt: '',
      version: 1,
      actor: 'x',
      requestId: `r${i}`,
      ...who,
      ...token,
      ...row,
    } as never;
  });
}

export function grantRow(by: string, more: Readonly<Record<string, unknown>> = {}): { type: string; by: string } {
  return {
    type: 'lease.granted',
    by,
    resource: LOCK,
    mode: 'exclusive',
    ttlMs: 1,
    path: 'free',
    ticket: null,
    replaces: null,
    ...more,
  } as never;
}

export function queueRow(
  by: string,
  ticket: string,
  more: Readonly<Record<string, unknown>> = {},
): { type: string; by: string } {
  return { type: 'lease.queued', by, ticket, resources: [LOCK], mode: 'exclusive', ...more } as never;
}

export function releaseRow(by: string, token: number): { type: string; by: string } {
  return { type: 'lease.released', by, resource: LOCK, token, why: 'released' } as never;
}
