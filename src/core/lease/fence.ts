// Does this token still hold? Anybody may ask; a holder that asks uses its lease, unless it is paused.

import type { CheckCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import type { CheckReply } from '../reply.ts';
import type { SessionRow } from '../rows.ts';
import { isActing } from '../session/presence.ts';
import { leasesOn } from './conflict.ts';
import { leaseFacts } from './lease-facts.ts';
import { useIfDue } from './renew.ts';

export function check(ledger: Ledger, command: CheckCommand, session: SessionRow | null): CheckReply {
  const lease = ledger.state.leases.get(String(command.token));
  const isLive = lease !== undefined && ledger.state.sessions.get(lease.sessionId)?.state === 'live';
  const holds = isLive && lease.resource === command.resource;
  if (holds && lease.sessionId === session?.sessionId && isActing(ledger.state, session)) useIfDue(ledger, command);
  const current = holds ? lease : currentHolder(ledger, command.resource);
  const after = holds ? ledger.state.leases.get(String(command.token)) : undefined;
  return {
    op: 'check',
    holds,
    holder: current === undefined ? null : { agentId: current.agentId, sessionId: current.sessionId },
    currentToken: current?.token ?? null,
    lease: after === undefined ? null : leaseFacts(ledger.state, after),
  };
}

/** The newest lease on exactly this key, else the newest that covers or overlaps it. */
function currentHolder(
  ledger: Ledger,
  resource: string,
): { agentId: string; sessionId: string; token: number } | undefined {
  const held = [...leasesOn(ledger.state, resource)].toSorted((a, b) => b.token - a.token);
  return held.find((lease) => lease.resource === resource) ?? held[0];
}
