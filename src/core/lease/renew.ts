// Extend, only by the token that holds. Each lease is treated on its own; the call fails only when all are refused.
// Renewing never shortens.

import type { LeaseRef, RenewCommand } from '../command.ts';
import { refuseGranting } from '../fleet/granting.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Answer, RefusedLease } from '../reply.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { checkRange } from './acquire-limits.ts';
import { activityStepMs } from './expiry.ts';
import { heldLease, isRefused, leaseFacts } from './lease-facts.ts';
import { refuseAll, tooManyLeases } from './refuse-all.ts';

export function renew(ledger: Ledger, command: RenewCommand, session: SessionRow): Answer {
  const outOfRange =
    command.ttlMs === null ? null : checkRange('ttlMs', command.ttlMs, LIMITS.ttlMinMs, LIMITS.ttlMaxMs);
  const invalid = outOfRange ?? tooManyLeases(command.leases) ?? refuseGranting(ledger.state, ledger.at);
  if (invalid !== null) return invalid;
  const refused: RefusedLease[] = [];
  const held: LeaseRow[] = [];
  for (const ref of command.leases) {
    const result = heldLease(ledger.state, ref, session.sessionId);
    if (isRefused(result)) refused.push(result);
    else held.push(result);
  }
  if (held.length === 0) return refuseAll('renewed', refused);
  ledger.group(() => {
    for (const lease of held) use(ledger, lease, Math.max(lease.ttlMs, command.ttlMs ?? 0));
  });
  const leases = held.map((lease) => leaseFacts(ledger.state, ledger.state.leases.get(String(lease.token)) ?? lease));
  return {
    op: 'acquire',
    status: 'renewed',
    leases,
    refused,
    ticket: null,
    position: null,
    blockedBy: [],
    parkedUntil: null,
    offeredUntil: null,
  };
}

/** Records that the lease itself was used now. */
function use(ledger: Ledger, lease: LeaseRow, ttlMs: number = lease.ttlMs): void {
  const { agentId, sessionId, resource, token } = lease;
  ledger.emit({ type: 'lease.renewed', agentId, sessionId, resource, token, ttlMs });
}

/** Records the use of a lease at most each quarter TTL: checks and guarded writes come in crowds. */
export function useIfDue(ledger: Ledger, ref: LeaseRef): void {
  const lease = ledger.state.leases.get(String(ref.token));
  // What a hook took is used by edits, and does not become another lease by being looked at.
  if (lease === undefined || lease.hook !== undefined) return;
  if (lease.usedAt + activityStepMs(lease.ttlMs) <= ledger.at) use(ledger, lease);
}
