// Incidents: as a list, open ones first and the newest first among them, and one of them with all that is known of it.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { leasesOn, ticketsOn } from '../lease/conflict.ts';
import type { IncidentRow, LeaseRow, SessionRow, TicketRow } from '../rows.ts';
import type { IncidentLine, IncidentView, PartySession, PartyView } from './incident-views.ts';
import { numberOfCursor, pageOf, rowLimit, VIEW_LIMITS } from './page.ts';
import type { Page, PresenceOf, Query } from './views.ts';

export function incidentsView(
  state: FleetState,
  at: Instant,
  { open = false, cursor, limit }: Extract<Query, { kind: 'incidents' }>,
): Page<IncidentLine> {
  const rows = [...(open ? state.incidents.in('open', 'open') : state.incidents.rows())].toSorted(
    (a, b) => rankOf(b) - rankOf(a),
  );
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : numberOfCursor(cursor);
  return pageOf(rows, {
    limit: rowLimit(limit),
    total: rows.length,
    isAfter: (row) => rankOf(row) < before,
    cursorOf: (row) => String(rankOf(row)),
    itemOf: (row) => lineOf(state, at, row),
  });
}

/** Null for a number that no incident has, or none any more. */
export function incidentView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  { incident, also = [] }: Extract<Query, { kind: 'incident' }>,
): IncidentView | null {
  const row = state.incidents.get(String(incident));
  if (row === undefined) return null;
  const { leases, tickets } = claimsOf(state, row);
  const others = [...[...leases, ...tickets].map(({ agentId }) => agentId), ...row.notes.map(({ by }) => by), ...also];
  const agents = [...new Set([...row.agents, ...others])];
  const [shown, rest] = cut(agents, VIEW_LIMITS.rows + also.length);
  const [shownLeases, moreLeases] = cut(leases);
  const [shownTickets, moreTickets] = cut(tickets);
  const { epoch, seq, wallAt } = state.position;
  return {
    line: lineOf(state, at, row),
    row,
    alerts: row.alerts.flatMap((alert) => state.alerts.get(String(alert)) ?? []),
    parties: shown.flatMap((agentId) => partyOf(state, presence, agentId) ?? []),
    leases: shownLeases,
    tickets: shownTickets,
    head: { epoch, seq, at, wallAt },
    leftOut: { parties: rest, leases: moreLeases, tickets: moreTickets },
  };
}

/** Open before closed, new before old; a cursor names a rank. */
function rankOf({ incident, closed }: IncidentRow): number {
  return incident + (closed === null ? OPEN_RANK : 0);
}

/** More than there will ever be incidents. */
const OPEN_RANK = 1e12;

function lineOf(state: FleetState, at: Instant, row: IncidentRow): IncidentLine {
  const { incident, title, severity, openedSeq, openedAt, openedWallAt, quietSince, closed, earlier, beside } = row;
  const [agents, moreAgents] = cut(row.agents, VIEW_LIMITS.namesPerIncident);
  const [resources, moreResources] = cut(row.resources, VIEW_LIMITS.namesPerIncident);
  return {
    incident,
    title,
    severity,
    state: closed !== null ? 'closed' : quietSince !== null ? 'quiet' : 'open',
    openedAt: openedWallAt,
    openedSeq,
    lastedMs: Math.max(0, (closed?.at ?? at) - openedAt),
    closed: closed === null ? null : { at: closed.wallAt, by: closed.by, how: closed.how, text: closed.text },
    alerts: row.alerts.length,
    openAlerts: row.alerts.filter((alert) => state.alerts.get(String(alert))?.closed === null).length,
    agents,
    resources,
    notes: row.notes.length,
    earlier,
    beside,
    leftOut: { agents: moreAgents, resources: moreResources },
  };
}

/** What its agents, and whoever is on its resources, hold and wait for. */
function claimsOf(state: FleetState, { agents, resources }: IncidentRow) {
  const leases = new Set<LeaseRow>();
  const tickets = new Set<TicketRow>();
  for (const resource of resources) {
    for (const lease of leasesOn(state, resource)) leases.add(lease);
    for (const ticket of ticketsOn(state, resource)) tickets.add(ticket);
  }
  for (const { sessionId } of agents.flatMap((agentId) => [...state.sessions.in('liveAgent', agentId)])) {
    for (const lease of state.leases.in('session', sessionId)) leases.add(lease);
    for (const ticket of state.tickets.in('session', sessionId)) tickets.add(ticket);
  }
  return {
    leases: [...leases].toSorted((a, b) => a.token - b.token),
    tickets: [...tickets].toSorted((a, b) => a.queuedSeq - b.queuedSeq),
  };
}

function partyOf(state: FleetState, presence: PresenceOf, agentId: string): PartyView | null {
  const agent = state.agents.get(agentId);
  if (agent === undefined) return null;
  const { client, purpose, lifecycle } = agent;
  const sessions = [...state.sessions.in('agent', agentId)].toSorted((a, b) => b.openedSeq - a.openedSeq);
  const shown = sessions.slice(0, VIEW_LIMITS.sessionsPerAgent);
  return { agentId, client, purpose, lifecycle, sessions: shown.map((row) => partySession(state, presence, row)) };
}

function partySession(state: FleetState, presence: PresenceOf, row: SessionRow): PartySession {
  const { sessionId, client, transport, state: stands, worktree, root, openedWallAt, activeAt } = row;
  return {
    sessionId,
    client,
    transport,
    state: stands,
    worktree,
    root,
    openedAt: openedWallAt,
    ended: row.endedAt === null ? null : { at: row.endedAt, why: row.endedWhy ?? '' },
    activeAt,
    presence: stands === 'live' ? presence(sessionId) : 'gone',
    processes: row.attachments.map(({ pid, kind, placeId }) => {
      return { pid, kind, placeId, host: state.places.get(placeId)?.host ?? '' };
    }),
  };
}

/** The first rows, and how many there are besides. */
function cut<T>(rows: readonly T[], most: number = VIEW_LIMITS.rows): readonly [readonly T[], number] {
  return [rows.slice(0, most), Math.max(0, rows.length - most)];
}
