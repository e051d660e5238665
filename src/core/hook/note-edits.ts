// Somebody has edited. It happened, whoever held what: the fact says under which lease, and beside whose.

import type { NoteEditsCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { checkResources } from '../lease/acquire-limits.ts';
import { conflictingLeases, leasesOn } from '../lease/conflict.ts';
import { ownLease } from '../lease/line.ts';
import type { Ledger } from '../ledger.ts';
import type { Answer } from '../reply.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { done } from '../session/presence.ts';

/** `session` null: no session of the fleet is known to have done it. */
export function noteEdits(ledger: Ledger, command: NoteEditsCommand, session: SessionRow | null): Answer {
  const resources = [...new Set(command.resources)];
  const refused = checkResources({ ...command, resources, reason: '' });
  if (refused !== null) return refused;
  const { tool, label, via } = command;
  const by = session === null ? {} : { agentId: session.agentId, sessionId: session.sessionId };
  ledger.group(() => {
    for (const resource of resources) {
      const own = session === null ? null : leaseFor(ledger.state, session, resource);
      const beside = own === null ? besideOf(ledger.state, session, resource, command.beside) : null;
      const token = own === null ? {} : { token: own.token };
      ledger.emit({ type: 'file.edited', ...by, resource, ...token, tool, label, via, beside });
    }
  });
  return done(true);
}

/** The session's lease by which it may edit: on exactly this, or on what contains it. */
function leaseFor(state: FleetState, { sessionId }: SessionRow, resource: string): LeaseRow | null {
  const own = ownLease(state, sessionId, resource);
  if (own !== undefined) return own;
  for (const lease of leasesOn(state, resource)) if (lease.sessionId === sessionId) return lease;
  return null;
}

/** The token of somebody else who held it. */
function besideOf(
  state: FleetState,
  session: SessionRow | null,
  resource: string,
  then: NoteEditsCommand['beside'],
): number | null {
  if (then !== undefined) return then[resource] ?? null;
  const claim = { sessionId: session?.sessionId ?? '', resource, mode: 'exclusive' } as const;
  for (const { token } of conflictingLeases(state, claim)) return token;
  return null;
}
