// Refusals that the log should know: who asked in vain for what somebody holds, and who came with a token that no longer
// holds. At most one for each session, resource and code in a minute, however often it asks.

import type { Command } from '../command.ts';
import { retryCycle } from '../deadlock/retry.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { Rejection } from '../rejection.ts';
import type { SessionRow } from '../rows.ts';
import { refusalKey } from './refusal-key.ts';

export interface Refusal {
  readonly code: string;
  readonly resource: string;
  /** Sessions in the way. */
  readonly blockers: readonly string[];
}

/** Logs the refusal, unless the same was logged within the minute. It is no effect of the request and not remembered as one. */
export function noteRefusal(ledger: Ledger, session: SessionRow, { code, resource, blockers }: Refusal): void {
  const known = ledger.state.refusals.get(refusalKey(session.sessionId, resource, code));
  if (known !== undefined && known.at + LIMITS.retryEdgeMs > ledger.at) return;
  const write = (): void => {
    const { agentId, sessionId } = session;
    ledger.emit({ type: 'request.refused', agentId, sessionId, resource, code, blockers: [...new Set(blockers)] });
    if (code === 'LEASE_HELD') noteSuspicion(ledger, sessionId);
  };
  ledger.marked(null, () => ledger.group(write));
}

/** A token that does not hold, shown by somebody who may believe that it does: worth knowing afterwards. */
export function noteStale(ledger: Ledger, session: SessionRow, command: Command, rejection: Rejection): void {
  if (rejection.code !== 'TOKEN_STALE' && rejection.code !== 'NOT_HOLDER') return;
  const resource = resourceOf(command);
  if (resource !== null) noteRefusal(ledger, session, { code: rejection.code, resource, blockers: [] });
}

function noteSuspicion(ledger: Ledger, sessionId: string): void {
  const cycle = retryCycle(ledger.state, sessionId, ledger.at);
  if (cycle === null) return;
  const agents = cycle.map((each) => ledger.state.sessions.get(each)?.agentId ?? each);
  ledger.emit({ type: 'deadlock.suspected', sessions: cycle, agents });
}

function resourceOf(command: Command): string | null {
  switch (command.op) {
    case 'renew':
      return command.leases[0]?.resource ?? null;
    case 'release':
      return command.leases === 'all' ? null : (command.leases[0]?.resource ?? null);
    case 'hand_off':
      return command.resource;
    case 'put_state':
      return 'token' in command.condition ? command.condition.resource : null;
    default:
      return null;
  }
}
