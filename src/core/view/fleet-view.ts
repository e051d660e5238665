// The whole fleet on one screen: counts, what is wrong, and the first rows of each list.

import { movedFrom, movedText } from '../fleet/moved.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { agentViewOf, plansOf, presentAgents } from './agent-view.ts';
import { alertsView } from './alert-view.ts';
import { incidentsView } from './incident-view.ts';
import { locksView } from './lock-view.ts';
import { VIEW_LIMITS } from './page.ts';
import type { FleetView, PresenceOf, Query } from './views.ts';
import { ticketsByArrival, waiterViewOf } from './waiter-view.ts';

export function fleetView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  _query: Extract<Query, { kind: 'fleet' }>,
): FleetView {
  const agents = presentAgents(state);
  const tickets = ticketsByArrival(state);
  const locks = locksView(state, at, presence, { kind: 'locks', limit: VIEW_LIMITS.fleetRows });
  const shownAgents = agents.slice(0, VIEW_LIMITS.fleetRows);
  const plans = plansOf(state, agents);
  const shownPlans = plans.slice(0, VIEW_LIMITS.fleetRows);
  const alerts = alertsView(state, at, { kind: 'alerts', limit: VIEW_LIMITS.fleetRows });
  const incidents = incidentsView(state, at, { kind: 'incidents', open: true, limit: VIEW_LIMITS.fleetRows });
  const shownTickets = tickets.slice(0, VIEW_LIMITS.fleetRows);
  return {
    fleetId: state.fleet?.fleetId ?? null,
    head: { epoch: state.position.epoch, seq: state.position.seq },
    foundedAt: state.fleet?.foundedWallAt ?? null,
    granting: grantingOf(state, at),
    counts: {
      agents: agents.length,
      paused: state.agents.countIn('paused', 'paused'),
      sessions: state.sessions.countIn('live', 'live'),
      leases: state.leases.size,
      waits: tickets.length,
      offers: tickets.filter((ticket) => ticket.state === 'offered').length + state.handoffs.size,
    },
    longestWaitMs: tickets[0] === undefined ? 0 : Math.max(0, at - tickets[0].queuedAt),
    agents: shownAgents.map((agent) => agentViewOf(state, at, presence, agent)),
    locks: locks.items,
    waits: shownTickets.map((ticket) => waiterViewOf(state, at, presence, ticket)),
    alerts: alerts.items,
    incidents: incidents.items,
    plans: shownPlans,
    leftOut: {
      agents: agents.length - shownAgents.length,
      locks: locks.total - locks.items.length,
      waits: tickets.length - shownTickets.length,
      alerts: alerts.total - alerts.items.length,
      incidents: incidents.total - incidents.items.length,
      plans: plans.length - shownPlans.length,
    },
  };
}

function grantingOf(state: FleetState, at: Instant): FleetView['granting'] {
  const moved = movedFrom(state);
  if (moved !== null) return { ok: false, code: 'STORE_MOVED', why: movedText(moved), resumesInMs: null };
  const suspended = state.fleet?.suspended ?? null;
  if (suspended === null) return { ok: true };
  const { code, why, until } = suspended;
  return { ok: false, code, why, resumesInMs: until === null ? null : Math.max(0, until - at) };
}
