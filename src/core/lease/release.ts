// Give back, only by the token that holds. One release ends the lease; each lease is a group of its own with whoever is
// next in its line, so nothing waits for the rest of the call.

import type { LeaseRef, ReleaseCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Answer, Promotion, RefusedLease } from '../reply.ts';
import type { LeaseRow, RequestRow, SessionRow } from '../rows.ts';
import { endLease, endLeasesInTurn } from './end.ts';
import { heldLease, isRefused } from './lease-facts.ts';
import { refuseAll, tooManyLeases } from './refuse-all.ts';

export function release(ledger: Ledger, command: ReleaseCommand, session: SessionRow): Answer {
  if (command.leases === 'all') return releaseAll(ledger, session);
  const tooMany = tooManyLeases(command.leases);
  if (tooMany !== null) return tooMany;
  const refused: RefusedLease[] = [];
  const released: LeaseRow[] = [];
  const promoted: Promotion[] = [];
  for (const ref of command.leases) {
    const result = heldLease(ledger.state, ref, session.sessionId);
    if (isRefused(result)) refused.push(result);
    else {
      promoted.push(...endLease(ledger, result, { how: 'released', why: 'released' }));
      released.push(result);
    }
  }
  if (released.length === 0) return refuseAll('released', refused);
  return { op: 'release', released: released.map(refOf), refused, promoted, more: false };
}

/**
 * The repeat of a release. Each lease is a group of its own and an append may be cut between groups, so whatever the request
 * did not get to is released now.
 */
export function repeatRelease(ledger: Ledger, command: ReleaseCommand, row: RequestRow): Answer {
  const done = new Set(row.leases.map((lease) => lease.token));
  const rest = restOf(ledger, command, row).filter((ref) => !done.has(ref.token));
  const released: LeaseRow[] = [];
  const refused: RefusedLease[] = [];
  for (const ref of rest) {
    const result = heldLease(ledger.state, ref, row.sessionId ?? '');
    if (isRefused(result)) refused.push(result);
    else released.push(result);
  }
  const { ended, promoted } = endLeasesInTurn(ledger, released, { how: 'released', why: 'released' });
  return { op: 'release', released: [...row.leases, ...ended].map(refOf), refused, promoted, more: false };
}

/** What was named, or held, when the request was first made. */
function restOf(ledger: Ledger, { leases }: ReleaseCommand, row: RequestRow): readonly LeaseRef[] {
  if (leases !== 'all') return leases;
  return [...ledger.state.leases.in('session', row.sessionId ?? '')]
    .filter((lease) => lease.token < row.seq)
    .map(refOf);
}

function releaseAll(ledger: Ledger, session: SessionRow): Answer {
  const held: LeaseRow[] = [];
  for (const lease of ledger.state.leases.in('session', session.sessionId)) {
    if (held.push(lease) >= LIMITS.releasesPerDecision) break;
  }
  if (held.length === 0) rememberNothing(ledger, session);
  const more = ledger.state.leases.countIn('session', session.sessionId) > held.length;
  const { ended, promoted } = endLeasesInTurn(ledger, held, { how: 'released', why: 'released' });
  return { op: 'release', released: ended.map(refOf), refused: [], promoted, more };
}

/**
 * There was nothing to release, and a copy of the call that arrives later must not release what was granted meanwhile: the
 * call is activity, and carries the mark by which the copy is recognised.
 */
function rememberNothing(ledger: Ledger, { agentId, sessionId }: SessionRow): void {
  ledger.emit({ type: 'session.active', agentId, sessionId, noticesSeen: 0 });
}

function refOf({ resource, token }: LeaseRef): { readonly resource: string; readonly token: number } {
  return { resource, token };
}
