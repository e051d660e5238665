// Incidents as plain data for a caller: the published field names, durations in place of instants, and resources as the caller
// sees them.

import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type { IncidentView, PartyView } from '../../core/view/incident-views.ts';
import { seenFrom } from './seen-names.ts';

export type SpokenIncident = ReturnType<typeof spokenIncident>;

export function spokenIncident(view: IncidentView, worktree: string) {
  const { line, row, alerts, parties, leases, tickets, head, leftOut } = view;
  const spoken = {
    incident: line,
    notes: row.notes.map(({ seq, wallAt: at, by, text }) => ({ seq, at, by, text })),
    alerts: alerts.map(({ alert, code, severity, text, next, openedWallAt: openedAt, told, acknowledged, closed }) => ({
      alert,
      code,
      severity,
      text,
      next,
      openedAt,
      told,
      acknowledgedBy: acknowledged?.by ?? null,
      closed: closed === null ? null : { at: closed.wallAt, why: closed.why },
    })),
    agents: parties.map((party) => spokenParty(party, head.at)),
    locks: leases.map(({ resource, mode, agentId, token, grantedAt, reason }) => {
      return { resource, mode, agentId, token, heldForMs: Math.max(0, head.at - grantedAt), reason };
    }),
    waits: tickets.map(({ ticket, agentId, resources, mode, queuedAt, reason }) => {
      return { ticket, agentId, resources, mode, waitedMs: Math.max(0, head.at - queuedAt), reason };
    }),
    leftOut: { agents: leftOut.parties, locks: leftOut.leases, waits: leftOut.tickets },
  };
  return seenFrom(worktree).data(spoken) as typeof spoken;
}

function spokenParty({ sessions, ...agent }: PartyView, at: number) {
  return {
    ...agent,
    sessions: sessions.map(
      ({ activeAt, ended, presence, processes, sessionId, client, transport, state, openedAt }) => ({
        sessionId,
        client,
        transport,
        state,
        alive: presence,
        openedAt,
        idleForMs: Math.max(0, at - activeAt),
        endedWhy: ended?.why ?? null,
        processes: processes.map(({ pid, kind, host }) => ({ pid, kind, host })),
      }),
    ),
  };
}

/** The number of an incident, as a caller wrote it. */
export function incidentNumber(text: string | undefined): number | Rejection {
  const number = /^\d{1,12}$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 ? number : unknownIncident(text ?? '');
}

function unknownIncident(incident: number | string): Rejection {
  const shown = String(incident).slice(0, 40);
  return reject('UNKNOWN_INCIDENT', {
    message: `There is no incident ${shown}.`,
    next: 'Look at those there are: brigade incident list, or GET /v1/incidents.',
    details: { incident: shown },
  });
}

/** What stands there, or that there is nothing. */
export function foundIncident<T>(found: T | Rejection | null, incident: number): T | Rejection {
  return isRejection(found) ? found : (found ?? unknownIncident(incident));
}
